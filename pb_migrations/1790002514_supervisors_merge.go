package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Supervisors of shops that were there before the permission get it, as those of
// new shops do. Owners may do everything, whatever their row says.
const supervisorsMerge = `
UPDATE roles SET permissions = json_insert(permissions, '$[#]', 'customers.merge')
WHERE key = 'supervisor' AND json_valid(permissions) AND permissions LIKE '[%' AND permissions NOT LIKE '%"customers.merge"%';
UPDATE rights SET version = version + 1 WHERE id = 1`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(supervisorsMerge).Execute()
		return err
	}, nil)
}
