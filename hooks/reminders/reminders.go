// Package reminders owns what staff have promised to customers (“明天给您答复”):
// each a text with a moment, kept until it is done.
//
// A promise is the customer's, not its maker's: whoever serves the customer by
// then is reminded, see [keeper], and sees it when they take over. So nothing
// has to be handed on when a conversation is transferred, given back, closed or
// begun anew: who has to see to it follows from who serves, each time it is
// asked.
//
// The package reminds nobody by a timer: a promise that is due is found by its
// index, once a second, and that it was told is written down in the same
// transaction. It does not know how a promise is found in what somebody writes,
// nor how a notice reaches a screen.
package reminders

import (
	"runtime/debug"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// often is how exactly a moment is kept.
const often = time.Second

// stopPriority lies after the sockets have drained (-10000) and before what is
// told must have been told (-4900).
const stopPriority = -5100

// Register binds the rules, the calls, and the worker that reminds.
func Register(app core.App, t *web.Table) {
	audit.Watch(app, Collection, trail)
	app.OnRecordValidate(Collection).BindFunc(check)
	customers.OnLink(app).BindFunc(follow)
	conversations.OnPromised(app).BindFunc(answerPromised)
	w := &worker{app: app, quit: make(chan struct{})}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.API(e.Router, routes()...)
		if e.Server != nil { // without one, routes are only listed
			w.begin.Do(func() { w.done.Add(1); go w.work() })
		}
		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "remindersStop", Priority: stopPriority, Func: w.stop})
}

// worker reminds, once a second.
type worker struct {
	app     core.App
	quit    chan struct{}
	begin   sync.Once
	end     sync.Once
	done    sync.WaitGroup
	failing bool // the last look met a fault: one line in the log, however long it lasts
}

func (w *worker) work() {
	defer w.done.Done()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		w.look()
		select {
		case <-w.quit:
			return
		case <-tick.C:
		}
	}
}

func (w *worker) look() {
	defer func() {
		if p := recover(); p != nil {
			w.app.Logger().Error("reminding panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	err := Sweep(w.app)
	if err != nil && !w.failing {
		w.app.Logger().Error("reminding", "error", err)
	}
	w.failing = err != nil
}

func (w *worker) stop(e *core.TerminateEvent) error {
	w.begin.Do(func() {}) // it will not begin any more
	w.end.Do(func() { close(w.quit) })
	w.done.Wait()
	return e.Next()
}
