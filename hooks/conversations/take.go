package conversations

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// act runs an intention that is idempotent by its sender's id and makes one
// entry: do returns that entry. what tells intentions apart that share an id.
func act(app core.App, by Author, id, what string, do func(tx *Tx, hash string) (*Message, error)) (*Message, error) {
	if err := CheckID(id); err != nil {
		return nil, err
	}
	hash := contentHash("act", what)
	var m *Message
	err := Write(app, func(tx *Tx) (err error) {
		if m, err = tx.repeated(by, id, hash); err != nil || m != nil {
			return err
		}
		m, err = do(tx, hash)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Take makes a conversation p's own: a waiting one, or a colleague's with that
// permission. Taking what is p's already gives the entry that made it so.
// Errors: not_found, closed, taken, at_capacity.
func Take(app core.App, p *access.Person, id, conversation string) (*Message, error) {
	return act(app, Staff(p), id, "take "+conversation, func(tx *Tx, hash string) (_ *Message, err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return nil, err
		}
		c, err := tx.seen(p, conversation)
		if err != nil {
			return nil, err
		}
		if c.Assignee == p.ID && c.Status == Open {
			return tx.lastEvent(c, Assigned, Transferred)
		}
		if c.Assignee == p.ID && c.Status == Later {
			return tx.rouse(c, &Message{From: Staff(p), ClientID: id, Hash: hash}, OfStaff)
		}
		if err = tx.mayTake(c, p); err != nil {
			return nil, err
		}
		m, err := tx.give(c, p, "", &Message{From: Staff(p), ClientID: id, Hash: hash})
		if err != nil {
			return nil, err
		}
		tx.Save(c)
		return m, nil
	})
}

// mayTake refuses c to p where it is closed, a colleague's, or one too many.
func (tx *Tx) mayTake(c *Conversation, p *access.Person) error {
	if c.Status == Closed {
		return fail.New(fail.Closed, "fail.closed")
	}
	if err := tx.mayTouch(c, p); err != nil {
		return err
	}
	if p.May(access.ConversationsOverCap) {
		return nil
	}
	return tx.room(p)
}

// mayTouch refuses a colleague's conversation to who may not take over.
func (tx *Tx) mayTouch(c *Conversation, p *access.Person) error {
	if c.Assignee == "" || c.Assignee == p.ID || p.May(access.ConversationsTakeOver) {
		return nil
	}
	return fail.New(fail.Taken, "fail.taken", "Name", tx.staffNamed(c.Assignee).Name)
}

// speak lets p speak in c: in their own, or in one that they take by it.
func (tx *Tx) speak(c *Conversation, p *access.Person) error {
	switch {
	case c.Status == Closed:
		return fail.New(fail.Closed, "fail.closed")
	case c.Assignee == p.ID:
		return tx.wake(c, Staff(p), OfStaff)
	case c.Assignee != "":
		return tx.mayTouch(c, p) // a supervisor's word beside the one who serves
	}
	if err := tx.mayTake(c, p); err != nil {
		return err
	}
	_, err := tx.give(c, p, "", &Message{From: Staff(p)})
	return err
}

// lastEvent is the newest of c's entries with one of the events.
func (tx *Tx) lastEvent(c *Conversation, events ...string) (*Message, error) {
	list, err := tx.messages(messageColumns+" FROM messages WHERE conversation = {:id} AND kind = 'event' ORDER BY seq DESC LIMIT 200",
		dbx.Params{"id": c.ID})
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		for _, e := range events {
			if m.Event().Event == e {
				return m, nil
			}
		}
	}
	return nil, fail.New(fail.NotFound, "fail.not_found")
}
