package pb_migrations

import "github.com/pocketbase/pocketbase/core"

func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("outbox")
		c.Fields.Add(text("kind", 40), object("payload", 256<<10), number("attempts"), date("due"), date("done"), text("error", 500), created())
		c.AddIndex("idx_outbox_due", false, "done, due", "")
		return c, nil
	})
}
