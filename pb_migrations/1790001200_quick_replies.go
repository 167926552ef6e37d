package pb_migrations

import "github.com/pocketbase/pocketbase/core"

func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("quick_replies")
		c.Fields.Add(text("code", 20), text("title", 60), text("text", 5000), text("category", 30),
			choice("scope", "shop", "group", "staff"), text("group", 20), text("staff", 20), text("file", 32), number("uses"),
			created(), updated())
		c.AddIndex("idx_quick_replies_scope", false, "scope, category", "")
		return c, nil
	})
}
