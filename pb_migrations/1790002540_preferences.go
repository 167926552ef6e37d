package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// How each of the staff likes their console: one row a person, whose keys only the
// program knows. It is no column of staff, since a change of taste is no change of
// rights, for which everybody's are read again.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("preferences")
		c.Fields.Add(text("staff", 20), object("chosen", 64<<10), updated())
		c.AddIndex("ux_preferences_staff", true, "staff", "")
		return c, nil
	})
}
