package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Robots that were to tell of everything there was are to tell of backups that
// fail, too; whose codes were chosen among these keep them.
const robotsTellBackups = `
UPDATE robots SET codes = json_insert(codes, '$[#]', 'backup')
WHERE json_valid(codes) AND codes LIKE '[%' AND codes LIKE '%"deadline_escalated"%' AND codes LIKE '%"unseen"%' AND codes LIKE '%"rule"%' AND codes NOT LIKE '%"backup"%'`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(robotsTellBackups).Execute()
		return err
	}, nil)
}
