package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// weight is somebody's share of what comes in, against their colleagues': twice
// as much work goes to a 10 as to a 5, which everybody begins with.
func init() {
	migrations.Register(func(app core.App) error {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return err
		}
		staff.Fields.Add(number("weight"))
		if err = app.Save(staff); err != nil {
			return err
		}
		_, err = app.DB().NewQuery("UPDATE staff SET weight = 5").Execute()
		return err
	}, nil)
}
