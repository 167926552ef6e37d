package reminders

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	openMost = 30                   // of one contact: more is a program gone wild
	farthest = 366 * 24 * time.Hour // ahead
)

// Promise is what somebody writes down to be reminded of.
type Promise struct {
	ID           string    `json:"id"` // the writer's own, as that of a message
	Conversation string    `json:"conversation"`
	Message      string    `json:"message"` // by which it was promised, "" for none
	Text         string    `json:"text"`
	Due          time.Time `json:"due"`
}

// Add writes down what was promised in a conversation that p sees. The same id
// again gives the first one. Errors: invalid, too_long, id_reused, not_found
// (conversation, message), conflict (too many).
func Add(app core.App, p *access.Person, promise Promise) (*Reminder, error) {
	if err := conversations.CheckID(promise.ID); err != nil {
		return nil, err
	}
	promise.Text = strings.TrimSpace(promise.Text)
	var r *Reminder
	err := conversations.Write(app, func(tx *conversations.Tx) (err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return err
		}
		if r, err = again(tx.App, p.ID, promise.ID); err != nil || r != nil {
			return promise.sameAs(r, err)
		}
		if r, err = promise.by(tx.App, p); err != nil {
			return err
		}
		return write(tx, p, r, core.App.Save)
	})
	if err != nil {
		return nil, fmt.Errorf("add reminder: %w", err)
	}
	return r, nil
}

// sameAs refuses an id that stands for another promise. That it was put off
// since does not make it another one.
func (p Promise) sameAs(r *Reminder, err error) error {
	if err == nil && (r.Conversation() != p.Conversation || r.Message() != p.Message || r.Text() != p.Text) {
		err = fail.New(fail.IDReused, "fail.id_reused").On("id")
	}
	return err
}

// by is the promise as p's, not saved yet.
func (p Promise) by(app core.App, who *access.Person) (*Reminder, error) {
	if err := checkDue(p.Due, clock.Now(app)); err != nil {
		return nil, err
	}
	c, err := conversations.SeenBy(app, who, p.Conversation)
	if err != nil {
		return nil, err
	}
	if p.Message != "" {
		if m, lost := conversations.MessageByID(app, p.Message); lost != nil || m.Contact != c.Contact {
			return nil, fail.New(fail.NotFound, "fail.not_found").On("message").Because(lost)
		}
	}
	list, err := open(app, "contact = {:contact}", dbx.Params{"contact": c.Contact})
	if err != nil {
		return nil, err
	}
	if len(list) >= openMost {
		return nil, fail.New(fail.Conflict, "reminders.too_many", "Most", openMost)
	}
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	r := wrap(core.NewRecord(collection))
	r.promise(p, who.ID)
	r.to(c.Contact, c.Customer)
	return r, nil
}

// checkDue refuses a moment that is over, and one that nobody means.
func checkDue(due, now time.Time) error {
	if !due.After(now) || due.Sub(now) > farthest {
		return fail.New(fail.Invalid, "reminders.due_wrong").On("due")
	}
	return nil
}
