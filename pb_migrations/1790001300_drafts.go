package pb_migrations

import "github.com/pocketbase/pocketbase/core"

func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("drafts")
		c.Fields.Add(text("staff", 20), text("conversation", 20), text("text", 20000), choice("mode", "reply", "note"), updated())
		c.AddIndex("ux_drafts_place", true, "staff, conversation", "")
		return c, nil
	})
}
