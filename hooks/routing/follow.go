package routing

import (
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// follow wakes the worker after commits that may let somebody's waiting begin
// or end, and remembers who was given what and who has handed it on.
func (r *counter) follow(e *conversations.Committed) error {
	r.notes(e.Entries)
	for _, c := range e.Changes {
		if r.matters(c) {
			r.nudge()
			break
		}
	}
	return e.Next()
}

func (r *counter) notes(entries []*conversations.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range entries {
		r.note(m)
	}
}

// note remembers what an entry says of who was given what, and who has handed it
// on; r.mu is held.
func (r *counter) note(m *conversations.Message) {
	if m.Kind != conversations.Event {
		return
	}
	e := m.Event()
	if staff := givenTo(e); staff != "" && m.Time.After(r.given[staff]) {
		r.given[staff] = m.Time
	}
	if staff := handedOnBy(e); staff != "" {
		r.avoid[m.Conversation] = handover{staff, m.Time.Add(backAfter)}
	}
}

// givenTo is whom an event has made a conversation's own; "" for others.
func givenTo(e conversations.EventData) string {
	if (e.Event == conversations.Assigned || e.Event == conversations.Transferred) && e.Staff != nil {
		return e.Staff.ID
	}
	return ""
}

// handedOnBy is who has put a conversation back into the queue, or from whom it
// was taken for being slow. Whoever had to leave is welcome to have it back.
func handedOnBy(e conversations.EventData) string {
	switch {
	case e.FromStaff == nil, e.Staff != nil:
	case e.Event == conversations.Transferred,
		e.Event == conversations.Queued && (e.Reason == conversations.OfBreach || e.Reason == conversations.OfRule):
		return e.FromStaff.ID
	}
	return ""
}

// matters reports whether a round may be needed after c: something waits, or no
// longer, or a customer writes to somebody who has left.
func (r *counter) matters(c conversations.Change) bool {
	was, is := c.Before, c.After
	switch {
	case was == nil, was.Status != is.Status, was.Assignee != is.Assignee, was.Group != is.Group:
		return true
	case is.Status == conversations.Waiting:
		return !was.Rank.Equal(is.Rank) || was.Preferred != nil && is.Preferred == nil
	case is.Status != conversations.Open, is.WaitingSince.IsZero(), !was.WaitingSince.IsZero():
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told[is.Assignee] != Online
}
