package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// hours is a week as in channels; none is the channel's.
func init() {
	migrations.Register(func(app core.App) error {
		groups, err := app.FindCollectionByNameOrId("groups")
		if err != nil {
			return err
		}
		groups.Fields.Add(object("hours", 16<<10))
		return app.Save(groups)
	}, nil)
}
