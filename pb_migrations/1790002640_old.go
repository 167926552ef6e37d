package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What is old is found, the oldest first, without looking at all there is.
func init() {
	migrations.Register(func(app core.App) error {
		for _, i := range []struct{ collection, name, columns, where string }{
			{"conversations", "idx_conversations_closed", "closed", "status = 'closed'"},
			{"files", "idx_files_sent", "created", "message != '' AND purpose = 'message'"},
		} {
			c, err := app.FindCollectionByNameOrId(i.collection)
			if err != nil {
				return err
			}
			c.AddIndex(i.name, false, i.columns, i.where)
			if err = app.Save(c); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}
