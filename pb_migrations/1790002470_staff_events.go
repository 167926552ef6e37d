package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// The events that are for staff alone, by when they happened: the board counts
// how many deadlines have passed today.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("messages")
		if err != nil {
			return err
		}
		c.AddIndex("idx_messages_staff_events", false, "time", "kind = 'event' AND staff_only = TRUE")
		return app.Save(c)
	}, nil)
}
