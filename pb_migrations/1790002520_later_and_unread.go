package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// later_until is when a conversation that was put aside comes back by itself; empty
// where it comes back with the customer's next word alone. unread_after is the
// entry after which everything counts as unread, although its assignee has read
// further; 0 where their read mark alone counts.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("conversations")
		if err != nil {
			return err
		}
		c.Fields.Add(date("later_until"), number("unread_after"))
		c.AddIndex("idx_conversations_later", false, "later_until", "status = 'later' AND later_until != ''")
		return app.Save(c)
	}, nil)
}
