// Package bare makes apps with the schema and none of our hooks, for the tests
// of packages on the ground, inside tests among them. Everything above the
// ground is better tested on a whole desk, see package desktest.
//
// Each app is a clone of one folder that is migrated once per test binary, and
// opens its database as the program does. Every statement that runs on it is
// remembered, and explained when the test ends: one that reads all messages,
// conversations or audit entries fails the test, because on a shop's ten
// millionth message it would stall the desk.
package bare

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	_ "github.com/dianxiaoer/xiaoer/pb_migrations" // the schema
)

// migrated is a data folder with every migration applied, by file name. It is
// kept in memory, so that a test binary leaves nothing behind.
var migrated = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "desktest")
	if err != nil {
		return nil, fmt.Errorf("make the folder to migrate: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err = app.Bootstrap(); err != nil {
		return nil, fmt.Errorf("bootstrap: %w", err)
	}
	if err = app.RunAllMigrations(); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	if err = cheapPasswords(app); err != nil {
		return nil, fmt.Errorf("make passwords cheap: %w", err)
	}
	if err = app.ResetBootstrapState(); err != nil { // closes, and with it empties the write-ahead logs
		return nil, fmt.Errorf("close the migrated folder: %w", err)
	}
	files := map[string][]byte{}
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil { //nolint:gosec // our own temporary folder
			return nil, fmt.Errorf("read the migrated folder: %w", err)
		}
	}
	return files, nil
})

// cheapPasswords spares tests the work by which bcrypt keeps guessers busy: an
// account costs a millisecond instead of sixty, and many more under -race.
func cheapPasswords(app core.App) error {
	collections, err := app.FindAllCollections(core.CollectionTypeAuth)
	if err != nil {
		return err
	}
	for _, c := range collections {
		if field, ok := c.Fields.GetByName("password").(*core.PasswordField); ok {
			field.Cost = 4
		}
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}

// New returns an app with an empty, migrated database.
func New(tb testing.TB) *tests.TestApp {
	tb.Helper()
	seen := &statements{}
	tb.Cleanup(func() { // runs last, so that what a desk does while it stops counts too
		for _, fault := range seen.faults() {
			tb.Error(fault)
		}
	})
	return open(tb, seen)
}

// Unwatched returns one whose statements are not explained, to call what reads
// whole tables and is not ours: PocketBase's own lists.
func Unwatched(tb testing.TB) *tests.TestApp {
	tb.Helper()
	return open(tb, &statements{})
}

func open(tb testing.TB, seen *statements) *tests.TestApp {
	tb.Helper()
	files, err := migrated()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for name, content := range files {
		if err = os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return on(tb, dir, seen)
}

// After returns another app over what is on the disk of app at this moment, as
// the program finds it after it was killed.
func After(tb testing.TB, app core.App) *tests.TestApp {
	tb.Helper()
	return on(tb, app.DataDir(), &statements{})
}

// on opens a copy of dir.
func on(tb testing.TB, dir string, seen *statements) *tests.TestApp {
	tb.Helper()
	app, err := tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: dir, DBConnect: seen.connect})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(app.Cleanup)
	return app
}
