package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A rating may be changed for a day; the first score stays beside it.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("conversations")
		if err != nil {
			return err
		}
		c.Fields.Add(number("first_rating"))
		if err = app.Save(c); err != nil {
			return err
		}
		_, err = app.DB().NewQuery("UPDATE conversations SET first_rating = rating WHERE rating > 0").Execute()
		return err
	}, nil)
}
