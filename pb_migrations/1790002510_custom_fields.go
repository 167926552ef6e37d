package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What a shop wants to know of its customers beyond what every shop does: the
// fields, and with each customer an object of their values by the field's id.
func init() {
	migrations.Register(func(app core.App) error {
		fields := core.NewBaseCollection("customer_fields")
		fields.Fields.Add(text("name", 30), choice("kind", "text", "number", "date", "choice"), object("options", 16<<10), flag("personal"), number("sort"), date("deleted"), created())
		fields.AddIndex("ux_customer_fields_name", true, "name", "deleted = ''")
		if err := app.Save(fields); err != nil {
			return err
		}
		c, err := app.FindCollectionByNameOrId("customers")
		if err != nil {
			return err
		}
		c.Fields.Add(object("custom", 32<<10))
		return app.Save(c)
	}, nil)
}
