package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// rights is one row that grows whenever a staff member, role or sign-in
// changes, in whichever process: a running server polls it each second and so
// learns of what a command in another process has done.
const rights = `
CREATE TABLE rights (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
INSERT INTO rights (id, version) VALUES (1, 1);`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(rights).Execute()
		return err
	}, nil)
}
