package customers

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// ByID returns one customer.
func ByID(app core.App, id string) (*Customer, error) {
	return one(app, dbx.HashExp{"id": id})
}

// ByExternalID returns the customer whom the shop's own data calls id.
func ByExternalID(app core.App, id string) (*Customer, error) {
	// The condition of the partial index, so that it is used.
	return one(app, dbx.NewExp("external_id = {:id} AND external_id != ''", dbx.Params{"id": id}))
}

func one(app core.App, where dbx.Expression) (*Customer, error) {
	c := &Customer{}
	if err := app.RecordQuery(Customers).AndWhere(where).Limit(1).One(c); err != nil {
		return nil, fmt.Errorf("customer: %w", err)
	}
	return c, nil
}

// EnsureCustomer returns the customer of a contact, and makes an anonymous one
// where there is none yet. It is raw because the timeline's writer calls it,
// with its transaction, at a visitor's first word.
func EnsureCustomer(app core.App, contact string) (string, error) {
	var id string
	err := app.RunInTransaction(func(app core.App) error {
		err := app.NonconcurrentDB().NewQuery("SELECT customer FROM contacts WHERE id = {:id}").Bind(dbx.Params{"id": contact}).Row(&id)
		if err != nil || id != "" {
			return err
		}
		id = core.GenerateDefaultRandomId()
		_, err = app.NonconcurrentDB().NewQuery("INSERT INTO customers (id, created, updated) VALUES ({:id}, {:now}, {:now})").
			Bind(dbx.Params{"id": id, "now": now().String()}).Execute()
		if err != nil {
			return err
		}
		_, err = app.NonconcurrentDB().NewQuery("UPDATE contacts SET customer = {:owner} WHERE id = {:id}").
			Bind(dbx.Params{"owner": id, "id": contact}).Execute()
		return err
	})
	if err != nil {
		return "", fmt.Errorf("customer of contact %q: %w", contact, err)
	}
	return id, nil
}
