package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Why, by whom and until when a contact may not write.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("contacts")
		if err != nil {
			return err
		}
		c.Fields.Add(text("blocked_reason", 200), text("blocked_by", 20), date("blocked_since"), date("blocked_until"))
		return app.Save(c)
	}, nil)
}
