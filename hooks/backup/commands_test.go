package backup

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// The command fails where something is lost that nobody knows of, and the file is there
// all the same; what cannot be made leaves the file that was there as it was.
func TestBackupCommand(t *testing.T) {
	t.Parallel()
	app := shop(t)
	path := filepath.Join(t.TempDir(), "shop.zip")
	run := func() (out string, err error) {
		var b bytes.Buffer
		c := backupCommand(&pocketbase.PocketBase{App: app}, "test")
		c.SetOut(&b)
		c.SetArgs([]string{path})
		c.SilenceErrors, c.SilenceUsage = true, true
		err = c.ExecuteContext(t.Context())
		return b.String(), err
	}
	if out, err := run(); err != nil || !strings.Contains(out, "5 files") {
		t.Fatalf("whole: %s, %v", out, err)
	}
	id := put(t, app, "a picture")
	if err := os.Remove(filepath.Join(app.DataDir(), uploads, id[:2], id)); err != nil {
		t.Fatal(err)
	}
	_, err := run()
	if _, damaged := errors.AsType[*Damage](err); !damaged || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), "stays") {
		t.Errorf("lost: %v", err)
	}
	m, err := Verify(t.Context(), path)
	if err != nil || len(m.Missing) != 1 {
		t.Errorf("the file: %+v, %v", m, err)
	}
	if err = settings.Save(app, lossesKey, Losses{Uploads: []string{id}}); err != nil {
		t.Fatal(err)
	}
	if _, err = run(); err != nil {
		t.Errorf("known: %v", err)
	}
	write(t, path, "the one before")
	for _, q := range []string{ // SQLite copies it, and finds it damaged then
		"CREATE TABLE odd (a)", "INSERT INTO odd VALUES (NULL)",
		"PRAGMA writable_schema = ON", "UPDATE sqlite_master SET sql = 'CREATE TABLE odd (a NOT NULL)' WHERE name = 'odd'", "PRAGMA writable_schema = OFF",
	} {
		exec(t, app, q, nil)
	}
	if _, err = run(); err == nil || !strings.Contains(err.Error(), "odd.a") {
		t.Errorf("of a damaged database: %v", err)
	}
	was, err := os.ReadFile(path)
	if err != nil || string(was) != "the one before" || exists(path+draft) {
		t.Errorf("then there is %q, %v", was, err)
	}
}
