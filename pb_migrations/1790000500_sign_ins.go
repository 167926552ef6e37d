package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// One row a signed-in device. The browser holds an opaque id whose hash is
// here; an API token carries the row's own id.
func init() {
	add(func(app core.App) (*core.Collection, error) {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return nil, err
		}
		of := link("staff", staff, 1)
		of.CascadeDelete = true
		c := core.NewBaseCollection("sign_ins")
		c.Fields.Add(of, choice("kind", "console", "api"), text("hash", 64), text("device", 300), text("address", 60),
			date("seen"), date("ends"), date("ended"), created())
		c.AddIndex("ux_sign_ins_hash", true, "hash", "hash != ''")
		c.AddIndex("idx_sign_ins_staff", false, "staff, ended", "")
		return c, nil
	})
}
