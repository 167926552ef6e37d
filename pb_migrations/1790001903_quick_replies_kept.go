package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// When a quick reply was last sent, and that it was deleted: it stays for as
// long as that can be undone.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("quick_replies")
		if err != nil {
			return err
		}
		c.Fields.Add(date("used"), date("deleted"))
		return app.Save(c)
	}, nil)
}
