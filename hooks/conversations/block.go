package conversations

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// Block keeps a customer from writing, with all of their contacts, and ends the
// conversations that are under way with them: whoever is blocked is not waited
// for. The visitor is told when they try to write, in their own language; why is
// for colleagues. Blocking again is another reason and another end. Errors:
// invalid, too_long, not_found.
func Block(app core.App, p *access.Person, customer string, b customers.Block) error {
	return onContacts(app, p, customer, func(tx *Tx, p *access.Person, contacts []*customers.Contact) error {
		b.Staff, b.Since = p.ID, tx.Now
		if err := b.Check(tx.Now); err != nil {
			return err
		}
		data := EventData{Event: Blocked, Why: b.Reason}
		data.Until = clock.Wire(b.Until)
		for _, contact := range contacts {
			if err := tx.tellLast(contact.Id, p, data, true); err != nil {
				return err
			}
		}
		for _, contact := range contacts { // records last, see [Tx.App]
			if err := customers.BlockContact(audit.By(tx.App, p.Actor()), contact, b); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unblock lets a customer write again whom somebody has blocked. Errors:
// not_found.
func Unblock(app core.App, p *access.Person, customer string) error {
	return onContacts(app, p, customer, func(tx *Tx, p *access.Person, contacts []*customers.Contact) error {
		for _, contact := range contacts {
			if contact.Block() == nil {
				continue
			}
			if err := tx.tellLast(contact.Id, p, EventData{Event: Unblocked}, false); err != nil {
				return err
			}
		}
		for _, contact := range contacts {
			if contact.Block() == nil {
				continue
			}
			if err := customers.UnblockContact(audit.By(tx.App, p.Actor()), contact); err != nil {
				return err
			}
		}
		return nil
	})
}

func onContacts(app core.App, p *access.Person, customer string, do func(tx *Tx, p *access.Person, contacts []*customers.Contact) error) error {
	return Write(app, func(tx *Tx) (err error) {
		if p, err = access.Still(tx.App, p, access.CustomersBlock); err != nil {
			return err
		}
		if _, err = customers.ByID(tx.App, customer); err != nil {
			return err
		}
		contacts, err := customers.ContactsOf(tx.App, customer)
		if err != nil {
			return err
		}
		return do(tx, p, contacts)
	})
}

// tellLast adds what p has done about a contact to its newest conversation, and
// ends that where it is under way and is to be ended.
func (tx *Tx) tellLast(contact string, p *access.Person, data EventData, ends bool) error {
	latest, err := Latest(tx.App, contact)
	if err != nil || latest == nil {
		return err
	}
	c, err := tx.Conversation(latest.ID)
	if err != nil {
		return err
	}
	if _, err = tx.event(c, Staff(p), "", "", data); err != nil {
		return err
	}
	if ends && c.Status != Closed {
		if _, err = tx.end(c, &Message{From: Staff(p)}); err != nil {
			return err
		}
	}
	tx.Save(c)
	return nil
}
