package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Nearly each word makes or ends a row of unseen: as a collection, with a key of its
// own beside the conversation, that was four pages to write, and is two. Nobody reads
// id: the program before this one names it, and may still run while a command of this
// one is already given.
func init() {
	migrations.Register(func(app core.App) error {
		err := run(app,
			"CREATE TABLE unseen_kept (conversation TEXT PRIMARY KEY, id TEXT, since TEXT NOT NULL, due TEXT NOT NULL, stage INTEGER NOT NULL) WITHOUT ROWID",
			"INSERT INTO unseen_kept (conversation, since, due, stage) SELECT conversation, since, due, stage FROM unseen",
		)
		if err != nil {
			return err
		}
		c, err := app.FindCollectionByNameOrId("unseen")
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
		return run(app,
			"ALTER TABLE unseen_kept RENAME TO unseen",
			"CREATE INDEX idx_unseen_due ON unseen (due) WHERE due != ''",
		)
	}, nil)
}
