// Package pb_migrations holds the schema history, one change a file. Files are
// frozen once released and import nothing of ours, so that old migrations keep
// compiling whatever the program becomes.
//
// Every collection is closed: its rules stay nil, which is PocketBase's
// "superusers only". The program's own routes are the API.
package pb_migrations

import (
	"path/filepath"
	"runtime"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// add registers a migration that creates the collection which build returns,
// and drops it on the way down. The migration is named after its caller's file:
// PocketBase would take this one's, and hold all but the first for applied.
func add(build func(app core.App) (*core.Collection, error)) {
	_, file, _, _ := runtime.Caller(1)
	var name string
	migrations.Register(func(app core.App) error {
		c, err := build(app)
		if err != nil {
			return err
		}
		name = c.Name
		return app.Save(c)
	}, func(app core.App) error {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		return app.Delete(c)
	}, filepath.Base(file))
}

// run executes one statement after the other.
func run(app core.App, statements ...string) error {
	for _, text := range statements {
		if _, err := app.DB().NewQuery(text).Execute(); err != nil {
			return err
		}
	}
	return nil
}

func text(name string, most int) *core.TextField { return &core.TextField{Name: name, Max: most} }

func number(name string) *core.NumberField { return &core.NumberField{Name: name, OnlyInt: true} }

func flag(name string) *core.BoolField { return &core.BoolField{Name: name} }

func date(name string) *core.DateField { return &core.DateField{Name: name} }

func object(name string, size int64) *core.JSONField {
	return &core.JSONField{Name: name, MaxSize: size}
}

func choice(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, MaxSelect: 1, Values: values}
}

func link(name string, to *core.Collection, most int) *core.RelationField {
	return &core.RelationField{Name: name, CollectionId: to.Id, MaxSelect: most}
}

func created() *core.AutodateField { return &core.AutodateField{Name: "created", OnCreate: true} }

func updated() *core.AutodateField {
	return &core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true}
}
