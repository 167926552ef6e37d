package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// leaving says what of a member's conversations is handed on when they leave;
// what it does not say is as the shop has set it.
func init() {
	migrations.Register(func(app core.App) error {
		groups, err := app.FindCollectionByNameOrId("groups")
		if err != nil {
			return err
		}
		groups.Fields.Add(object("leaving", 1<<10))
		return app.Save(groups)
	}, nil)
}
