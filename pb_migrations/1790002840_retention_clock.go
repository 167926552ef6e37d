package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What time it was when retention last looked, and until when it waits because that was
// another time altogether.
func init() {
	migrations.Register(func(app core.App) error {
		return run(app,
			"CREATE TABLE retention_clock (id INTEGER PRIMARY KEY CHECK (id = 1), seen TEXT NOT NULL, wait TEXT NOT NULL)",
			"INSERT INTO retention_clock (id, seen, wait) VALUES (1, '', '')",
		)
	}, nil)
}
