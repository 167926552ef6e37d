// Package clock tells the time to whatever decides by it: who has waited how
// long, which deadline has passed, who is still within their grace. It is the
// machine's clock, unless a test has set another one, so that a whole day can
// be lived through in seconds.
package clock

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const storeKey = "clock.now"

// Now is the time by app's clock.
func Now(app core.App) time.Time {
	if now, ok := app.Store().Get(storeKey).(func() time.Time); ok {
		return now()
	}
	return time.Now()
}

// Set gives app another clock. It is for tests.
func Set(app core.App, now func() time.Time) { app.Store().Set(storeKey, now) }
