package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// lose makes the disk lose an upload, and returns what brings it back.
func lose(t testing.TB, app core.App) (mend func()) {
	t.Helper()
	id := put(t, app, "a picture")
	path := filepath.Join(app.DataDir(), uploads, id[:2], id)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return func() { write(t, path, "a picture") }
}

// While damage is found the newest backup without it stays, as it grows the newest
// without what is new, and no others: a shop whose owner looks seldom has a disk that
// ends, too. A start of the program forgets none of it.
func TestBackupsFromBeforeTheDamageStay(t *testing.T) {
	t.Parallel()
	app := shop(t)
	if err := errors.Join(settings.Save(app, planKey, Plan{Hour: 4, Keep: 1}), os.MkdirAll(folderOf(app), 0o700)); err != nil {
		t.Fatal(err)
	}
	const oldest, before, between = "xiaoer-20260101-040000.zip", "xiaoer-20260102-040000.zip", "xiaoer-20260103-040000.zip"
	aged := func(name string, hours int) {
		t.Helper()
		at := time.Now().Add(-time.Duration(hours) * time.Hour)
		if err := os.Chtimes(filepath.Join(folderOf(app), name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{before, oldest} {
		write(t, filepath.Join(folderOf(app), name), "")
		aged(name, 2+i)
	}
	k := newMaker("test")
	made := func(damaged bool, want ...string) (newest string) {
		t.Helper()
		app.Store().Remove(foundKey) // as a start of the program does
		err := k.make(t.Context(), app)
		if _, is := errors.AsType[*Damage](err); is != damaged || err != nil && !is {
			t.Fatalf("made: %v", err)
		}
		list := shelf(t, app)
		names := make([]string, len(list))
		for i, c := range list {
			names[i] = c.Name
		}
		if !slices.Equal(names[1:], want) {
			t.Errorf("beside %s there are %v, want %v", names[0], names[1:], want)
		}
		app.Store().Remove(foundKey)
		if (Damaged(app) != nil) != damaged {
			t.Errorf("told of: %v", Damaged(app))
		}
		return names[0]
	}
	mend := lose(t, app)
	newest := made(true, before)
	if err := os.Rename(filepath.Join(folderOf(app), newest), filepath.Join(folderOf(app), between)); err != nil {
		t.Fatal(err)
	}
	aged(between, 1)
	mendOther := lose(t, app)
	made(true, between, before)
	made(true, between, before)
	mend()
	mendOther()
	made(false)
}

// A backup that has found damage was made: the night is not late, and its page does not
// say that there is none.
func TestDamageIsNoBackupThatFailed(t *testing.T) {
	t.Parallel()
	app := shop(t)
	exec(t, app, "INSERT INTO staff (id, nickname, tokenKey) VALUES ('x', '店主', 'x')", nil)
	lose(t, app)
	k := newMaker("test")
	if err := k.begin(app, doMake, func(ctx context.Context) error { return k.make(ctx, app) }); err != nil {
		t.Fatal(err)
	}
	k.done.Wait()
	k.tried = time.Now()
	if late, err := k.tick(app); late || err != nil || k.failed != nil || Damaged(app) == nil {
		t.Errorf("late is %v, %v; it failed with %v", late, err, k.failed)
	}
}
