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
		// A collection with a file field is cleaned up in the background, where
		// PocketBase reads the settings while the next migration writes them.
		users.Fields.RemoveByName("avatar")
		return app.Delete(users)
	}, nil)
}
