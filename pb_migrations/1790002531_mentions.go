package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Notes in which somebody is named and which they have not seen yet: one row for
// each person and conversation, the latest note. Messages are found by it when
// one is taken back.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("mentions")
		c.Fields.Add(text("staff", 20), text("conversation", 20), text("message", 20), text("by", 200), date("time"))
		c.AddIndex("ux_mentions_place", true, "staff, conversation", "")
		c.AddIndex("idx_mentions_message", false, "message", "")
		return c, nil
	})
}
