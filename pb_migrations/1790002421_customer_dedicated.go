package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// dedicated is the member of staff whose customer somebody is.
func init() {
	migrations.Register(func(app core.App) error {
		customers, err := app.FindCollectionByNameOrId("customers")
		if err != nil {
			return err
		}
		customers.Fields.Add(text("distributor_level", 20), text("dedicated", 20))
		return app.Save(customers)
	}, nil)
}
