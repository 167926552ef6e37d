package conversations

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// LeaveMessage is [PostAsVisitor] for somebody who does not wait in the chat any
// longer: the conversation keeps its place, and is answered as a message that
// was left. Errors as there.
func LeaveMessage(app core.App, contact *customers.Contact, d Draft) (*Message, error) {
	d.Kind = Text
	by := Visitor(contact)
	return post(app, by, &d, func(tx *Tx, m *Message) error {
		c, err := tx.visitorsConversation(contact, d.Conversation)
		if err != nil {
			return err
		}
		if err = tx.attach(c, m, d); err != nil {
			return err
		}
		if err = tx.said(c, m, nil); err != nil {
			return err
		}
		c.Left = tx.Now
		_, err = tx.event(c, by, "", "", EventData{Event: Left})
		return err
	})
}
