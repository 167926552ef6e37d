package customers

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
)

// link makes contact the contact of the customer whom a verified identity
// names, without saving it. Only whose contact it is changes; nothing that was
// said is touched.
func link(app core.App, contact *Contact, i channels.Identity) error {
	before := contact.Customer()
	contact.introduce(i.Name, i.Avatar)
	if before != "" && contact.Identity() == i.ID {
		return nil
	}
	customer, err := known(app, before, i)
	if err != nil {
		return fmt.Errorf("link contact: %w", err)
	}
	contact.identify(customer.Id, i.ID)
	if before == customer.Id {
		return nil
	}
	if err := leave(app, contact.Id, before, customer); err != nil {
		return fmt.Errorf("link contact: %w", err)
	}
	return OnLink(app).Trigger(&LinkEvent{App: app, Contact: contact.Id, From: before, To: customer.Id})
}

// known returns the customer of the identity. One who is not known yet is the
// anonymous customer that the contact has, or else a new one.
func known(app core.App, anonymous string, i channels.Identity) (*Customer, error) {
	customer, err := ByExternalID(app, i.ID)
	if !errors.Is(err, sql.ErrNoRows) {
		return customer, err
	}
	customer, err = ByID(app, anonymous)
	if err == nil && customer.ExternalID() != "" || errors.Is(err, sql.ErrNoRows) {
		customer, err = newCustomer(app)
	}
	if err != nil {
		return nil, err
	}
	customer.knownAs(i.ID)
	customer.introduce(i.Name, i.Avatar)
	return customer, app.Save(customer)
}

// leave hands what staff have written about an anonymous customer on to the
// known one. The anonymous one goes, once no contact is left to it.
func leave(app core.App, contact, anonymous string, to *Customer) error {
	from, err := ByID(app, anonymous)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || from.ExternalID() != "" {
		return err
	}
	contacts, err := ContactsOf(app, anonymous)
	if err != nil || len(contacts) > 1 || len(contacts) == 1 && contacts[0].Id != contact {
		return err
	}
	to.absorb(from)
	if err := app.Save(to); err != nil {
		return err
	}
	if _, err := app.DB().Update(Notes, dbx.Params{"customer": to.Id}, ofCustomer(anonymous)).Execute(); err != nil {
		return err
	}
	return app.Delete(from)
}
