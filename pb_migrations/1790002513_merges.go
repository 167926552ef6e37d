package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Two customers who are one: the row of the one who is gone stays and names the
// other one, and for a day it is kept what a merge has moved.
func init() {
	migrations.Register(func(app core.App) error {
		customers, err := app.FindCollectionByNameOrId("customers")
		if err != nil {
			return err
		}
		customers.Fields.Add(text("merged", 20))
		customers.AddIndex("idx_customers_merged", false, "merged", "merged != ''")
		if err := app.Save(customers); err != nil {
			return err
		}
		c := core.NewBaseCollection("customer_merges")
		c.Fields.Add(text("kept", 20), text("gone", 20), text("staff", 20), date("at"), date("undone"), flag("known"),
			object("changes", 64<<10), object("tags", 8<<10), object("own", 256<<10), object("contacts", 256<<10), object("notes", 256<<10))
		c.AddIndex("idx_customer_merges_kept", false, "kept", "")
		c.AddIndex("idx_customer_merges_gone", false, "gone", "")
		c.AddIndex("idx_customer_merges_at", false, "at", "")
		return app.Save(c)
	}, nil)
}
