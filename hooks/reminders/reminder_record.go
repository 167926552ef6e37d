package reminders

import (
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Collection is where promises are kept.
const Collection = "reminders"

var _ core.RecordProxy = (*Reminder)(nil)

// Reminder is a promise to a customer. It is open until it is done; once it is
// due somebody is told of it, unless it is put off.
type Reminder struct{ core.BaseRecordProxy }

const actPostponed = "reminders.postponed"

// trail tells of a promise as of an act on its conversation.
var trail = audit.Fields{
	On: "conversation", Personal: []string{"text"}, Ignore: []string{"client_id", "contact", "customer", "done_by", "message", "told"},
	Links: map[string]string{"conversation": "conversations", "staff": "staff"},
	Turns: map[string][2]string{"done": {"done", "undone"}},
	By:    []audit.ActorKind{audit.Staff, audit.Dashboard, audit.Command},
	Verbs: []string{"postponed"},
	Tell: func(e *audit.Entry, before, after *core.Record) bool {
		if before != nil && after != nil && wrap(before).Done().Equal(wrap(after).Done()) && !wrap(before).Due().Equal(wrap(after).Due()) {
			e.Act = actPostponed
		}
		return true
	},
}

func wrap(r *core.Record) *Reminder {
	m := &Reminder{}
	m.SetProxyRecord(r)
	return m
}

// Conversation is where it was promised.
func (r *Reminder) Conversation() string { return r.GetString("conversation") }

// Contact is to whom.
func (r *Reminder) Contact() string { return r.GetString("contact") }

// Customer is whose contact that is.
func (r *Reminder) Customer() string { return r.GetString("customer") }

// Staff is who promised it.
func (r *Reminder) Staff() string { return r.GetString("staff") }

// Text is the promise.
func (r *Reminder) Text() string { return r.GetString("text") }

// Message is the entry of the timeline by which it was promised, "" for one made
// by hand.
func (r *Reminder) Message() string { return r.GetString("message") }

// Due is when to remind of it.
func (r *Reminder) Due() time.Time { return r.GetDateTime("due").Time() }

// Done is when it was kept, the zero time while it is open.
func (r *Reminder) Done() time.Time { return r.GetDateTime("done").Time() }

// DoneBy is who kept it.
func (r *Reminder) DoneBy() string { return r.GetString("done_by") }

// Created is when it was written down.
func (r *Reminder) Created() time.Time { return r.GetDateTime("created").Time() }

func (r *Reminder) promise(p Promise, staff string) {
	r.Set("client_id", p.ID)
	r.Set("staff", staff)
	r.Set("conversation", p.Conversation)
	r.Set("message", p.Message)
	r.Set("text", strings.TrimSpace(p.Text))
	r.remindAt(p.Due)
}

func (r *Reminder) to(contact, customer string) {
	r.Set("contact", contact)
	r.Set("customer", customer)
}

// remindAt sets the moment, and has nobody reminded of it yet.
func (r *Reminder) remindAt(due time.Time) {
	r.Set("due", moment(due))
	r.Set("told", "")
}

func (r *Reminder) keep(by string, now time.Time) {
	r.Set("done", moment(now))
	r.Set("done_by", by)
}

func (r *Reminder) reopen() {
	r.Set("done", "")
	r.Set("done_by", "")
}

func moment(t time.Time) types.DateTime {
	d, _ := types.ParseDateTime(t) // a time is one
	return d
}
