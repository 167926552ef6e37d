package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What a channel says to whoever asks while nobody answers.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("channels")
		if err != nil {
			return err
		}
		c.Fields.Add(text("off_hours", 1000))
		return app.Save(c)
	}, nil)
}
