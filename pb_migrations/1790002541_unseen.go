package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Conversations that wait and that nobody has looked at: a row each, which goes
// with the first look. The sweep each second looks along idx_unseen_due, which
// holds those of which something is still to be told.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("unseen")
		c.Fields.Add(text("conversation", 20), date("since"), date("due"), number("stage"))
		c.AddIndex("ux_unseen_conversation", true, "conversation", "")
		c.AddIndex("idx_unseen_due", false, "due", "due != ''")
		return c, nil
	})
}
