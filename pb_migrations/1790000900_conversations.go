package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A conversation's row is its present state; the timeline is messages. Ids of
// other collections are plain text here, because a relation would make each
// deletion elsewhere look through these two tables.
//
// rev and last_seq come from the timeline's counter (see sequence): rev is the
// commit order of the row's last change, last_seq its newest entry.
func init() {
	migrations.Register(func(app core.App) error {
		c := core.NewBaseCollection("conversations")
		c.Fields.Add(
			text("contact", 20), text("customer", 20), text("channel", 20),
			choice("status", "bot", "waiting", "open", "later", "closed"),
			text("assignee", 20), text("group", 20), choice("priority", "low", "normal", "high", "urgent"), object("tags", 8<<10),
			number("unread"), date("waiting_since"), date("queued"), object("last", 8<<10), number("last_seq"),
			number("read_staff"), number("read_visitor"), number("rev"), date("opened"), date("closed"),
			number("rating"), choice("resolved", "yes", "no"), text("rating_comment", 1000), date("rated"))
		c.AddIndex("ux_conversations_unclosed", true, "contact", "status != 'closed'")
		c.AddIndex("idx_conversations_contact", false, "contact, opened", "")
		c.AddIndex("idx_conversations_customer", false, "customer, opened", "")
		c.AddIndex("idx_conversations_status", false, "status, last_seq", "")
		c.AddIndex("idx_conversations_queue", false, "status, `group`, queued", "")
		c.AddIndex("idx_conversations_assignee", false, "assignee, status, last_seq", "")
		c.AddIndex("idx_conversations_last", false, "last_seq", "")
		c.AddIndex("idx_conversations_rev", false, "rev", "")
		return app.Save(c)
	}, nil)
}
