package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Up to which number of the timeline all words are in the index: those of many
// commits go into it with one.
func init() {
	migrations.Register(func(app core.App) error {
		return run(app,
			"ALTER TABLE words_from ADD COLUMN upto INTEGER NOT NULL DEFAULT 0",
			"UPDATE words_from SET upto = (SELECT last FROM sequence WHERE id = 1)",
		)
	}, nil)
}
