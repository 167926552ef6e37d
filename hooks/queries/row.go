package queries

import (
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Row asks for one row beside all transactions and reads it into fields; values
// stand for the ?s of the text. It is for what is asked with each message: dbx looks
// a text through for placeholders each time, which takes longer than the answer.
func Row(app core.App, text string, values []any, fields ...any) error {
	db, ok := app.ConcurrentDB().(*dbx.DB)
	if !ok {
		return errors.New("a transaction's own rows are asked for through dbx")
	}
	return db.DB().QueryRow(text, values...).Scan(fields...)
}
