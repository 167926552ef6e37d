package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// routes is a list of who goes to which group, by where and who they are.
func init() {
	migrations.Register(func(app core.App) error {
		channels, err := app.FindCollectionByNameOrId("channels")
		if err != nil {
			return err
		}
		channels.Fields.Add(object("routes", 32<<10))
		return app.Save(channels)
	}, nil)
}
