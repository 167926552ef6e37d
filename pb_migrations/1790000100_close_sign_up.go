package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// PocketBase's system migrations bring a users collection with open sign-up.
// Nobody signs up here: staff are made by staff.
func init() {
	migrations.Register(func(app core.App) error {
		users, err := app.FindCollectionByNameOrId("users")
		if err != nil {
			return nil //nolint:nilerr // already gone is what we want
		}
		return app.Delete(users)
	}, nil)
}
