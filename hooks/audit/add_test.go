package audit_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func add(t testing.TB, app core.App, act string) {
	t.Helper()
	if err := audit.Add(app, audit.Entry{Act: act, Object: audit.Object{Kind: "things", ID: "1", Name: "一"}}); err != nil {
		t.Fatal(err)
	}
}

func TestEntriesAreOnlyAdded(t *testing.T) {
	t.Parallel()
	app := desk(t)
	add(t, app, "things.done")
	r, err := app.FindFirstRecordByData(audit.Collection, "seq", 1)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("act", "things.undone")
	for name, err := range map[string]error{
		"changed": app.Save(r), "changed without a check": app.SaveNoValidate(r), "deleted": app.Delete(r),
		"added": app.Save(core.NewRecord(r.Collection())),
	} {
		if fail.Of(err).Kind != fail.Forbidden {
			t.Errorf("%s as a record: %v", name, err)
		}
	}
	for _, statement := range []string{
		"UPDATE audit SET act = 'x' WHERE seq = 1", "UPDATE audit SET seq = 2 WHERE seq = 1", "DELETE FROM audit WHERE seq = 1",
		"DELETE FROM audit WHERE seq > 0",
	} {
		if _, err := app.DB().NewQuery(statement).Execute(); err == nil || !contains(err.Error(), "audit entries") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if list := entries(t, app); len(list) != 1 || list[0].Act != "things.done" {
		t.Errorf("%+v", list)
	}
}

func TestManyAddAtOnce(t *testing.T) {
	t.Parallel()
	app := desk(t)
	other := core.NewBaseApp(core.BaseAppConfig{DataDir: app.DataDir(), DBConnect: ops.Connect})
	if err := other.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.ResetBootstrapState() })
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { add(t, app, "things.here") })
	}
	for range 20 { // as a command in another process does
		all.Go(func() {
			if err := audit.Add(other, audit.Entry{Act: "things.there"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list := entries(t, app)
	if len(list) != 120 {
		t.Fatalf("%d entries", len(list))
	}
	for i, r := range list {
		if r.Seq != int64(i+1) || r.MAC == "" {
			t.Errorf("entry %d is number %d", i+1, r.Seq)
		}
	}
}

func TestLostKeyIsSaidAndTheDeskGoesOn(t *testing.T) {
	t.Parallel()
	app := desk(t)
	add(t, app, "things.before")
	if err := os.Remove(app.DataDir() + "/audit.key"); err != nil {
		t.Fatal(err)
	}
	app.Store().Remove("keys.audit.key") // as after a restart
	add(t, app, "things.after")
	add(t, app, "things.later")
	if got := strings.Join(acts(entries(t, app)), " "); got != "things.before audit.broken things.after things.later" {
		t.Error(got)
	}
}
