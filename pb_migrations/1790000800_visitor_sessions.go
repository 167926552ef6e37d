package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// A visitor's token is kept as a SHA-256 only; a row unused for a year is dead.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("visitor_sessions")
		c.Fields.Add(text("contact", 20), text("hash", 64), date("seen"), created())
		c.AddIndex("ux_visitor_sessions_hash", true, "hash", "")
		c.AddIndex("idx_visitor_sessions_contact", false, "contact", "")
		c.AddIndex("idx_visitor_sessions_seen", false, "seen", "")
		return c, nil
	})
}
