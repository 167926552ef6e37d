package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

func init() {
	migrations.Register(func(app core.App) error {
		roles := core.NewBaseCollection("roles")
		roles.Fields.Add(text("key", 40), text("name", 60), object("permissions", 64<<10), created(), updated())
		roles.AddIndex("ux_roles_key", true, "key", "key != ''")
		if err := app.Save(roles); err != nil {
			return err
		}
		groups := core.NewBaseCollection("groups")
		groups.Fields.Add(text("key", 40), text("name", 60), number("sort"), created(), updated())
		groups.AddIndex("ux_groups_name", true, "name", "")
		if err := app.Save(groups); err != nil {
			return err
		}
		staff := core.NewAuthCollection("staff")
		staff.Fields.Add(
			text("nickname", 40), text("real_name", 60), text("phone", 20), link("role", roles, 1), link("groups", groups, 100),
			text("avatar", 40), number("cap"), flag("disabled"), flag("must_change"),
			choice("presence", "online", "break", "offline"), text("presence_reason", 100),
			text("language", 10), text("theme", 10), created(), updated())
		staff.AddIndex("ux_staff_nickname", true, "nickname", "")
		staff.AddIndex("ux_staff_phone", true, "phone", "phone != ''")
		staff.AuthAlert.Enabled = false
		staff.AuthToken.Duration = 12 * 3600
		staff.PasswordAuth.IdentityFields = []string{"email", "phone"}
		return app.Save(staff)
	}, nil)
}
