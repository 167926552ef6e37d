package backup

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// LookAfter is what the clock does each minute, later than it is.
func LookAfter(app core.App, later time.Duration) error {
	w, ok := app.Store().Get(warmKey).(*warm)
	if !ok {
		return errors.New("nobody keeps a warm copy here")
	}
	w.apply(app)
	return w.watch(app, time.Now().Add(later))
}

// Restart ends the keeping of the warm copy and begins it, as a start of the program does.
func Restart(app core.App) error {
	w, ok := app.Store().Get(warmKey).(*warm)
	if !ok {
		return errors.New("nobody keeps a warm copy here")
	}
	w.end(app)
	w.begin(app)
	return nil
}
