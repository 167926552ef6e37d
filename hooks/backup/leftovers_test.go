package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// What a program has left behind that was killed over a backup goes, and nothing of one
// that is being made, or that the owner has put there.
func TestLeftoversAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, "backups"), 0o700))
	at := map[string]string{}
	for name, pattern := range map[string]string{"left": filepath.Join(dir, files.Holders), "verified": filepath.Join(dir, "backups", verifying)} {
		work := strings.Replace(pattern, "*", "1", 1)
		must(os.Mkdir(work, 0o700))
		write(t, filepath.Join(work, lockFor), "")
		at[name] = work
	}
	for _, name := range []string{"made", "begun"} {
		work, done, err := workIn(dir, files.Holders)
		must(err)
		defer done()
		at[name] = work
	}
	for name, work := range at {
		if write(t, filepath.Join(work, "secret"), "a picture"); name != "begun" {
			must(os.Chtimes(work, time.Time{}, time.Now().Add(-2*aMoment)))
		}
	}
	for name, age := range map[string]time.Duration{".backup-new.zip": time.Minute, ".backup-old.zip": 2 * tooOld, "backup-monday.zip": 2 * tooOld, "backups/a.zip": 2 * tooOld, "backups/b.zip.part": 2 * tooOld} {
		write(t, filepath.Join(dir, name), "")
		must(os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Now().Add(-age)))
	}
	must(sweep(dir, time.Now()))
	for _, path := range []string{at["left"], at["verified"], filepath.Join(dir, ".backup-old.zip"), filepath.Join(dir, "backups", "b.zip.part")} {
		if exists(path) {
			t.Errorf("%s is still there", path)
		}
	}
	for _, path := range []string{at["made"], at["begun"], filepath.Join(dir, ".backup-new.zip"), filepath.Join(dir, "backup-monday.zip"), filepath.Join(dir, "backups", "a.zip")} {
		if !exists(path) {
			t.Errorf("%s is gone", path)
		}
	}
}

// What was there before a restore goes after a month, whoever has been erased since, but
// not by a clock that has leapt.
func TestWhatWasBeforeARestoreExpires(t *testing.T) {
	t.Parallel()
	app, now := bare.New(t), time.Now()
	path := filepath.Join(app.DataDir(), Before)
	if _, err := clock.Trusted(app, now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		age  time.Duration
		now  time.Time
		gone bool
	}{{"yesterday's", 24 * time.Hour, now, false}, {"last year's, by a clock that has leapt", 0, now.AddDate(1, 0, 0), false}, {"last month's", 31 * 24 * time.Hour, now, true}} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(path, database), "a shop")
		if err := os.Chtimes(path, time.Time{}, now.Add(-c.age)); err != nil {
			t.Fatal(err)
		}
		if err := expire(app, c.now); err != nil || exists(path) == c.gone {
			t.Errorf("%s: gone %t, %v", c.name, !c.gone, err)
		}
		if c.now != now { // it is set right
			if _, err := app.NonconcurrentDB().NewQuery("UPDATE retention_clock SET seen = {:now}, wait = {:now} WHERE id = 1").Bind(dbx.Params{"now": clock.Stored(now)}).Execute(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := expire(app, now); err != nil {
		t.Errorf("none: %v", err)
	}
}
