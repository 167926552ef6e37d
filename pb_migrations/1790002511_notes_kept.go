package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A note that was deleted can come back for a while, and one knows with which
// contact its writer was speaking.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("notes")
		if err != nil {
			return err
		}
		c.Fields.Add(text("contact", 20), date("deleted"))
		c.AddIndex("idx_notes_deleted", false, "deleted", "deleted != ''")
		return app.Save(c)
	}, nil)
}
