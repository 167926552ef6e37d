package conversations

import (
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// sayClosed tells whoever begins to wait while nobody answers what the channel
// has to say to that, with the time of return where it wants one.
func (tx *Tx) sayClosed(c *Conversation) error {
	ch, err := channels.ByID(tx.App, c.Channel)
	if err != nil {
		return err
	}
	week := tx.Hours(c)
	if ch.OffHours() == "" || week.Open(tx.Now) {
		return nil
	}
	return tx.add(c, &Message{Kind: Text, Text: channels.OffHoursAt(ch.OffHours(), week, tx.Now, settings.ShopOf(tx.App).Language), From: bot(ch)})
}
