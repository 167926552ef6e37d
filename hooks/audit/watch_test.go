package audit_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

var ann = audit.Actor{Kind: audit.Staff, ID: "ann000000000000", Name: "客服-小安", Address: "192.0.2.7"}

// desk has an audit trail and nothing else.
func desk(t testing.TB) *tests.TestApp {
	t.Helper()
	app := bare.New(t)
	audit.Register(app)
	return app
}

// entries are all entries, the oldest first.
func entries(t testing.TB, app core.App) []audit.Record {
	t.Helper()
	var list []audit.Record
	if err := app.DB().NewQuery("SELECT * FROM audit WHERE seq > 0 ORDER BY seq").All(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func acts(list []audit.Record) []string {
	names := make([]string, 0, len(list))
	for _, r := range list {
		names = append(names, r.Act)
	}
	return names
}

func record(t testing.TB, app core.App, collection string, data map[string]any) *core.Record {
	t.Helper()
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(data)
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestChangesAreToldWithWhoAndWhat(t *testing.T) {
	t.Parallel()
	app := desk(t)
	audit.Watch(app, "tags", audit.Fields{Name: "name"})
	by := audit.By(app, ann)
	tag := record(t, by, "tags", map[string]any{"name": "老客", "colour": "green"})
	tag.Set("colour", "gold")
	if err := by.Save(tag); err != nil {
		t.Fatal(err)
	}
	if err := by.Save(tag); err != nil { // nothing changes
		t.Fatal(err)
	}
	if err := app.Delete(tag); err != nil { // by nobody
		t.Fatal(err)
	}
	list := entries(t, app)
	if got := acts(list); !slices.Equal(got, []string{"tags.created", "tags.updated", "tags.deleted"}) {
		t.Fatalf("acts: %v", got)
	}
	for i, r := range list {
		if r.ObjectKind != "tags" || r.Object != tag.Id || r.ObjectName != "老客" || r.Seq != int64(i+1) {
			t.Errorf("%+v", r)
		}
	}
	if r := list[1]; r.ActorKind != "staff" || r.Actor != ann.ID || r.ActorName != ann.Name || r.Address != ann.Address ||
		r.Changes != `[{"field":"colour","before":"green","after":"gold"}]` {
		t.Errorf("%+v", r)
	}
	if list[2].ActorKind != "system" || list[2].ActorName != "" {
		t.Errorf("%+v", list[2])
	}
}

func TestWhatIsRolledBackLeavesNoEntry(t *testing.T) {
	t.Parallel()
	app := desk(t)
	audit.Watch(app, "tags", audit.Fields{Name: "name"})
	boom := errors.New("boom")
	err := audit.By(app, ann).RunInTransaction(func(app core.App) error {
		record(t, app, "tags", map[string]any{"name": "老客", "colour": "green"})
		if n := len(entries(t, app)); n != 1 {
			t.Errorf("%d entries inside the transaction", n)
		}
		return boom
	})
	if !errors.Is(err, boom) || len(entries(t, app)) != 0 {
		t.Errorf("%v, and %d entries are left", err, len(entries(t, app)))
	}
	c, _ := app.FindCachedCollectionByNameOrId("tags")
	if err := app.Save(core.NewRecord(c)); err == nil { // a field is missing? then the index speaks at the second one
		if err := app.Save(core.NewRecord(c)); err == nil {
			t.Fatal("two tags of one name")
		}
	}
	if n := len(entries(t, app)); n > 1 {
		t.Errorf("a refused record has an entry: %d", n)
	}
}

// What hooks save because of an act is whose act it was, however deep.
func TestActorReachesWhatHooksDo(t *testing.T) {
	t.Parallel()
	app := desk(t)
	audit.Watch(app, "tags", audit.Fields{Name: "name"})
	audit.Watch(app, "groups", audit.Fields{Name: "name"})
	app.OnRecordCreate("groups").BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return e.App.RunInTransaction(func(app core.App) error {
			record(t, app, "tags", map[string]any{"name": "随组", "colour": "green"})
			return nil
		})
	})
	record(t, audit.By(app, ann), "groups", map[string]any{"name": "售后"})
	list := entries(t, app)
	if len(list) != 2 || list[0].Actor != ann.ID || list[1].Actor != ann.ID {
		t.Errorf("%+v", list)
	}
}

func TestSettingsAreToldMemberByMember(t *testing.T) {
	t.Parallel()
	app := desk(t)
	type mail struct {
		Host     string `json:"host"`
		Port     int    `json:"port"`
		Password string `json:"smtp_password"`
	}
	for _, m := range []mail{{"a", 25, "canary-1"}, {"b", 25, "canary-2"}} {
		if err := settings.Save(audit.By(app, ann), "mail", m); err != nil {
			t.Fatal(err)
		}
	}
	list := entries(t, app)
	if len(list) != 2 || list[1].Act != "settings.updated" || list[1].Object != "mail" ||
		list[1].Changes != `[{"field":"host","before":"a","after":"b"},{"field":"smtp_password","as":"secret"}]` {
		t.Errorf("%+v", list)
	}
}

func TestSecretsAndPersonalValuesStayOut(t *testing.T) {
	t.Parallel()
	app := desk(t)
	audit.Watch(app, "customers", audit.Fields{Personal: []string{"phone"}, Secret: []string{"email"}, Ignore: []string{"region"}})
	c := record(t, app, "customers", map[string]any{"phone": "13800138000", "email": "canary@heye.cn", "region": "canary"})
	other := record(t, app, "customers", map[string]any{"phone": "13800138000"})
	c.Set("phone", "13900139000")
	if err := app.Save(c); err != nil {
		t.Fatal(err)
	}
	list := entries(t, app)
	if len(list) != 3 || other.Id == c.Id {
		t.Fatal(list)
	}
	for _, r := range list {
		for _, canary := range []string{"13800138000", "13900139000", "canary"} {
			if slices.Contains([]string{r.ObjectName, r.Reason}, canary) || contains(string(r.Changes), canary) {
				t.Errorf("%s is in the clear: %+v", canary, r)
			}
		}
	}
	first, second := list[0].Changes[:50], list[1].Changes[:50]
	if first != second {
		t.Errorf("the same number has two digests: %s, %s", first, second)
	}
	if far := desk(t); true {
		audit.Watch(far, "customers", audit.Fields{Personal: []string{"phone"}})
		record(t, far, "customers", map[string]any{"phone": "13800138000"})
		if entries(t, far)[0].Changes[:50] == first {
			t.Error("another desk's digests are the same")
		}
	}
}
