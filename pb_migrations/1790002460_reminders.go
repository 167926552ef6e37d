package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// What staff have promised to customers, and when to be reminded of it. Ids of
// other collections are plain text, as in conversations. The sweep each second
// looks along idx_reminders_due, which holds only what nobody was told of yet.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("reminders")
		c.Fields.Add(
			text("conversation", 20), text("contact", 20), text("customer", 20), text("staff", 20), text("client_id", 64),
			text("text", 500), text("message", 20), date("due"), date("done"), text("done_by", 20), date("told"), created())
		c.AddIndex("idx_reminders_due", false, "due", "told = '' AND done = ''")
		c.AddIndex("idx_reminders_open", false, "due", "done = ''")
		c.AddIndex("idx_reminders_contact", false, "contact, due", "")
		c.AddIndex("idx_reminders_customer", false, "customer, due", "")
		c.AddIndex("ux_reminders_client_id", true, "staff, client_id", "")
		return c, nil
	})
}
