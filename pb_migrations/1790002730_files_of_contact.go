package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What was sent in a contact's thread is found, the oldest first, without looking at
// all files that there are.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("files")
		if err != nil {
			return err
		}
		c.AddIndex("idx_files_contact", false, "contact, created, id", "contact != ''")
		return app.Save(c)
	}, nil)
}
