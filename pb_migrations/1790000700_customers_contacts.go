package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

func init() {
	migrations.Register(func(app core.App) error {
		tags := core.NewBaseCollection("tags")
		tags.Fields.Add(text("name", 30), choice("colour", "grey", "blue", "green", "amber", "violet", "gold", "cyan"), number("sort"), created())
		tags.AddIndex("ux_tags_name", true, "name", "")
		if err := app.Save(tags); err != nil {
			return err
		}
		customers := core.NewBaseCollection("customers")
		customers.Fields.Add(text("external_id", 200), text("name", 100), text("avatar", 500), text("phone", 20), text("email", 200),
			text("region", 100), text("level", 20), link("tags", tags, 100), created(), updated())
		customers.AddIndex("ux_customers_external_id", true, "external_id", "external_id != ''")
		if err := app.Save(customers); err != nil {
			return err
		}
		contacts := core.NewBaseCollection("contacts")
		contacts.Fields.Add(text("customer", 20), text("channel", 20), text("identity", 200), text("name", 100), text("avatar", 500),
			text("lang", 10), object("page", 32<<10), text("source", 500), flag("blocked"), date("seen"), created())
		contacts.AddIndex("idx_contacts_identity", false, "channel, identity, created", "identity != ''")
		contacts.AddIndex("idx_contacts_customer", false, "customer", "")
		if err := app.Save(contacts); err != nil {
			return err
		}
		notes := core.NewBaseCollection("notes")
		notes.Fields.Add(text("customer", 20), text("staff", 20), text("text", 2000), created())
		notes.AddIndex("idx_notes_customer", false, "customer, created", "")
		return app.Save(notes)
	}, nil)
}
