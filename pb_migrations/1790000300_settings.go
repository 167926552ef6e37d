package pb_migrations

import "github.com/pocketbase/pocketbase/core"

func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("settings")
		c.Fields.Add(text("key", 60), object("value", 1<<20), updated())
		c.AddIndex("ux_settings_key", true, "key", "")
		return c, nil
	})
}
