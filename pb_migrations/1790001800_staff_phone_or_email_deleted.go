package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// An account is reached by e-mail or by phone, and ends by a date: its row stays
// so that what was said keeps its author's nickname, which is free for the next.
func init() {
	migrations.Register(func(app core.App) error {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return err
		}
		if email, ok := staff.Fields.GetByName("email").(*core.EmailField); ok {
			email.Required = false
		}
		staff.Fields.Add(date("deleted"))
		staff.RemoveIndex("ux_staff_nickname")
		staff.AddIndex("ux_staff_nickname", true, "nickname", "deleted = ''")
		return app.Save(staff)
	}, nil)
}
