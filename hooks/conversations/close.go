package conversations

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Close ends a conversation for good. Closing it again gives the first closing
// entry. Errors: not_found, taken.
func Close(app core.App, p *access.Person, id, conversation string) (*Message, error) {
	return act(app, Staff(p), id, "close "+conversation, func(tx *Tx, hash string) (_ *Message, err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return nil, err
		}
		c, err := tx.mine(p, conversation)
		if fail.Of(err).Kind == fail.Closed {
			if c, err = tx.seen(p, conversation); err != nil {
				return nil, err
			}
			return tx.lastEvent(c, Ended)
		}
		if err != nil {
			return nil, err
		}
		m, err := tx.end(c, &Message{From: Staff(p), ClientID: id, Hash: hash})
		if err != nil {
			return nil, err
		}
		tx.Save(c)
		return m, nil
	})
}

// end closes c for good. Of asked it takes who wants that, and by which id.
func (tx *Tx) end(c *Conversation, asked *Message) (*Message, error) {
	c.Status, c.Closed = Closed, tx.Now
	c.WaitingSince, c.Left = noTime, noTime
	c.leaveQueue()
	return tx.event(c, asked.From, asked.ClientID, asked.Hash, EventData{Event: Ended})
}
