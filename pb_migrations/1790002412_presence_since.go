package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// presence_since is when somebody has said what presence says.
func init() {
	migrations.Register(func(app core.App) error {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return err
		}
		staff.Fields.Add(date("presence_since"))
		return app.Save(staff)
	}, nil)
}
