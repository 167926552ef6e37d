package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Supervisors of shops that were there before the permission get it, as those of
// new shops do. Owners may do everything, whatever their row says.
const supervisorsSetPresence = `
UPDATE roles SET permissions = json_insert(permissions, '$[#]', 'staff.presence')
WHERE key = 'supervisor' AND json_valid(permissions) AND permissions LIKE '[%' AND permissions NOT LIKE '%"staff.presence"%';
UPDATE rights SET version = version + 1 WHERE id = 1`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(supervisorsSetPresence).Execute()
		return err
	}, nil)
}
