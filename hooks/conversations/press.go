package conversations

import (
	"encoding/json"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
)

// pressed is the channel's entry question that d presses; nil for none. In a
// fresh conversation it chooses the group.
func (tx *Tx) pressed(c *Conversation, d Draft) (*channels.Entry, error) {
	var data struct {
		Entry string `json:"entry"`
	}
	_ = json.Unmarshal(d.Data, &data) // what is no entry's name presses none
	if data.Entry == "" {
		return nil, nil //nolint:nilnil // none is the ordinary answer
	}
	ch, err := channels.ByID(tx.App, c.Channel)
	if err != nil {
		return nil, err
	}
	for _, e := range ch.Entries() {
		if e.ID != data.Entry {
			continue
		}
		if e.Group != "" && c.Assignee == "" {
			c.Group = e.Group
		}
		return &e, nil
	}
	return nil, nil //nolint:nilnil // an entry that the shop has removed meanwhile
}

// answerEntry answers an entry question on the spot.
func (tx *Tx) answerEntry(c *Conversation, entry *channels.Entry) error {
	c.Status = WithBot
	c.leaveQueue()
	ch, err := channels.ByID(tx.App, c.Channel)
	if err != nil {
		return err
	}
	if err := tx.add(c, &Message{Kind: Text, Text: entry.Answer, From: bot(ch)}); err != nil {
		return err
	}
	tx.Save(c)
	return nil
}

// confirm says that a form has come, where its question has words for that.
func (tx *Tx) confirm(c *Conversation, entry *channels.Entry) error {
	if entry == nil || entry.Answer == "" {
		return nil
	}
	ch, err := channels.ByID(tx.App, c.Channel)
	if err != nil {
		return err
	}
	return tx.add(c, &Message{Kind: Text, Text: entry.Answer, From: bot(ch)})
}
