package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// Robots that were to tell of everything there was to tell of by itself are to
// tell of what nobody looks at, too; whose codes were chosen among these keep them.
const robotsTellUnseen = `
UPDATE robots SET codes = json_insert(codes, '$[#]', 'unseen')
WHERE json_valid(codes) AND codes LIKE '[%' AND codes LIKE '%"deadline_escalated"%' AND codes LIKE '%"rule"%' AND codes NOT LIKE '%"unseen"%'`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(robotsTellUnseen).Execute()
		return err
	}, nil)
}
