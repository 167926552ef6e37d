package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A tag that was deleted stays for as long as that can be undone, and one that
// was merged until everything that bears it has the other one; "into" is that
// one's id. Only names of tags that are there have to differ.
//
// The partial index holds the customers that bear tags, so that counting a
// tag's and finding them walks those alone.
func init() {
	migrations.Register(func(app core.App) error {
		tags, err := app.FindCollectionByNameOrId("tags")
		if err != nil {
			return err
		}
		tags.Fields.Add(date("deleted"), text("into", 20))
		tags.RemoveIndex("ux_tags_name")
		tags.AddIndex("ux_tags_name", true, "name", "deleted = ''")
		if err = app.Save(tags); err != nil {
			return err
		}
		customers, err := app.FindCollectionByNameOrId("customers")
		if err != nil {
			return err
		}
		customers.AddIndex("idx_customers_tagged", false, "tags", "tags != '[]'")
		return app.Save(customers)
	}, nil)
}
