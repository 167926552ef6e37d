package backup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
