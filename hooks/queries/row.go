package queries

import (
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Row asks for one row and reads it into fields; values stand for the ?s of the
// text. It is for what is asked with each message: dbx looks a text through for
// placeholders each time, which takes longer than the answer. Within a transaction,
// whose own rows count, there is no other way than dbx's.
func Row(app core.App, text string, values []any, fields ...any) error {
	if db, ok := app.ConcurrentDB().(*dbx.DB); ok {
		return db.DB().QueryRow(text, values...).Scan(fields...)
	}
	params := dbx.Params{}
	for i, v := range values {
		name := "v" + strconv.Itoa(i)
		text = strings.Replace(text, "?", "{:"+name+"}", 1)
		params[name] = v
	}
	return app.ConcurrentDB().NewQuery(text).Bind(params).Row(fields...)
}
