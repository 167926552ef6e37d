package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Whether something was erased whose words are still to leave the index: 0 no, 1
// yes, 2 it is under way.
func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery("ALTER TABLE words_from ADD COLUMN purge INTEGER NOT NULL DEFAULT 0").Execute()
		return err
	}, nil)
}
