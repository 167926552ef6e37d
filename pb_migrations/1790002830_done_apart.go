package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Each word changes a conversation's last_seq and rev, and each index that has one of
// them was a page more to write. What is going on is some hundreds, which are sorted
// when they are asked for; only of what is done, which is without end and changes no
// more, an index has the order.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("conversations")
		if err != nil {
			return err
		}
		for _, name := range []string{"status", "assignee", "last", "rev", "owner"} {
			c.RemoveIndex("idx_conversations_" + name)
		}
		c.AddIndex("idx_conversations_assignee", false, "assignee, status", "")
		c.AddIndex("idx_conversations_owner", false, "owner", "owner != '' AND status != 'closed'")
		// with their status, or SQLite takes the index of the queue, and sorts
		c.AddIndex("idx_conversations_done", false, "status, last_seq", "status = 'closed'")
		c.AddIndex("idx_conversations_done_rev", false, "status, rev", "status = 'closed'")
		return app.Save(c)
	}, nil)
}
