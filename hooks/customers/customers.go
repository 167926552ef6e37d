// Package customers owns people: the customer, the contact that a customer is
// on one channel, what staff note about them, and the sessions by which
// visitors' browsers are known again.
//
// A contact is one visible thread. It begins anonymous; an identity that the
// shop's site has signed makes it a customer's, and further devices of that
// customer join the same contact. Linking changes whose contact it is and
// nothing else: who sent what stays as it was.
//
// A visitor's token is 256 random bits, kept as a SHA-256 only. What a visitor
// says of themselves (name, avatar, page) is for display and is cut to size
// rather than refused.
//
// Two customers who turn out to be one person are merged: the row of the one who
// is gone stays and names the other one, so that an identity, a link or a screen
// that still says its id comes to whom it means, and the merge can be undone.
//
// The package does not know conversations. Who keeps a customer's id beside a
// contact's binds to [OnLink].
package customers

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

const (
	linksKey  = "customers.links"
	erasesKey = "customers.erases"
	sweepJob  = "customers.sweep"

	exportsKey = "customers.exports"
)

// Undo is how long what was deleted (a tag, a note, a field) can come back, and a
// merge be undone.
const Undo = 24 * time.Hour

// Register binds the invariants, and the nightly sweep of what is over: dead
// sessions, old pages, what was deleted or merged more than [Undo] ago.
func Register(app core.App) {
	app.Store().Set(linksKey, &hook.Hook[*LinkEvent]{})
	app.Store().Set(erasesKey, &hook.Hook[*EraseEvent]{})
	OnErase(app).BindFunc(erase)
	app.Store().Set(exportsKey, &hook.Hook[*ExportEvent]{})
	OnExport(app).BindFunc(exportPerson)
	audit.Watch(app, Customers, customerTrail)
	audit.Watch(app, Contacts, contactTrail)
	audit.Watch(app, Notes, noteTrail)
	audit.Watch(app, Tags, tagTrail)
	audit.Watch(app, Fields, fieldTrail)
	app.OnRecordValidate(Customers).BindFunc(checkCustomer)
	app.OnRecordValidate(Notes).BindFunc(checkNote)
	app.OnRecordValidate(Tags).BindFunc(checkTag)
	app.OnRecordValidate(Fields).BindFunc(checkField)
	app.Cron().MustAdd(sweepJob, "17 4 * * *", func() {
		now := clock.Now(app)
		held, err := clock.HeldUntil(app, now)
		if err == nil && held.IsZero() {
			err = Sweep(app, now)
		}
		if err != nil {
			app.Logger().Error("sweeping customers", "error", err)
		}
	})
}

// LinkEvent tells that a contact has become another customer's. It is triggered
// inside of the transaction, whose app it carries: what keeps the customer's id
// beside the contact's changes in the same commit.
type LinkEvent struct {
	hook.Event
	App      core.App
	Contact  string
	From, To string // customers' ids; From is "" where there was none yet
}

// OnLink is triggered whenever a contact becomes another customer's.
func OnLink(app core.App) *hook.Hook[*LinkEvent] {
	links, ok := app.Store().Get(linksKey).(*hook.Hook[*LinkEvent])
	if !ok {
		panic("customers.Register was not called for this app")
	}
	return links
}
