package protocol

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// publish turns a commit into frames. What a conversation has become goes
// before what was said in it, so that a reader knows where a message belongs.
func (d *desk) publish(e *conversations.Committed) error {
	changed := map[string]conversations.Change{}
	var order []string
	for _, c := range e.Changes {
		first, known := changed[c.After.ID]
		if !known {
			first.Before = c.Before
			order = append(order, c.After.ID)
		}
		first.After = c.After
		changed[c.After.ID] = first
	}
	for _, id := range order {
		d.publishChange(changed[id])
	}
	for _, m := range e.Entries {
		d.publishEntry(m, changed[m.Conversation].After)
	}
	for _, id := range order {
		d.publishMarks(changed[id])
	}
	return e.Next()
}

// publishEntry sends m to the visitor's sessions and to the staff who may see
// it. Without an attachment readers of one kind get the same bytes.
func (d *desk) publishEntry(m *conversations.Message, c *conversations.Conversation) {
	rendered := map[[2]bool][]byte{}
	attached := d.attachment(m.File)
	deliver := func(s *live.Session) {
		to := peerOf(s)
		s.Entry(m.Seq, to.haste(c), func() []byte {
			if to.isVisitor() && m.StaffOnly || !to.isVisitor() && (c == nil || !conversations.Visible(to.person.Load(), c)) {
				return nil
			}
			kind := [2]bool{to.isVisitor(), to.wrote(m)}
			raw, known := rendered[kind]
			if !known || m.File != "" {
				raw = frame{Type: typeMessage, Message: d.render(m, attached, to)}.bytes()
				rendered[kind] = raw
			}
			return raw
		})
	}
	d.hub.Each(thread(m.Contact), deliver)
	d.hub.Each(everybody, deliver)
}

// publishChange sends what a conversation has become, and "gone" to staff who
// no longer see it.
func (d *desk) publishChange(c conversations.Change) {
	if c.Before == nil || visitorSees(c.Before) != visitorSees(c.After) {
		raw := frame{Type: typeConversation, Conversation: d.forVisitor(c.After)}.bytes()
		d.hub.Each(thread(c.After.Contact), func(s *live.Session) { s.State(live.Now, func() []byte { return raw }) })
	}
	d.publishToStaff(c)
	for _, id := range loadsMoved(c) {
		if p, err := access.ByID(d.app, id); err == nil && !p.Disabled {
			d.sendPresence(p, routing.Presence(d.app, p))
		}
	}
}

func (d *desk) publishToStaff(c conversations.Change) {
	d.telling.Lock()
	defer d.telling.Unlock()
	d.toStaff(c)
}

// toStaff is [desk.publishToStaff] for who holds telling.
func (d *desk) toStaff(c conversations.Change) {
	if d.hub.Count(everybody) == 0 {
		return
	}
	full := frame{Type: typeConversation, Conversation: d.forStaff(c.After)}.bytes()
	d.hub.Each(everybody, func(s *live.Session) {
		to := peerOf(s)
		p, how := to.person.Load(), to.haste(c.After)
		if c.Before != nil {
			how = min(how, to.haste(c.Before))
		}
		s.State(how, func() []byte {
			switch {
			case conversations.Visible(p, c.After):
				return full
			case c.Before != nil && conversations.Visible(p, c.Before):
				return goneFrame(c.After.ID)
			}
			return nil
		})
	})
}

func goneFrame(id string) []byte {
	return frame{Type: typeConversation, Conversation: struct {
		ID   string `json:"id"`
		Gone bool   `json:"gone"`
	}{id, true}}.bytes()
}

// visitorSees is what of c's state a visitor can notice.
func visitorSees(c *conversations.Conversation) [3]string {
	return [3]string{string(statusToVisitor(c)), c.Assignee, clock.Wire(c.Queued)}
}

// loadsMoved lists the staff whose number of open conversations the change has
// moved.
func loadsMoved(c conversations.Change) []string {
	serving := func(c *conversations.Conversation) string {
		if c == nil || c.Status != conversations.Open {
			return ""
		}
		return c.Assignee
	}
	before, after := serving(c.Before), serving(c.After)
	if before == after {
		return nil
	}
	var list []string
	for _, id := range []string{before, after} {
		if id != "" {
			list = append(list, id)
		}
	}
	return list
}

