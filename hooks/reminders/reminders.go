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
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Register binds the rules, the calls, and the worker that reminds.
func Register(app core.App, t *web.Table) {
	audit.Watch(app, Collection, trail)
	app.OnRecordValidate(Collection).BindFunc(check)
	customers.OnLink(app).BindFunc(follow)
	customers.OnExport(app).BindFunc(promised)
	customers.OnErase(app).BindFunc(func(e *customers.EraseEvent) error {
		if err := e.Delete("reminders", Collection, "contact", e.Contacts); err != nil {
			return err
		}
		return e.Next()
	})
	conversations.OnPromised(app).BindFunc(answerPromised)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.API(e.Router, routes()...)
		return e.Next()
	})
	rounds.Bind(app, rounds.Of{Name: "reminders", Round: func(time.Time) error { return Sweep(app) }})
}
