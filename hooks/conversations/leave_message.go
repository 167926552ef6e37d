package conversations

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

// MessageLeft is what somebody leaves who does not want to wait, with how they
// can be reached, where they say.
type MessageLeft struct {
	ID           string // the visitor's own, see [CheckID]
	Text         string
	Phone, Email string
}

// LeaveMessage is [PostAsVisitor] for somebody who does not wait in the chat any
// longer: the conversation keeps its place, and is answered as a message that
// was left. How they can be reached is kept with the customer as what a visitor
// says, which nobody has checked; the timeline tells it masked. To whom a person
// is speaking already it is a message like any other. Errors as there; of phone
// and email invalid.
func LeaveMessage(app core.App, contact Speaker, left MessageLeft) (*Message, error) {
	said := customers.Said{Phone: left.Phone, Email: left.Email}.Tidy()
	wrong := said.Check()
	d := Draft{ID: left.ID, Kind: Text, Text: left.Text}
	if said != (customers.Said{}) {
		d.reach = said.Phone + " " + said.Email
	}
	by := Visitor(contact)
	return post(app, by, &d, func(tx *Tx, m *Message) error {
		if wrong != nil {
			return wrong
		}
		c, err := tx.visitorsConversation(contact, "")
		if err != nil {
			return err
		}
		since := c.Left // what is added to a message waits as long as the message
		if err = tx.attach(c, m, d); err != nil {
			return err
		}
		if err = tx.said(c, m, nil); err != nil {
			return err
		}
		if err = customers.Reach(tx.App, c.Customer, said); err != nil {
			return err
		}
		if c.Status == Open && said == (customers.Said{}) {
			return nil
		}
		if c.Status != Open {
			c.Left = since
			if since.IsZero() {
				c.Left = tx.Now
			}
		}
		_, err = tx.event(c, by, "", "", EventData{Event: Left, Phone: mask.Phone(said.Phone), Email: mask.Email(said.Email)})
		return err
	})
}
