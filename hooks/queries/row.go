package queries

import "github.com/pocketbase/pocketbase/core"

// Row asks for one row and reads it into fields; values stand for the ?s of the
// text. It is for what is asked with each message: dbx looks a text through for
// placeholders each time, which takes longer than the answer.
func Row(app core.App, text string, values []any, fields ...any) error {
	return below(app.ConcurrentDB()).QueryRow(text, values...).Scan(fields...)
}
