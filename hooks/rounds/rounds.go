// Package rounds lets a feature look again and again, while its desk is served,
// for what has become due.
//
// A worker makes a round when the desk opens, once a second, and as soon as it is
// woken. A round that fails or panics ends nothing: it is told of in one line,
// however long that lasts, and the next one comes a second later. What a round
// does is a function of its feature, which a test may call under a clock of its
// own; there is no worker then.
package rounds

import (
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

const (
	every = time.Second
	// stopPriority lies after the sockets have drained (-10000) and before what
	// rounds have to tell must have been told, and the timeline's writer ends.
	stopPriority = -5100
)

// Of is what a worker does.
type Of struct {
	Name  string                    // for the log, and for the hook that stops it
	Round func(now time.Time) error // one at a time; now is of the ticker, with its monotonic clock
	Due   func() bool               // asked once a second: is there anything to do? nil: always
}

// Worker makes the rounds.
type Worker struct {
	of         Of
	wake, quit chan struct{}
	begin, end sync.Once
	done       sync.WaitGroup
	failing    bool // the last round did; the worker's alone
}

// Bind lets the rounds begin when app is served and end before it does.
func Bind(app core.App, of Of) *Worker {
	w := &Worker{of: of, wake: make(chan struct{}, 1), quit: make(chan struct{})}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if e.Server != nil { // without one, routes are only listed
			w.begin.Do(func() { w.done.Add(1); go w.work() })
		}
		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: of.Name + "Stops", Func: w.stop, Priority: stopPriority})
	return w
}

// Wake asks for a round now. It never waits.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // one is asked for already
	}
}

func (w *Worker) work() {
	defer w.done.Done()
	tick := time.NewTicker(every)
	defer tick.Stop()
	w.turn(time.Now())
	for {
		select {
		case <-w.quit:
			return
		case <-w.wake:
			w.turn(time.Now())
		case now := <-tick.C:
			if w.of.Due == nil || w.of.Due() {
				w.turn(now)
			}
		}
	}
}

// turn is one round, whatever comes of it.
func (w *Worker) turn(now time.Time) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("a round panicked", "of", w.of.Name, "panic", p, "stack", string(debug.Stack()))
			w.failing = true
		}
	}()
	err := w.of.Round(now)
	if err != nil && !w.failing {
		slog.Error("a round failed", "of", w.of.Name, "error", err)
	}
	w.failing = err != nil
}

func (w *Worker) stop(e *core.TerminateEvent) error {
	w.begin.Do(func() {}) // it will not begin any more
	w.end.Do(func() { close(w.quit) })
	w.done.Wait()
	return e.Next()
}
