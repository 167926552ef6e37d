package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What is begun as a reply and what is begun as a note are two texts: what was
// meant for colleagues never stands where it could be sent to the customer.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("drafts")
		if err != nil {
			return err
		}
		c.Fields.GetByName("text").SetName("reply")
		c.Fields.Add(text("note", 20000))
		if err = app.Save(c); err != nil {
			return err
		}
		_, err = app.NonconcurrentDB().NewQuery("UPDATE drafts SET note = reply, reply = '' WHERE mode = 'note'").Execute()
		return err
	}, nil)
}
