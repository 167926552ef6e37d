package backup

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// A program whose update fails at each start makes one backup, and another only where
// the shop was written meanwhile; of many updates the last few stay, and all that the
// night made.
func TestUpdateThatFailsAgainAndAgain(t *testing.T) {
	t.Parallel()
	old := []string{"xiaoer-before-update-20260101-040000.zip", "xiaoer-before-update-20260102-040000.zip", "xiaoer-before-update-20260103-040000.zip", "xiaoer-20260101-040000.zip"}
	for name, fill := range map[string]func(*testing.T, core.App){
		"in a store": func(t *testing.T, app core.App) { away(t, app).Fill(t, old...) },
		"here": func(t *testing.T, app core.App) {
			if err := os.MkdirAll(folderOf(app), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, name := range old {
				write(t, filepath.Join(folderOf(app), name), "")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := shop(t)
			fill(t, app)
			exec(t, app, "DELETE FROM _migrations WHERE file = (SELECT MAX(file) FROM _migrations)", nil)
			store := app.Settings().Backups.S3
			again := func() (has bool) {
				t.Helper()
				if err := errors.Join(app.ResetBootstrapState(), app.Bootstrap()); err != nil {
					t.Fatal(err)
				}
				app.Settings().Backups.S3 = store
				has = hasBefore(app, time.Now())
				if pending, err := BeforeUpdate(app, "test"); err != nil || !pending {
					t.Fatalf("%v, %v", pending, err)
				}
				return has
			}
			if err := app.ResetBootstrapState(); err != nil { // its log is empty then
				t.Fatal(err)
			}
			rested := time.Now().Add(-time.Minute)
			if err := os.Chtimes(filepath.Join(app.DataDir(), database), rested, rested); err != nil {
				t.Fatal(err)
			}
			if again() {
				t.Error("there is one before the first")
			}
			first := shelf(t, app)
			for range 2 {
				if !again() {
					t.Error("there is none any more")
				}
			}
			if !slices.EqualFunc(first, shelf(t, app), func(a, b Copy) bool { return a.Name == b.Name && a.Made.Equal(b.Made) }) {
				t.Errorf("another was made: %v, was %v", shelf(t, app), first)
			}
			names := func() (all []string) {
				for _, c := range shelf(t, app) {
					all = append(all, c.Name)
				}
				return slices.Sorted(slices.Values(all))
			}
			if left := names(); len(left) != mostBefore+1 || left[0] != old[3] {
				t.Errorf("left are %v", left)
			}
			tag(t, app, "later")
			if again() {
				t.Error("it was written, and needs none")
			}
			if left := names(); len(left) != mostBefore+1 {
				t.Errorf("left are %v", left)
			}
		})
	}
}
