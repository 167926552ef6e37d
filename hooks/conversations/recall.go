package conversations

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// RecallWithin is how long a message can be taken back.
const RecallWithin = 2 * time.Minute

// Recall takes back a message of by's own: the entry keeps its place without
// text, data or file. The returned file, if any, may be deleted. Recalling it
// again gives the first recalling entry. Errors: not_found, too_late.
func Recall(app core.App, by Author, id, message string) (m *Message, file string, err error) {
	if err = CheckID(id); err != nil {
		return nil, "", err
	}
	hash := contentHash("act", "recall "+message)
	err = Write(app, func(tx *Tx) error {
		first, err := tx.repeated(by, id, hash) //nolint:govet // the named result is what Write returns
		if err != nil || first != nil {
			m = first
			return err
		}
		m, file, err = tx.recall(by, id, hash, message)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return m, file, nil
}

func (tx *Tx) recall(by Author, id, hash, message string) (*Message, string, error) {
	rows, err := tx.query("SELECT "+messageColumns+" FROM messages WHERE id = {:id}", dbx.Params{"id": message}).Rows()
	if err != nil {
		return nil, "", err
	}
	found, err := scanMessages(rows)
	if err != nil {
		return nil, "", err
	}
	if len(found) == 0 || found[0].Sender != by.sender() || found[0].Kind == Event {
		return nil, "", fail.New(fail.NotFound, "fail.not_found").On("message")
	}
	old := found[0]
	c, err := tx.Conversation(old.Conversation)
	if err != nil {
		return nil, "", err
	}
	if old.Recalled {
		first, missing := tx.recalling(old)
		return first, "", missing
	}
	if tx.Now.Sub(old.Time) > RecallWithin {
		return nil, "", fail.New(fail.TooLate, "fail.too_late")
	}
	err = tx.exec("UPDATE messages SET text = '', data = 'null', file = '', quote = '', recalled = TRUE WHERE id = {:id}", dbx.Params{"id": old.ID})
	if err != nil {
		return nil, "", err
	}
	if err := tx.forget(c, old, by); err != nil {
		return nil, "", err
	}
	data := EventData{Event: Recalled, Message: old.ID}
	m := &Message{Kind: Event, From: by, ClientID: id, Hash: hash, StaffOnly: old.StaffOnly, Data: mustJSON(data)}
	if err := tx.add(c, m); err != nil {
		return nil, "", err
	}
	return m, old.File, tx.save(c)
}

// forget takes the recalled message out of the conversation's present state.
func (tx *Tx) forget(c *Conversation, old *Message, by Author) error {
	if c.Last != nil && c.Last.Time.Equal(old.Time) && c.Last.From == by.Kind && c.Last.Kind == old.Kind {
		c.Last.Text, c.Last.Recalled = "", true
	}
	if by.Kind != FromVisitor {
		return nil
	}
	return tx.countUnread(c)
}

// recalling is the entry that took old back.
func (tx *Tx) recalling(old *Message) (*Message, error) {
	rows, err := tx.query("SELECT "+messageColumns+" FROM messages WHERE conversation = {:c} AND seq > {:seq} AND kind = 'event' "+
		"AND json_extract(data, '$.message') = {:id} LIMIT 1", dbx.Params{"c": old.Conversation, "seq": old.Seq, "id": old.ID}).Rows()
	if err != nil {
		return nil, err
	}
	list, err := scanMessages(rows)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found").On("message")
	}
	return list[0], nil
}
