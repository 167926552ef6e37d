package escalation

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const (
	unseenKey  = "unseen"
	unseenMost = 200
	// after a start consoles come back before they are told anything.
	comeBack = 10 * time.Second
	// last of all: what others make of a change counts.
	unseenPriority = 30
)

// Unseen is when it is told that nobody looks at a customer who waits, in seconds
// of working time; 0 is never.
type Unseen struct {
	Seconds int `json:"unseen_seconds"` // until everybody's console tells it
	Groups  int `json:"unseen_groups"`  // from then on, until the shop's groups and mailboxes do
}

var standardUnseen = Unseen{Seconds: 60, Groups: 120}

// UnseenOf is how the shop has it.
func UnseenOf(app core.App) Unseen { return settings.Load(app, unseenKey, standardUnseen) }

func (u Unseen) check() error {
	for name, n := range map[string]int{"seconds": u.Seconds, useGroups: u.Groups} {
		if n != 0 && (n < 10 || n > 3600) {
			return fail.New(fail.Invalid, "escalation.unseen_wrong").On(name)
		}
	}
	return nil
}

// watchUnseen has it told when nobody looks. What is to be told is a row with the
// instant at which it is due, so a restart forgets nothing; the sweep looks along
// its index.
func watchUnseen(app core.App) {
	settings.Hold(app, unseenKey, standardUnseen, Unseen.check)
	conversations.OnChange(app).Bind(&hook.Handler[*conversations.ChangeEvent]{Id: unseenKey, Func: func(e *conversations.ChangeEvent) error {
		if err := followUnseen(app, e); err != nil {
			return err
		}
		return e.Next()
	}, Priority: unseenPriority})
	conversations.OnLook(app).BindFunc(func(e *conversations.LookEvent) error {
		if err := looked(e.App, e.Conversation.ID); err != nil {
			return err
		}
		return e.Next()
	})
	customers.OnErase(app).BindFunc(func(e *customers.EraseEvent) error {
		if err := e.Delete(unseenKey, collectionUnseen, ofConversation, e.Conversations); err != nil {
			return err
		}
		return e.Next()
	})
	began := time.Now()
	rounds.Bind(app, rounds.Of{Name: unseenKey, Round: func(now time.Time) error {
		if now.Sub(began) < comeBack {
			return nil
		}
		return SweepUnseen(app)
	}})
}

// looked asks first: most looks are at what was looked at, and the database has
// one writer.
func looked(app core.App, id string) error {
	some, err := isUnseen(beside(app.ConcurrentDB()), id)
	if err != nil || !some {
		return err
	}
	return endUnseen(beside(app.NonconcurrentDB()), id)
}

// calls reports whether a customer waits in the chat for one of the staff. Who has
// left a message does not: that has a deadline of its own.
func calls(c *conversations.Conversation) bool {
	return c != nil && (c.Status == conversations.Waiting || c.Status == conversations.Open) && !c.WaitingSince.IsZero() && c.Left.IsZero()
}

// followUnseen keeps the row of a conversation that changes.
func followUnseen(app core.App, e *conversations.ChangeEvent) error {
	before, after := e.Before, e.After
	if !calls(after) || attended(e) {
		return forgetUnseen(e)
	}
	anew := !calls(before) || before.Status != after.Status || before.Assignee != after.Assignee || before.Group != after.Group
	if !anew && !saidMore(e) {
		return nil
	}
	within := UnseenOf(app).Seconds
	if within == 0 {
		return nil
	}
	if !anew {
		if some, err := isUnseen(inCommit(e.Tx), after.ID); err != nil || some {
			return err
		}
	}
	due := conversations.HoursOf(app, after.Group, after.Channel).After(e.Tx.Now, time.Duration(within)*time.Second)
	return unseen{Conversation: after.ID, Since: stampOf(e.Tx.Now), Due: stampOf(due)}.begin(e.Tx, anew)
}

