package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// How a visitor says that they can be reached. It stands beside the customer's
// own number and address: nobody has checked whose it is.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("customers")
		if err != nil {
			return err
		}
		c.Fields.Add(text("said_phone", 40), text("said_email", 200))
		return app.Save(c)
	}, nil)
}
