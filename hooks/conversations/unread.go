package conversations

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// SetUnread makes the customer's last word unread to p, who serves them, or all
// that they have said read. The customer is not told that something was unread
// after all: how far somebody has read only moves forward, and what is to be read
// again has a mark of its own. Errors: not_found, forbidden (somebody else
// serves, or nobody), invalid (there is no word).
func SetUnread(app core.App, p *access.Person, id string, unread bool) error {
	if !unread {
		return of(app).readAll(p, id)
	}
	key := markKey{id, FromStaff}
	var read int64
	err := Write(app, func(tx *Tx) error {
		if _, err := tx.own(p, id); err != nil {
			return err
		}
		read = max(read, of(app).marks.take(key))
		if err := tx.mark(key, read); err != nil { // before it is unread again
			return err
		}
		c, err := tx.Conversation(id)
		if err != nil || c.Unread > 0 {
			return err
		}
		var last int64
		err = tx.query("SELECT COALESCE(MAX(seq), 0) FROM messages WHERE conversation = {:id} AND sender = {:visitor} AND kind != 'event' AND recalled = FALSE",
			dbx.Params{"id": c.ID, "visitor": string(FromVisitor) + ":" + c.Contact}).Row(&last)
		if err != nil {
			return err
		}
		if last == 0 {
			return fail.New(fail.Invalid, "conversations.nothing_said")
		}
		c.ReadStaff, c.UnreadAfter = max(c.ReadStaff, last), last-1
		if err := tx.countUnread(c); err != nil {
			return err
		}
		tx.Save(c)
		return nil
	})
	if err != nil && read > 0 { // it is the assignee's, whoever has asked
		Read(app, id, FromStaff, read)
	}
	return err
}

func (t *timeline) readAll(p *access.Person, id string) error {
	return t.write(nil, func(tx *Tx) error {
		c, err := tx.own(p, id)
		if err != nil {
			return err
		}
		return tx.mark(markKey{c.ID, FromStaff}, c.LastSeq)
	})
}

// own loads a conversation that p serves.
func (tx *Tx) own(p *access.Person, id string) (*Conversation, error) {
	c, err := tx.seen(p, id)
	if err == nil && c.Assignee != p.ID {
		err = fail.New(fail.Forbidden, "conversations.unread_own")
	}
	return c, err
}

// take is a mark that waits to be saved, for who saves it in its place; 0 for none.
func (m *marks) take(key markKey) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	seq := m.waiting[key]
	delete(m.waiting, key)
	return seq
}

// takeAll is every mark that waits; whoever reads from now on makes another turn come.
func (m *marks) takeAll() map[markKey]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	waiting := m.waiting
	m.waiting, m.armed = nil, false
	return waiting
}

// none reports whether no mark waits; the next one then calls for a turn of its own.
func (m *marks) none() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == 0 {
		m.armed = false
	}
	return len(m.waiting) == 0
}
