package backup

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// followed keeps the warm copy of a shop until all of it is there.
func followed(t *testing.T, a replica.Address) {
	t.Helper()
	app := shop(t)
	f, err := replica.Follow(replica.Desk{Dir: app.DataDir(), Name: "this desk", Hold: holding(app), Named: naming(app)}, a, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for f.Status().Fresh.IsZero() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("no copy: %v", f.Status().Failing)
		}
	}
	f.Close()
}

// Another machine has the shop, but for uploads that the copy lacks or has
// otherwise than their rows say: those are named.
func TestTakeOverNamesWhatIsLost(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	a := replica.Address{To: place}
	followed(t, a)
	copies, err := filepath.Glob(filepath.Join(place, uploads, "*", "*"))
	if err != nil || len(copies) != 3 {
		t.Fatalf("uploads in the copy: %v, %v", copies, err)
	}
	write(t, copies[0], "something else")
	if err = os.Remove(copies[1]); err != nil {
		t.Fatal(err)
	}
	second := shop(t)
	dir := second.DataDir()
	taken, err := StageReplica(t.Context(), a, dir, audit.AtTheMachine())
	if err != nil {
		t.Fatal(err)
	}
	lost := taken.Lost
	slices.Sort(lost)
	want := []string{filepath.Base(copies[0]), filepath.Base(copies[1])}
	slices.Sort(want)
	if !slices.Equal(lost, want) {
		t.Errorf("lost %v, want %v", lost, want)
	}
	if err = errors.Join(second.ResetBootstrapState(), start(dir)); err != nil {
		t.Fatal(err)
	}
	if got := tags(t, dir); !slices.Equal(got, []string{"first"}) {
		t.Errorf("tags %v", got)
	}
	kept := filepath.Base(copies[2])
	if !exists(filepath.Join(dir, uploads, kept[:2], kept)) || exists(filepath.Join(dir, uploads, lost[0][:2], lost[0])) {
		t.Error("the wrong uploads are there")
	}
}

// A place that gives out, or whose pieces are torn, leaves the folder as it was.
func TestTakeOverIsAllOrNothing(t *testing.T) {
	t.Parallel()
	store := s3test.New(t)
	a := replica.Address{To: store.Address(), Key: s3test.Key, Secret: s3test.Secret}
	followed(t, a)
	second := shop(t)
	for name, is := range map[string]s3test.Trouble{"busy": s3test.Busy, "torn": s3test.Torn} {
		for what, so := range map[string]string{"all": "", "pieces alone": ".ltx"} { // which are there, and not broken
			store.Has(func(w http.ResponseWriter, r *http.Request) bool { return strings.Contains(r.URL.Path, so) && is(w, r) })
			_, err := StageReplica(t.Context(), a, second.DataDir(), audit.AtTheMachine())
			if key := "backup.trouble_" + name; err == nil || trouble(err).Key != key {
				t.Errorf("%s, %s: %v", name, what, err)
			}
			if exists(filepath.Join(second.DataDir(), staged)) {
				t.Errorf("%s, %s: something is left of it", name, what)
			}
		}
	}
	store.Has(nil)
	if taken, err := StageReplica(t.Context(), a, second.DataDir(), audit.AtTheMachine()); err != nil || len(taken.Lost)+len(taken.Passed) > 0 {
		t.Errorf("then: %v, %v", taken, err)
	}
	empty := replica.Address{To: t.TempDir()}
	if _, err := StageReplica(t.Context(), empty, second.DataDir(), audit.AtTheMachine()); trouble(err).Key != "backup.trouble_nothing" {
		t.Errorf("an empty place: %v", err)
	}
}

// Where the newest copy is broken it is said, and the one before it taken; where all
// are, the folder stays as it was.
func TestTakeOverPassesWhatIsBroken(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	a := replica.Address{To: place}
	followed(t, a)
	older, err := replica.Newest(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	followed(t, a)
	spoil := func() {
		t.Helper()
		all, wrong := filepath.Glob(filepath.Join(place, "20*"))
		if wrong != nil || len(all) == 0 {
			t.Fatalf("generations %v, %v", all, wrong)
		}
		newest := slices.Max(all)
		if wrong = os.RemoveAll(newest); wrong != nil {
			t.Fatal(wrong)
		}
	}
	second := shop(t)
	spoil()
	taken, err := StageReplica(t.Context(), a, second.DataDir(), audit.AtTheMachine())
	if err != nil || len(taken.Passed) != 1 || !taken.Made.Equal(older.Fresh) {
		t.Fatalf("%+v, %v", taken, err)
	}
	if err = unstage(second.DataDir()); err != nil {
		t.Fatal(err)
	}
	spoil()
	if _, err = StageReplica(t.Context(), a, second.DataDir(), audit.AtTheMachine()); err == nil || trouble(err).Key != "backup.trouble_broken" {
		t.Errorf("all are broken: %v", err)
	}
	if exists(filepath.Join(second.DataDir(), staged)) {
		t.Error("something is left of it")
	}
}
