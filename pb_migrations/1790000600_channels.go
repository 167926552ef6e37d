package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// entries is a list of {id, text, answer?, group?, kinds?}; hours is
// {zone, week: [{day, from, to}], closed: [date]}; secrets is a list of
// {secret, ends?}, newest first, so that a rotation can overlap.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("channels")
		c.Fields.Add(text("name", 60), choice("kind", "web"), text("greeting", 1000), text("colour", 9),
			object("hours", 64<<10), object("entries", 64<<10), object("origins", 64<<10), object("secrets", 8<<10),
			flag("typing_preview"), flag("remember"), text("group", 20), flag("is_default"), created(), updated())
		c.AddIndex("ux_channels_default", true, "is_default", "is_default = TRUE")
		return c, nil
	})
}
