package clock

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// A clock that runs ahead makes everything old, and what is removed by it does not come
// back when it is set right. So it is held against what it was when it was last looked
// at: after a leap nothing is removed for a while, in which the owner is told.
const (
	leap  = 48 * time.Hour // also of a desk that was off, or has been restored: it waits, too
	waits = 24 * time.Hour // after one
	notes = 6 * time.Hour  // how often it is written down what time it is
)

// seen is what is known of the clock.
type seen struct {
	Seen types.DateTime `db:"seen"`
	Wait types.DateTime `db:"wait"`
}

func seenBy(app core.App) (s seen, err error) {
	if err = app.DB().NewQuery("SELECT seen, wait FROM retention_clock WHERE id = 1").One(&s); err != nil {
		err = fmt.Errorf("what time it was: %w", err)
	}
	return s, err
}

// waitUntil is when removing begins, or the zero time where nothing keeps it from it.
func (s seen) waitUntil(now time.Time) time.Time {
	switch {
	case s.leaps(now):
		return now.Add(waits)
	case s.Wait.Time().After(now):
		return s.Wait.Time()
	default:
		return time.Time{}
	}
}

func (s seen) leaps(now time.Time) bool { return !s.Seen.IsZero() && s.passed(now) > leap }

// passed is how far now is from when it was last written down, forth or back.
func (s seen) passed(now time.Time) time.Duration { return now.Sub(s.Seen.Time()).Abs() }

// HeldUntil is until when nothing is removed by this clock, or the zero time where it is
// trusted.
func HeldUntil(app core.App, now time.Time) (time.Time, error) {
	s, err := seenBy(app)
	if err != nil {
		return time.Time{}, err
	}
	return s.waitUntil(now), nil
}

// Trusted reports whether things may be removed by this clock, and writes down what it
// shows.
func Trusted(app core.App, now time.Time) (bool, error) {
	s, err := seenBy(app)
	if err != nil {
		return false, err
	}
	wait := s.waitUntil(now)
	if s.leaps(now) {
		app.Logger().Warn("the clock has leapt, nothing old is removed for a day", "from", s.Seen.String(), "to", Stored(now))
	}
	if s.passed(now) >= notes {
		_, err = app.NonconcurrentDB().NewQuery("UPDATE retention_clock SET seen = {:seen}, wait = {:wait} WHERE id = 1").
			Bind(dbx.Params{"seen": Stored(now), "wait": Stored(wait)}).Execute()
		if err != nil {
			return false, fmt.Errorf("what time it is: %w", err)
		}
	}
	return wait.IsZero(), nil
}
