package conversations

import (
	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// relink keeps a contact's conversations with the customer whom the contact
// turned out to be. It runs in the transaction that links them, which holds the
// one write connection, so that the timeline's counter is safe to move here.
func (t *timeline) relink(e *customers.LinkEvent) error {
	s, err := openShared(e.App, newKept())
	if err != nil {
		return err
	}
	defer s.close()
	tx := s.change()
	var ids []string
	if err := s.query("SELECT id FROM conversations WHERE contact = {:contact}", dbx.Params{"contact": e.Contact}).Column(&ids); err != nil {
		return err
	}
	for _, id := range ids {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		c.Customer = e.To
		tx.Save(c)
	}
	if err := tx.flush(); err != nil {
		return err
	}
	s.take(tx)
	if err := s.finish(); err != nil {
		return err
	}
	if changes := tx.changes(); len(changes) > 0 {
		e.App.TxInfo().OnComplete(func(err error) error {
			if err == nil {
				t.tellInTurn(changes)
			}
			return nil
		})
	}
	return e.Next()
}

// tellInTurn tells of changes that somebody else's commit has made, as they are when
// the writer's next turn comes: what it had committed meanwhile is not told before, and
// then undone by what was true earlier.
func (t *timeline) tellInTurn(changes []Change) {
	err := t.queue(&job{owed: changes, done: make(chan struct{}), run: func(tx *Tx) error {
		for _, c := range changes {
			now, err := tx.Conversation(c.After.ID)
			if fail.Of(err).Kind == fail.NotFound {
				continue // erased meanwhile
			}
			if err != nil {
				return err
			}
			tx.told = append(tx.told, Change{Before: c.Before, After: now})
		}
		return nil
	}})
	if err != nil {
		t.announce(&Committed{App: t.app, Changes: changes})
	}
}
