package conversations

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// Why a conversation went back to the queue, in data.reason.
const (
	OfDisabled = "disabled" // the account of who served was disabled
	OfDeleted  = "deleted"  // it was deleted
	OfDemoted  = "demoted"  // its role no longer answers customers
	OfOffline  = "offline"  // it has no connection any more
	OfBreak    = "break"
	OfOffDuty  = "off_duty" // who served has ended their shift
	OfBreach   = "breach"   // a deadline has passed
	OfRule     = "rule"     // a rule says so
)

// Why it was given to somebody rather than to the least busy, in data.reason.
const (
	OfDedicated = "dedicated" // they are the customer's own
	OfReturning = "returning" // they have served the customer before
	OfNight     = "night"     // it is part of their share of what came in the night
)

// Why what was put aside came back, in data.reason.
const (
	OfTime  = "time"  // it was put aside until then
	OfWord  = "word"  // the customer has written
	OfStaff = "staff" // somebody has brought it back, or answered
)

// Reasons lists every value of data.reason.
var Reasons = []string{OfDisabled, OfDeleted, OfDemoted, OfOffline, OfBreak, OfOffDuty, OfBreach, OfRule, OfDedicated, OfReturning, OfNight, OfTime, OfWord, OfStaff}

// GivenBack is what somebody was serving who may serve no longer.
type GivenBack struct {
	Staff         Named
	Reason        string
	Conversations []*Conversation // as they wait now
}

// Abandoned lists those who have open conversations, or some for later, and may
// not serve: what they have has to go back, see [GiveBack].
func Abandoned(app core.App) ([]string, error) {
	var assignees, list []string
	err := app.ConcurrentDB().NewQuery("SELECT DISTINCT assignee FROM conversations WHERE status IN ('open', 'later') AND assignee > ''").Column(&assignees)
	if err != nil {
		return nil, err
	}
	for _, id := range assignees {
		why, err := unfit(app, id)
		if err != nil {
			return nil, err
		}
		if why != "" {
			list = append(list, id)
		}
	}
	return list, nil
}

// GiveBack puts all that staff serves back into the queues of its groups, in one
// commit and with an entry in each timeline, and keeps each one's place by the
// time that its customer has waited already. It does nothing where staff may
// serve after all, so that calling it again, or in another life of the program,
// changes nothing: nil then.
func GiveBack(app core.App, staff string) (*GivenBack, error) {
	var back *GivenBack
	err := Write(app, func(tx *Tx) error {
		back = nil
		why, err := unfit(tx.App, staff)
		if err != nil || why == "" {
			return err
		}
		back = &GivenBack{Staff: *tx.staffNamed(staff), Reason: why}
		ids, err := tx.servedBy(staff)
		if err != nil {
			return err
		}
		for i, id := range ids {
			c, err := tx.unassign(id, back)
			if err != nil {
				return err
			}
			c.Queued = c.Queued.Add(time.Duration(i) * time.Millisecond) // they come at one moment, and keep their order
			c.Rank = c.Queued
			back.Conversations = append(back.Conversations, c)
		}
		return nil
	})
	if err != nil || back == nil || len(back.Conversations) == 0 {
		return nil, err
	}
	return back, nil
}

// unfit says why staff may not serve; "" where they may.
func unfit(app core.App, staff string) (why string, err error) {
	p, err := access.ByID(app, staff)
	gone := errors.Is(err, sql.ErrNoRows)
	switch {
	case gone || err == nil && p.Deleted:
		return OfDeleted, nil
	case err != nil:
		return "", err
	case p.Disabled:
		return OfDisabled, nil
	case !p.May(access.ConversationsReply):
		return OfDemoted, nil
	}
	return "", nil
}

func (tx *Tx) servedBy(staff string) (ids []string, err error) {
	err = tx.query("SELECT id FROM conversations WHERE assignee = {:staff} AND status IN ('open', 'later') ORDER BY last_seq", dbx.Params{"staff": staff}).Column(&ids)
	return ids, err
}

// unassign puts one conversation back into the queue of its group.
func (tx *Tx) unassign(id string, back *GivenBack) (*Conversation, error) {
	c, err := tx.Conversation(id)
	if err != nil {
		return nil, err
	}
	if back.Staff.Name == back.Staff.ID {
		if back.Staff.Name, err = tx.nameBefore(c); err != nil {
			return nil, err
		}
	}
	return c, tx.back(c, EventData{Reason: back.Reason, FromStaff: &Named{ID: back.Staff.ID, Name: back.Staff.Name}})
}

// nameBefore is what c's assignee was called when they became it: their account's
// row is gone.
func (tx *Tx) nameBefore(c *Conversation) (string, error) {
	m, err := tx.lastEvent(c, Assigned, Transferred)
	if err != nil {
		return "", err
	}
	if staff := m.Event().Staff; staff != nil && staff.ID == c.Assignee {
		return staff.Name, nil
	}
	return c.Assignee, nil
}
