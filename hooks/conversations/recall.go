package conversations

import (
	"context"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
)

// RecallWithin is how long a message can be taken back.
const RecallWithin = 2 * time.Minute

// recalledFile is the effect that deletes what a recalled message carried.
const recalledFile = "recalled_file"

// Recall takes back a message of by's own: the entry keeps its place without
// text, data or file, and the file is deleted soon after the commit. Recalling
// it again gives the first recalling entry. Errors: not_found, too_late.
func Recall(app core.App, by Author, id, message string) (*Message, error) {
	return act(app, by, id, "recall "+message, func(tx *Tx, hash string) (*Message, error) {
		if by.Kind == FromStaff {
			if _, err := access.Still(tx.App, &access.Person{ID: by.ID}, access.ConversationsReply); err != nil {
				return nil, err
			}
		}
		return tx.recall(by, id, hash, message)
	})
}

func (tx *Tx) recall(by Author, id, hash, message string) (*Message, error) {
	old, err := tx.ownMessage(by, message)
	if err != nil {
		return nil, err
	}
	if old.Recalled {
		return tx.recalling(old)
	}
	if tx.Now.Sub(old.Time) > RecallWithin {
		return nil, fail.New(fail.TooLate, "fail.too_late")
	}
	c, err := tx.Conversation(old.Conversation)
	if err != nil {
		return nil, err
	}
	if err = tx.empty(*old); err != nil {
		return nil, err
	}
	if err = tx.forget(c, old, by); err != nil {
		return nil, err
	}
	if err = tx.dropMentions(old.ID); err != nil {
		return nil, err
	}
	m := &Message{Kind: Event, From: by, ClientID: id, Hash: hash, StaffOnly: old.StaffOnly, Data: mustJSON(EventData{Event: Recalled, Message: old.ID})}
	if err = tx.add(c, m); err != nil {
		return nil, err
	}
	if err = tx.account(c, by, m.Event()); err != nil {
		return nil, err
	}
	if old.File != "" {
		if err = outbox.Add(tx.App, recalledFile, old.File, tx.Now); err != nil {
			return nil, err
		}
	}
	tx.Save(c)
	return m, nil
}

// empty leaves of an entry its place.
func (tx *Tx) empty(m Message) error {
	m.Text, m.Data, m.File, m.Quote, m.Recalled = "", nil, "", "", true
	row, err := m.params()
	if err != nil {
		return err
	}
	return tx.exec("UPDATE messages SET text = '', data = 'null', file = '', quote = '', recalled = TRUE, hash = {:hash} WHERE id = {:id}",
		dbx.Params{"id": m.ID, "hash": row["hash"]})
}

// ownMessage is the message with the id that by has sent; not_found otherwise.
func (tx *Tx) ownMessage(by Author, id string) (*Message, error) {
	found, err := tx.messages(messageColumns+" FROM messages WHERE id = {:id}", dbx.Params{"id": id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].Sender != by.sender() || found[0].Kind == Event {
		return nil, fail.New(fail.NotFound, "fail.not_found").On("message")
	}
	return found[0], nil
}

// deleteFile is done after the commit that recalled its message.
func deleteFile(_ context.Context, app core.App, e *outbox.Effect) error {
	var id string
	if err := e.Into(&id); err != nil {
		return err
	}
	return files.Remove(app, id)
}

// forget takes the recalled message out of the conversation's present state.
func (tx *Tx) forget(c *Conversation, old *Message, by Author) error {
	if c.Last != nil && c.Last.Time.Equal(old.Time) && c.Last.From == by.Kind && c.Last.Kind == old.Kind {
		var newer bool // somebody, or a program, says more than one thing in a millisecond
		err := tx.query("SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = {:id} AND seq > {:seq} AND kind NOT IN ('event', 'note'))",
			dbx.Params{"id": c.ID, "seq": old.Seq}).Row(&newer)
		if err != nil {
			return err
		}
		if !newer {
			c.Last.Text, c.Last.Recalled = "", true
		}
	}
	if by.Kind != FromVisitor {
		return nil
	}
	return tx.countUnread(c)
}

// recalling is the entry that took old back.
func (tx *Tx) recalling(old *Message) (*Message, error) {
	list, err := tx.messages(messageColumns+" FROM messages WHERE conversation = {:c} AND seq > {:seq} AND kind = 'event' "+
		"AND json_extract(data, '$.message') = {:id} LIMIT 1", dbx.Params{"c": old.Conversation, "seq": old.Seq, "id": old.ID})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found").On("message")
	}
	return list[0], nil
}
