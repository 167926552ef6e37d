package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// The pages that a contact has come by. Rows are written and dropped raw.
func init() {
	migrations.Register(func(app core.App) error {
		c := core.NewBaseCollection("contact_pages")
		c.Fields.Add(text("contact", 20), text("url", 2000), text("title", 200), text("kind", 20), date("came"))
		c.AddIndex("idx_contact_pages_contact", false, "contact, came", "")
		c.AddIndex("idx_contact_pages_came", false, "came", "")
		return app.Save(c)
	}, nil)
}
