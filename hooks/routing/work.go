package routing

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// longest is the longest pause between two rounds: nothing is known that would
// need one, and nobody waits for ever should that be wrong.
const longest = 10 * time.Second

// Round does whatever is due: it tells who has come and gone, takes back what
// has to go back, gives away what can be given, and tells those who wait.
func Round(app core.App) error { return of(app).round() }

func (r *counter) nudge() { r.worker.Wake() }

func (r *counter) isDue() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !clock.Now(r.app).Before(r.due)
}

// by lets the next round be at that time at the latest.
func (r *counter) by(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at.Before(r.due) {
		r.due = at
	}
}

func (r *counter) round() error {
	r.rounds.Lock()
	defer r.rounds.Unlock()
	now := clock.Now(r.app)
	r.mu.Lock()
	r.due = now.Add(longest)
	r.mu.Unlock()
	var wrong error
	whole := false // a panic is a fault, too
	defer func() {
		if !whole {
			r.by(now.Add(time.Second))
		}
	}()
	for _, step := range []struct {
		what string
		do   func(now time.Time) error
	}{
		{"reading what was before", r.begin},
		{"seeing who has gone", r.expire},
		{"taking back", r.takeBack},
		{"handing on", r.handOn},
		{"giving", r.giveAll},
		{"telling places", r.tellPlaces},
	} {
		if err := step.do(now); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %w", step.what, err))
		}
	}
	whole = wrong == nil
	return wrong
}
