package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// The timeline's writer merges the index of its words itself, when nobody waits.
func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery("INSERT INTO message_words (message_words, rank) VALUES ('automerge', 0)").Execute()
		return err
	}, nil)
}
