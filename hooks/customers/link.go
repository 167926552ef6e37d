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
	customer, err := known(app, contact, i)
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
	if err := share(app, contact, customer.Id); err != nil {
		return fmt.Errorf("link contact: %w", err)
	}
	return OnLink(app).Trigger(&LinkEvent{App: app, Contact: contact.Id, From: before, To: customer.Id})
}

// known returns the customer of the identity: of one who was merged, whom they
// turned out to be. One who is not known yet is the anonymous customer that the
// contact has, or else a new one.
func known(app core.App, contact *Contact, i channels.Identity) (*Customer, error) {
	customer, err := ByExternalID(app, i.ID)
	if err == nil {
		return joined(app, customer, contact.Id)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	customer, err = ByID(app, contact.Customer())
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
// known one. The anonymous one goes, once no contact is left to it, unless a merge
// that can still be undone needs it.
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
	if held, err := inMerge(app, anonymous); err != nil || held {
		return err
	}
	return handOver(app, from, to)
}

// handOver gives all that is known of a customer to another one, and from goes.
func handOver(app core.App, from, to *Customer) error {
	to.absorb(from)
	if err := app.SaveNoValidate(to); err != nil { // what no longer holds of the one is no reason to turn the other away
		return fmt.Errorf("hand over to customer %s: %w", to.Id, err)
	}
	for _, move := range []struct {
		table, column string
	}{{Notes, "customer"}, {Customers, "merged"}} {
		_, err := app.DB().Update(move.table, dbx.Params{move.column: to.Id}, dbx.NewExp("[["+move.column+"]] = {:from}", dbx.Params{"from": from.Id})).Execute()
		if err != nil {
			return fmt.Errorf("hand over from customer %s: %w", from.Id, err)
		}
	}
	return app.Delete(from)
}
