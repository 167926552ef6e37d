package clock

import (
	"time"

	"github.com/pocketbase/pocketbase/tools/types"
)

// Wire is t as the protocol writes times, RFC 3339 in UTC with milliseconds; ""
// for the zero time.
func Wire(t time.Time) string { return written(t, "2006-01-02T15:04:05.000Z") }

// Stored is t as the database keeps it, in PocketBase's layout; "" for the zero
// time.
func Stored(t time.Time) string { return written(t, types.DefaultDateLayout) }

func written(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}
