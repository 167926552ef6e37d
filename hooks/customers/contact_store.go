package customers

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// ContactByID returns one contact.
func ContactByID(app core.App, id string) (*Contact, error) {
	c := &Contact{}
	if err := app.RecordQuery(Contacts).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(c); err != nil {
		return nil, fmt.Errorf("contact %q: %w", id, err)
	}
	return c, nil
}

// ContactsOf lists a customer's contacts, oldest first.
func ContactsOf(app core.App, customer string) ([]*Contact, error) {
	if customer == "" {
		return nil, nil // nobody's contacts are those of all who have said nothing yet
	}
	var all []*Contact
	err := app.RecordQuery(Contacts).AndWhere(ofCustomer(customer)).OrderBy("created", "id").All(&all)
	if err != nil {
		return nil, fmt.Errorf("contacts of %s: %w", customer, err)
	}
	return all, nil
}

// contactOf returns the oldest contact of an identity on a channel: the thread
// that all devices of that customer share.
func contactOf(app core.App, channel, identity string) (*Contact, error) {
	c := &Contact{}
	err := app.RecordQuery(Contacts).
		AndWhere(dbx.NewExp("channel = {:channel} AND identity = {:identity} AND identity != ''", dbx.Params{"channel": channel, "identity": identity})).
		OrderBy("created", "id").Limit(1).One(c)
	if err != nil {
		return nil, fmt.Errorf("contact of %q: %w", identity, err)
	}
	return c, nil
}
