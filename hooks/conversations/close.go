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
		c.Status, c.Closed = Closed, tx.Now
		c.WaitingSince, c.Left = noTime, noTime
		c.leaveQueue()
		m, err := tx.event(c, Staff(p), id, hash, EventData{Event: Ended})
		if err != nil {
			return nil, err
		}
		tx.Save(c)
		return m, nil
	})
}