// publishMarks tells each side how far the other has read.
func (d *desk) publishMarks(c conversations.Change) {
	if c.Before == nil {
		return
	}
	if c.After.ReadStaff != c.Before.ReadStaff {
		d.publishMark(c.After, c.After.ReadStaff, author{Kind: conversations.FromStaff})
	}
	if c.After.ReadVisitor != c.Before.ReadVisitor {
		d.publishMark(c.After, c.After.ReadVisitor, author{Kind: conversations.FromVisitor, ID: c.After.Contact})
	}
}

// publishMark tells how far somebody has read. A mark before the conversation's
// first entry, of an earlier one in the same thread, says nothing of it.
func (d *desk) publishMark(c *conversations.Conversation, seq int64, by author) {
	f := frame{Type: typeRead, Conversation: c.ID, From: &by, Cursor: d.readTo(c, seq, true)}
	if f.Cursor != "" {
		d.passing(thread(c.Contact), live.Now, f)
	}
	if f.Cursor = d.readTo(c, seq, false); f.Cursor != "" {
		d.toViewers(c, nil, f)
	}
}

// passing sends f to a topic, as something worth nothing later.
func (d *desk) passing(topic live.Topic, h live.Haste, f frame) {
	raw := f.bytes()
	d.hub.Each(topic, func(s *live.Session) { s.Passing(h, raw) })
}

// toViewers sends f to the staff who may see c, but for one session.
func (d *desk) toViewers(c *conversations.Conversation, but *live.Session, f frame) {
	raw := f.bytes()
	d.hub.Each(everybody, func(s *live.Session) {
		if s != but && conversations.Visible(peerOf(s).person.Load(), c) {
			s.Passing(peerOf(s).haste(c), raw)
		}
	})
}

func (d *desk) tellPresence(e *routing.PresenceEvent) error {
	if e.Gone {
		d.passing(everybody, live.Soon, frame{Type: typePresence, Staff: e.Person.ID, Status: string(routing.Offline), Load: new(int), Gone: true})
		return e.Next()
	}
	d.sendPresence(e.Person, e.Status)
	return e.Next()
}

func (d *desk) sendPresence(p *access.Person, status routing.Status) {
	loads, err := conversations.Load(d.app)
	if err != nil {
		d.app.Logger().Error("counting open conversations", "error", err)
	}
	load := loads[p.ID]
	f := frame{Type: typePresence, Staff: p.ID, Status: string(status), Load: &load, Cap: p.Cap}
	if status == routing.OnBreak {
		f.Reason = p.PresenceReason
	}
	d.passing(everybody, live.Soon, f)
}

func (d *desk) tellWaiting(e *routing.WaitingEvent) error {
	d.hub.Each(everybody, func(s *live.Session) {
		to := peerOf(s)
		if conversations.Visible(to.person.Load(), e.Conversation) {
			s.Passing(live.Now, frame{Type: typeNotice, Level: string(notices.Warn), Code: noticeQueue, Conversation: e.Conversation.ID, Text: say(to.lang, "protocol.queue")}.bytes())
		}
	})
	return e.Next()
}

// refresh holds the open staff sessions against the rights as they are now.
func (d *desk) refresh(e *access.ChangeEvent) error {
	var sessions []*live.Session
	d.hub.Each(everybody, func(s *live.Session) { sessions = append(sessions, s) })
	for _, s := range sessions {
		to := peerOf(s)
		old := to.person.Load()
		now, err := access.Refresh(d.app, old)
		if err != nil {
			s.Close(goodbye(err))
			continue
		}
		now = now.At(old.Address)
		to.person.Store(now)
		d.hideMoved(s, old, now)
	}
	return e.Next()
}

// tellKnown tells staff what somebody has changed of a customer that stands in the
// lists: name, level.
func (d *desk) tellKnown(e *core.RecordEvent) error {
	contacts, err := customers.ContactsOf(d.app, e.Record.Id)
	if err != nil {
		d.app.Logger().Error("contacts of a customer who has changed", "error", err)
	}
	for _, contact := range contacts {
		d.tellOnline(contact.Id)
	}
	return e.Next()
}

// tellOnline tells staff that a contact has come or gone. What is committed meanwhile
// is told after it.
func (d *desk) tellOnline(contact string) {
	d.telling.Lock()
	defer d.telling.Unlock()
	c, err := conversations.Latest(d.app, contact)
	if err != nil || c == nil || c.Status == conversations.Closed {
		return
	}
	d.toStaff(conversations.Change{Before: c, After: c})
}
