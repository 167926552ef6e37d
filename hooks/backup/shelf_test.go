package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// away keeps app's backups in a store.
func away(t *testing.T, app core.App) *s3test.Store {
	t.Helper()
	s := s3test.New(t)
	app.Settings().Backups.S3 = core.S3Config{
		Enabled: true, Endpoint: s.URL, Bucket: s3test.Name, Region: s3test.Region, AccessKey: s3test.Key, Secret: s3test.Secret, ForcePathStyle: true,
	}
	return s
}

func shelf(t *testing.T, app core.App) []Copy {
	t.Helper()
	list, err := Shelf(app)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A store takes the backup, gives it back as it was, and nothing stays here.
func TestBackupsInAStore(t *testing.T) {
	t.Parallel()
	app := shop(t)
	away(t, app)
	k := newMaker("test")
	if err := k.make(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	list := shelf(t, app)
	if len(list) != 1 || list[0].Size == 0 || time.Since(list[0].Made) > time.Minute {
		t.Fatalf("on the shelf: %v", list)
	}
	if left, _ := os.ReadDir(folderOf(app)); len(left) > 0 {
		t.Errorf("left here: %v", left)
	}
	tag(t, app, "later")
	file, done, err := fetch(t.Context(), app, list[0].Name, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if _, err = Stage(t.Context(), file, app.DataDir(), audit.AtTheMachine()); err != nil {
		t.Fatal(err)
	}
	if err = app.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	if err = start(app.DataDir()); err != nil || !slices.Equal(tags(t, app.DataDir()), []string{"first"}) {
		t.Errorf("restored: %v", err)
	}
}

// The clock's backups go to the store, the oldest go from it, and one that came
// before an update counts apart.
func TestStoreIsClearedAway(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	s.Fill(t, "xiaoer-20260101-040000.zip", "xiaoer-20260102-040000.zip", "xiaoer-before-update-20260101-040000.zip", "somebody-else.txt")
	if err := clearAway(t.Context(), app, 1); err != nil {
		t.Fatal(err)
	}
	if list := shelf(t, app); len(list) != 2 {
		t.Errorf("left: %v", list)
	}
}

// However long a store does not take them, one backup waits here, and the next
// that it takes is there whole.
func TestStoreThatTakesNothing(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	k := newMaker("test")
	for range 3 {
		for name, trouble := range map[string]s3test.Trouble{"busy": s3test.Busy, "torn": s3test.Torn} {
			s.Has(trouble)
			err := k.make(t.Context(), app)
			if _, unsent := errors.AsType[*unsentError](err); !unsent {
				t.Fatalf("%s: %v", name, err)
			}
			for _, lang := range locale.Languages {
				if text := why(locale.In(lang), err); !strings.Contains(text, unsent) || !strings.Contains(text, locale.In(lang).T("backup.trouble_"+name)) {
					t.Errorf("%s in %s: %s", name, lang, text)
				}
			}
		}
	}
	if left, _ := os.ReadDir(folderOf(app)); len(left) != 1 || left[0].Name() != unsent {
		t.Errorf("left here: %v", left)
	}
	if _, err := Verify(t.Context(), filepath.Join(folderOf(app), unsent)); err != nil {
		t.Errorf("what waits cannot be used: %v", err)
	}
	s.Has(nil)
	if err := k.make(t.Context(), app); err != nil || len(shelf(t, app)) != 1 {
		t.Errorf("then: %v", err)
	}
	if left, _ := os.ReadDir(folderOf(app)); len(left) > 0 {
		t.Errorf("left here: %v", left)
	}
}

// What a store did not take that is then switched off goes when there is a newer one
// here, and not before.
func TestStoreIsSwitchedOff(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	s.Has(s3test.Busy)
	k := newMaker("test")
	if err := k.make(t.Context(), app); err == nil {
		t.Fatal("it was taken")
	}
	app.Settings().Backups.S3 = core.S3Config{}
	waits := filepath.Join(folderOf(app), unsent)
	mend := lose(t, app)
	if err := k.make(t.Context(), app); err == nil || !exists(waits) {
		t.Errorf("the last without damage is gone: %v", err)
	}
	mend()
	if err := k.make(t.Context(), app); err != nil || exists(waits) || len(shelf(t, app)) == 0 {
		t.Errorf("it is still there: %v", err)
	}
}

// A store that does not answer keeps nobody from an update, and the way back lies
// here.
func TestUpdateDoesNotWaitForAStore(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	s.Has(s3test.Busy)
	exec(t, app, "DELETE FROM _migrations WHERE file = (SELECT MAX(file) FROM _migrations)", nil)
	if _, err := BeforeUpdate(app, "test"); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(folderOf(app), "xiaoer-before-update-*.zip"))
	if err != nil || len(left) != 1 {
		t.Fatalf("here: %v, %v", left, err)
	}
	if _, err = Verify(t.Context(), left[0]); err != nil {
		t.Error(err)
	}
}

// The program's end does not wait for a store that is frozen.
func TestEndDoesNotWaitForAStore(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	frozen := make(chan struct{})
	s.Has(func(_ http.ResponseWriter, r *http.Request) bool {
		close(frozen)
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices who leaves
		<-r.Context().Done()
		return true
	})
	k := newMaker("test")
	if err := k.begin(app, doMake, func(ctx context.Context) error { return k.make(ctx, app) }); err != nil {
		t.Fatal(err)
	}
	<-frozen
	k.end()
	if !errors.Is(k.failed, context.Canceled) {
		t.Errorf("it ended with %v", k.failed)
	}
}

// The night's backup that was not made is wrong until one is.
func TestNightThatFailsIsLate(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	exec(t, app, "INSERT INTO staff (id, nickname, tokenKey) VALUES ('x', '店主', 'x')", nil) // somebody uses it
	k := newMaker("test")
	for i, want := range []bool{false, true, true, false} {
		s.Has(s3test.Busy)
		if i >= 2 {
			s.Has(nil)
		}
		k.tried = k.tried.Add(-2 * again)
		late, _ := k.tick(app)
		k.done.Wait()
		if late != want {
			t.Errorf("night %d: late is %v", i, late)
		}
	}
	if len(shelf(t, app)) != 1 {
		t.Error("it was not made up for")
	}
}

// Backups of a clock that ran ahead keep no night's backup from being made, nor from
// being kept.
func TestBackupsFromAheadOfTheClock(t *testing.T) {
	t.Parallel()
	app := shop(t)
	if err := os.MkdirAll(folderOf(app), 0o700); err != nil {
		t.Fatal(err)
	}
	later := time.Now().AddDate(1, 0, 0)
	for i := range standard.Keep {
		path := filepath.Join(folderOf(app), fmt.Sprintf("xiaoer-20990101-00000%d.zip", i))
		write(t, path, "")
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	k := newMaker("test")
	if _, err := k.tick(app); err != nil || !due(standard, k.newest, time.Now()) {
		t.Errorf("the newest is of %v, and none is due; %v", k.newest, err)
	}
	for _, lang := range locale.Languages {
		if c := shelf(t, app)[0]; !Overdue(app, []Copy{c}, time.Now()) || c.Ago(locale.In(lang), time.Now()) != locale.In(lang).T("backup.ago_ahead") {
			t.Errorf("none but those is well: %s", c.Ago(locale.In(lang), time.Now()))
		}
	}
	if err := k.make(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	if list, err := Shelf(app); err != nil || len(list) != standard.Keep || list[0].dated(time.Now()).IsZero() {
		t.Errorf("left are %v, %v", list, err)
	}
}

// What waits for a store and is of a clock that ran ahead keeps none from being made.
func TestWaitingFromAheadOfTheClock(t *testing.T) {
	t.Parallel()
	app := shop(t)
	away(t, app).Has(s3test.Busy)
	k := newMaker("test")
	if err := k.make(t.Context(), app); err == nil {
		t.Fatal("it was taken")
	}
	later := time.Now().AddDate(1, 0, 0)
	if err := os.Chtimes(filepath.Join(folderOf(app), unsent), later, later); err != nil {
		t.Fatal(err)
	}
	if _, err := k.tick(app); err != nil || !due(standard, k.newest, time.Now()) {
		t.Errorf("the newest is of %v; %v", k.newest, err)
	}
}

func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Query().Has("list-type")
}

// Of a store that others keep things in, too, only the desk's own are asked for.
func TestShelfAsksForItsOwn(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	s.Fill(t, "xiaoer-20260101-040000.zip", "somebody-else.txt")
	s.Has(func(_ http.ResponseWriter, r *http.Request) bool {
		if isList(r) && r.URL.Query().Get("prefix") != "xiaoer-" {
			t.Errorf("asked for %q", r.URL.Query().Get("prefix"))
		}
		return false
	})
	if list := shelf(t, app); len(list) != 1 {
		t.Errorf("on the shelf: %v", list)
	}
}

// A store that does not say what it has is not sent a backup each hour, and what cannot
// be cleared away is told.
func TestStoreThatMayNotBeListed(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	exec(t, app, "INSERT INTO staff (id, nickname, tokenKey) VALUES ('x', '店主', 'x')", nil)
	var sent atomic.Int64
	s.Has(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			sent.Add(1)
		}
		return isList(r) && s3test.Denied(w, r)
	})
	k := newMaker("test")
	for i := range 3 {
		k.tried = k.tried.Add(-2 * again)
		late, _ := k.tick(app)
		k.done.Wait()
		if late != (i > 0) {
			t.Errorf("hour %d: late is %v", i, late)
		}
	}
	if trouble(k.unmade).Key != "backup.trouble_forbidden" {
		t.Errorf("it failed with %v", k.unmade)
	}
	if n := sent.Load(); n != 1 {
		t.Errorf("%d were made", n)
	}
}

// What a store takes and does not have is not sent: it waits here, and is told. What it
// forgets later is told, too, however young the shop.
func TestStoreThatForgets(t *testing.T) {
	t.Parallel()
	app := shop(t)
	s := away(t, app)
	exec(t, app, "INSERT INTO staff (id, nickname, tokenKey) VALUES ('x', '店主', 'x')", nil)
	s.Has(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		return r.Method == http.MethodPut
	})
	k := newMaker("test")
	if err := k.make(t.Context(), app); !errors.Is(err, replica.ErrForgets) {
		t.Errorf("it is told as done: %v", err)
	}
	if !exists(filepath.Join(folderOf(app), unsent)) {
		t.Error("nothing of it is left here")
	}
	s.Has(nil)
	for i := range 3 {
		if i > 0 {
			k.tried = k.tried.Add(-2 * again)
		}
		late, err := k.tick(app)
		k.done.Wait()
		if err != nil || late != (i == 1) {
			t.Errorf("hour %d: late is %v, %v", i, late, err)
		}
		list := shelf(t, app)
		if len(list) != 1 {
			t.Fatalf("hour %d: %v", i, list)
		}
		if place, _ := at(app); i == 0 && place.Delete(t.Context(), list[0].Name) != nil {
			t.Fatal("it cannot be forgotten")
		}
	}
	away(t, app)
	k.moved()
	if late, err := k.tick(app); err != nil || late {
		t.Errorf("another store, which was never sent any: late is %v, %v", late, err)
	}
	k.done.Wait()
}

// A shelf that is empty is overdue where the shop is not young, and nobody has said that
// none be made.
func TestEmptyShelfIsOverdue(t *testing.T) {
	t.Parallel()
	app := shop(t)
	later := time.Now().Add(late + time.Hour)
	if Overdue(app, nil, later) {
		t.Error("a shop that was never set up")
	}
	exec(t, app, "INSERT INTO staff (id, nickname, tokenKey) VALUES ('x', '店主', 'x')", nil)
	if !Overdue(app, nil, later) || Overdue(app, nil, time.Now()) {
		t.Error("a day later, and at once")
	}
	if list := []Copy{{Made: later}}; Overdue(app, list, later) || !Overdue(app, list, later.Add(late+time.Hour)) {
		t.Error("the newest does not count")
	}
}
