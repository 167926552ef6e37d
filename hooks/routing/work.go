package routing

import (
	"fmt"
	"log/slog"
	"runtime/debug"
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

func (r *counter) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// work makes a round when woken and when one is due. After a fault of the
// storage it is tried again in a second: nothing else may happen that would wake
// the worker, and somebody would wait although a colleague is free.
func (r *counter) work() {
	defer r.done.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	r.nudge()
	quiet := false
	for {
		select {
		case <-r.quit:
			return
		case <-r.wake:
			quiet = r.tolerate(quiet)
		case <-tick.C:
			if r.isDue() {
				quiet = r.tolerate(quiet)
			}
		}
	}
}

func (r *counter) stop(e *core.TerminateEvent) error {
	r.once.Do(func() {}) // it will not start any more
	select {
	case <-r.quit:
	default:
		close(r.quit)
	}
	r.done.Wait()
	return e.Next()
}

// tolerate is a round whose fault is told, unless quietly, and reports whether it
// had one: it is told in one line, however long it lasts.
func (r *counter) tolerate(quietly bool) (failed bool) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("routing panicked", "panic", p, "stack", string(debug.Stack()))
			failed = true
		}
	}()
	err := r.round()
	if err != nil && !quietly {
		slog.Error("settling the queue", "error", err)
	}
	return err != nil
}

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
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	whole = true
	return nil
}
