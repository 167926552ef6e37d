package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// The bytes lie at <data>/files/<first two of id>/<id>; this is what is known
// of them. owner is the uploader, as "visitor:<contact>" or "staff:<id>".
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("files")
		id, ok := c.Fields.GetByName("id").(*core.TextField)
		if ok {
			id.Min, id.Max, id.Pattern, id.AutogeneratePattern = 32, 32, "^[a-f0-9]{32}$", "[a-f0-9]{32}"
		}
		c.Fields.Add(text("owner", 40), text("client_id", 64), text("contact", 20), text("message", 20), text("purpose", 20), text("name", 255), text("mime", 100),
			number("size"), number("width"), number("height"), text("sha256", 64), created())
		c.AddIndex("ux_files_client_id", true, "owner, client_id", "client_id != ''")
		c.AddIndex("idx_files_unsent", false, "message, created", "")
		c.AddIndex("idx_files_owner", false, "owner, created", "")
		return c, nil
	})
}
