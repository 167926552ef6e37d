package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What everybody is serving is counted at each assignment.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("conversations")
		if err != nil {
			return err
		}
		c.AddIndex("idx_conversations_serving", false, "assignee", "status = 'open'")
		return app.Save(c)
	}, nil)
}
