// Package escalation owns the rules by which a conversation is raised, handed on
// or told of without anybody's doing: when (words, a rating, how the customer
// sounds, a sum of money, one who comes again and again, a missed deadline, a
// level) → then (priority, tags, group, person, note, notice). It also marks how
// the customer's words sound.
//
// A rule is a small typed value that people fill in, no program. Rules are looked
// at in the shop's order inside the commit that they follow from
// ([conversations.OnChange], before everybody else), so that the message and what
// was done about it are one, or none. Each fires at most once in a conversation,
// at the moment at which the last of its conditions comes true; the timeline's
// escalated entry is the memory of it.
//
// What a rule looks at is a plain value (a scene), filled from the change or, for
// a dry run, from the timeline again: whether it fires is one pure function for
// both. What costs a query is asked only where all the rest holds.
//
// The package does not know who is free, what a deadline is, or how people are
// told: routing, sla and notices do.
package escalation

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Before routing, which has to know the priority and the group.
const lookPriority = -20

// Register binds the invariants, the rules' look at every change, the pages, and
// the nightly sweep of what was deleted.
func Register(app core.App, t *web.Table) {
	k := &keeper{}
	audit.Watch(app, Collection, trail)
	app.OnRecordValidate(Collection).BindFunc(check)
	app.OnRecordAfterCreateSuccess(Collection).BindFunc(k.changed)
	app.OnRecordAfterUpdateSuccess(Collection).BindFunc(k.changed)
	app.OnRecordAfterDeleteSuccess(Collection).BindFunc(k.changed)
	access.OnGroupLeaves(app).BindFunc(followGroup)
	app.OnRecordUpdate(customers.Tags).BindFunc(followTag)
	conversations.OnChange(app).Bind(&hook.Handler[*conversations.ChangeEvent]{Id: "escalation", Func: k.onChange, Priority: lookPriority})
	watchUnseen(app)
	t.Area(web.Area{Key: area, Section: web.Service, Icon: "urgent", Path: at, Any: []web.Permission{access.EscalationEdit}, Find: search})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, routes()...)
		return e.Next()
	})
	app.Cron().MustAdd("escalation.sweep", "31 4 * * *", func() {
		if err := sweep(app, time.Now()); err != nil {
			app.Logger().Error("forgetting deleted escalation rules", "error", err)
		}
	})
}