// forgetUnseen drops the row that there may be.
func forgetUnseen(e *conversations.ChangeEvent) error {
	if !calls(e.Before) {
		return nil
	}
	return endUnseen(inCommit(e.Tx), e.After.ID)
}

// attended reports whether the change itself is somebody's look: the assignee has
// read everything, or has just taken it.
func attended(e *conversations.ChangeEvent) bool {
	before, after := e.Before, e.After
	if after.Assignee == "" {
		return false
	}
	if before != nil && before.Assignee == after.Assignee {
		return before.Unread > 0 && after.Unread == 0
	}
	for _, m := range e.Entries {
		if m.From.Kind == conversations.FromStaff && m.From.ID == after.Assignee {
			return true
		}
	}
	return false
}

// saidMore reports whether the change holds something that the customer says.
func saidMore(e *conversations.ChangeEvent) bool {
	for _, m := range e.Entries {
		if m.From.Kind == conversations.FromVisitor && m.Kind != conversations.Event {
			return true
		}
	}
	return false
}

// SweepUnseen tells of every conversation that nobody has looked at in time, each
// stage once: that it was told is committed before it is.
func SweepUnseen(app core.App) error {
	due, err := unseenBy(app, clock.Now(app))
	if err != nil || len(due) == 0 {
		return err
	}
	var wrong error
	for _, u := range due { // one that fails holds up nobody but itself
		var n *notices.Notice
		one := conversations.Write(app, func(tx *conversations.Tx) (err error) { n, err = tellUnseen(tx, u); return err })
		if one == nil && n != nil {
			one = notices.Tell(app, *n)
		}
		if one != nil {
			wrong = errors.Join(wrong, fmt.Errorf("tell that nobody looks at %s: %w", u.Conversation, one))
		}
	}
	return wrong
}

// tellUnseen does what is due of one, and returns what consoles are to be told.
func tellUnseen(tx *conversations.Tx, u unseen) (*notices.Notice, error) {
	c, err := tx.Conversation(u.Conversation)
	if gone := fail.Of(err).Kind == fail.NotFound; gone || err == nil && !calls(c) {
		return nil, endUnseen(inCommit(tx), u.Conversation)
	}
	if err != nil {
		return nil, err
	}
	some, err := isUnseen(inCommit(tx), c.ID)
	if err != nil || !some {
		return nil, err // somebody has just looked
	}
	set, week := UnseenOf(tx.App), tx.Hours(c)
	waits := int(week.Between(u.Since.Time(), tx.Now).Round(time.Second).Seconds())
	u.Due = types.DateTime{}
	if u.Stage != unseenQuiet {
		u.Stage = unseenInGroups
		err = notices.Alert(tx.App, notices.Warning{Code: notices.Unseen, Key: "escalation.unseen_alert", Args: []any{"Count", waits}, Group: c.Group, Conversation: c.ID})
		if err != nil {
			return nil, err
		}
		return nil, u.next(tx.App)
	}
	u.Stage = unseenOnConsoles
	if set.Groups > 0 {
		u.Due = stampOf(week.After(tx.Now, time.Duration(set.Groups)*time.Second))
	}
	n, err := onConsoles(tx.App, c, waits)
	if err != nil {
		return nil, err
	}
	return n, u.next(tx.App)
}

// onConsoles is told to everybody who may answer it.
func onConsoles(app core.App, c *conversations.Conversation, waits int) (*notices.Notice, error) {
	people, err := access.People(app)
	if err != nil {
		return nil, err
	}
	n := &notices.Notice{
		Level: notices.Warn, Code: notices.Unseen, Key: "escalation.unseen_tell", Args: []any{"Count", waits}, Conversation: c.ID, Supervisors: true,
	}
	for _, p := range people {
		if conversations.MayAnswer(p, c) {
			n.To = append(n.To, p.ID)
		}
	}
	return n, nil
}
