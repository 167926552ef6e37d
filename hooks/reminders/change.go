package reminders

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Done says that p has kept a promise, whoever made it. Once more changes
// nothing. Errors, here and below: not_found, also for what p may not see.
func Done(app core.App, p *access.Person, id string) (*Reminder, error) {
	return change(app, p, id, func(app core.App, r *Reminder) error {
		if r.Done().IsZero() {
			r.keep(p.ID, clock.Now(app))
		}
		return nil
	})
}

// Undo opens a promise again that was marked as kept. Whoever was reminded of it
// is not reminded again.
func Undo(app core.App, p *access.Person, id string) (*Reminder, error) {
	return change(app, p, id, func(_ core.App, r *Reminder) error {
		r.reopen()
		return nil
	})
}

// Postpone sets another moment: then somebody is reminded, again if they were
// already. Errors: invalid (due), conflict (it is kept).
func Postpone(app core.App, p *access.Person, id string, due time.Time) (*Reminder, error) {
	return change(app, p, id, func(app core.App, r *Reminder) error {
		if !r.Done().IsZero() {
			return fail.New(fail.Conflict, "reminders.kept")
		}
		if err := checkDue(due, clock.Now(app)); err != nil {
			return err
		}
		r.remindAt(due)
		return nil
	})
}

// Delete forgets a promise: it was none.
func Delete(app core.App, p *access.Person, id string) error {
	err := conversations.Write(app, func(tx *conversations.Tx) error {
		by, r, err := mayChange(tx.App, p, id)
		if err != nil {
			return err
		}
		return write(tx, by, r, core.App.Delete)
	})
	if err != nil {
		return fmt.Errorf("delete reminder: %w", err)
	}
	return nil
}

func change(app core.App, p *access.Person, id string, to func(core.App, *Reminder) error) (*Reminder, error) {
	var r *Reminder
	err := conversations.Write(app, func(tx *conversations.Tx) (err error) {
		if p, r, err = mayChange(tx.App, p, id); err != nil {
			return err
		}
		if err = to(tx.App, r); err != nil {
			return err
		}
		return write(tx, p, r, core.App.Save)
	})
	if err != nil {
		return nil, fmt.Errorf("change reminder: %w", err)
	}
	return r, nil
}

func mayChange(app core.App, p *access.Person, id string) (*access.Person, *Reminder, error) {
	p, err := access.Still(app, p, access.ConversationsReply)
	if err != nil {
		return p, nil, err // who asks once more
	}
	r, err := touchable(app, p, id)
	return p, r, err
}

// write saves or deletes r as p, and with it the newest conversation with whom it
// was promised to: what is promised is part of its state, and whoever sees it
// learns of the change, now or when they are back.
func write(tx *conversations.Tx, p *access.Person, r *Reminder, do func(core.App, core.Model) error) error {
	c, err := conversations.Latest(tx.App, r.Contact())
	if err != nil {
		return err
	}
	if c != nil {
		if c, err = tx.Conversation(c.ID); err != nil {
			return err
		}
		tx.Save(c)
	}
	return do(audit.By(tx.App, p.Actor()), r)
}
