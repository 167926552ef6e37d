package customers

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Change is what staff change of a customer; nil leaves a field as it is.
type Change struct {
	Name             *string           `json:"name"`
	Phone            *string           `json:"phone"`
	Email            *string           `json:"email"`
	Region           *string           `json:"region"`
	Level            *string           `json:"level"`
	DistributorLevel *string           `json:"distributor_level"`
	Dedicated        *string           `json:"dedicated"` // id of a member of staff
	Tags             *[]string         `json:"tags"`      // ids
	Custom           map[string]string `json:"custom"`    // of the shop's own fields, by id; "" takes one away
	Said             string            `json:"said"`      // phone or email: what the visitor has said of it is right, see [Said]
}

// Edit changes what staff know about a customer.
func Edit(app core.App, id string, to Change) (*Customer, error) {
	var c *Customer
	err := app.RunInTransaction(func(app core.App) (err error) {
		if c, err = ByID(app, id); err != nil {
			return err
		}
		c.change(to)
		return app.Save(c)
	})
	if err != nil {
		return nil, fmt.Errorf("edit customer: %w", err)
	}
	return c, nil
}
