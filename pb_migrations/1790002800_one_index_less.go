package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A contact's thread is read conversation by conversation: an index of their
// entries was a page more to write with each word, and a twelfth of the database.
func init() {
	migrations.Register(func(app core.App) error {
		messages, err := app.FindCollectionByNameOrId("messages")
		if err != nil {
			return err
		}
		messages.RemoveIndex("idx_messages_contact")
		return app.Save(messages)
	}, nil)
}
