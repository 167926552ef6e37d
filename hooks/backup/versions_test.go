package backup

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// stagedElsewhere is a backup of app that is laid ready over another shop; dir is that one's.
func stagedElsewhere(t *testing.T, app core.App) (dir string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.zip")
	if _, err = Make(t.Context(), app.DataDir(), path, "test"); err != nil {
		t.Fatal(err)
	}
	other := shop(t)
	_, err = Stage(t.Context(), path, other.DataDir(), audit.AtTheMachine())
	return other.DataDir(), errors.Join(err, other.ResetBootstrapState())
}

// C22. What an older program has backed up is restored by this one, and brought up to
// date by its next start.
func TestABackupOfAnOlderProgramIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	older := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	all := core.AppMigrations.Items()
	var list core.MigrationsList
	for _, m := range all[:len(all)-3] {
		list.Register(m.Up, m.Down, m.File)
	}
	err := errors.Join(older.Bootstrap(), older.RunSystemMigrations())
	if err == nil {
		_, err = core.NewMigrationsRunner(older, list).Up()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = older.ResetBootstrapState() })
	tag(t, older, "old")
	dir, err := stagedElsewhere(t, older)
	if err = errors.Join(err, start(dir)); err != nil {
		t.Fatal(err)
	}
	if got := tags(t, dir); !slices.Equal(got, []string{"old"}) {
		t.Fatalf("tags %v", got)
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err = errors.Join(app.Bootstrap(), app.RunAllMigrations()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.ResetBootstrapState() }()
	var applied int
	if err = app.DB().NewQuery("SELECT COUNT(*) FROM _migrations").Row(&applied); err != nil || applied != len(all)+len(core.SystemMigrations.Items()) {
		t.Errorf("%d migrations are applied, %v", applied, err)
	}
}

func TestABackupOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	app := shop(t)
	exec(t, app, "INSERT INTO _migrations (file, applied) VALUES ('9999999999_later.go', 1)", nil)
	dir, err := stagedElsewhere(t, app)
	if !errors.Is(err, ErrNewer) || exists(filepath.Join(dir, staged)) {
		t.Errorf("staged: %v", err)
	}
}

// What the owner has made in the dashboard comes back with the rest; what acts by itself
// does not come in.
func TestViewsAreRestoredAndTriggersRefused(t *testing.T) {
	t.Parallel()
	app := shop(t)
	own := core.NewViewCollection("my_tags")
	own.ViewQuery = "SELECT id, name FROM tags"
	if err := app.Save(own); err != nil {
		t.Fatal(err)
	}
	dir, err := stagedElsewhere(t, app)
	if err = errors.Join(err, start(dir)); err != nil || !slices.Equal(tags(t, dir), []string{"first"}) {
		t.Errorf("with a view: %v", err)
	}
	exec(t, app, "CREATE TRIGGER mine AFTER INSERT ON tags BEGIN DELETE FROM messages; END", nil)
	if _, err = stagedElsewhere(t, app); !errors.Is(err, errForeign) {
		t.Errorf("with a trigger: %v", err)
	}
	m, err := Make(t.Context(), app.DataDir(), filepath.Join(t.TempDir(), "shop.zip"), "test")
	if err == nil {
		err = examine(t.Context(), app, m, "shop.zip")
	}
	if d, told := errors.AsType[*Damage](err); !told || len(d.Database) != 1 || !strings.Contains(d.Database[0], "CREATE TRIGGER mine") {
		t.Errorf("whoever makes a backup of it is told %v", err)
	}
}
