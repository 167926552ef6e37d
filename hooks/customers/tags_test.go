package customers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func tag(t *testing.T, app core.App, name string) *customers.Tag {
	t.Helper()
	made, err := customers.AppendTag(app, name, "blue")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func names(t *testing.T, app core.App) string {
	t.Helper()
	all, err := customers.AllTags(app)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, 0, len(all))
	for _, one := range all {
		list = append(list, one.Name())
	}
	return strings.Join(list, " ")
}

func TestTagNamesAreUniqueAndColoursAreNamed(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	vip := tag(t, app, "VIP")
	other := tag(t, app, "老客户")
	for name, change := range map[string]func() error{
		"twice":   func() error { _, err := customers.AppendTag(app, " VIP ", "blue"); return err },
		"renamed": func() error { _, err := customers.EditTag(app, other.Id, "VIP", "blue"); return err },
		"no name": func() error { _, err := customers.EditTag(app, other.Id, "  ", "blue"); return err },
		"long": func() error {
			_, err := customers.EditTag(app, other.Id, strings.Repeat("长", 31), "blue")
			return err
		},
		"red":            func() error { _, err := customers.EditTag(app, other.Id, "x", "red"); return err },
		"merge itself":   func() error { _, err := customers.MergeTags(app, vip.Id, vip.Id); return err },
		"raw record":     func() error { return raw(app, other.Id, "name", "VIP") },
		"raw colour":     func() error { return raw(app, other.Id, "colour", "red") },
		"raw colour off": func() error { return raw(app, other.Id, "colour", "") },
	} {
		if kind := fail.Of(change()).Kind; kind != fail.Invalid && kind != fail.Conflict {
			t.Errorf("%s: %v", name, change())
		}
	}
	if got := names(t, app); got != "VIP 老客户" {
		t.Errorf("tags: %s", got)
	}
	server := desktest.Serve(t, app)
	res, err := server.Client().Post(server.URL+"/api/collections/tags/records", "application/json", strings.NewReader(`{"name":"x","colour":"blue"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("PocketBase's own API: %d", res.StatusCode)
	}
}

func raw(app core.App, id, field string, value any) error {
	r, err := app.FindRecordById(customers.Tags, id)
	if err != nil {
		return err
	}
	r.Set(field, value)
	return app.Save(r)
}

func TestTagsStandInTheirOrder(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	a, b, c := tag(t, app, "a"), tag(t, app, "b"), tag(t, app, "c")
	if err := customers.ArrangeTags(app, []string{c.Id, "none", a.Id}); err != nil || names(t, app) != "c a b" {
		t.Errorf("%s, %v", names(t, app), err)
	}
	if _, err := customers.AppendTag(app, "d", "grey"); err != nil || names(t, app) != "c a b d" {
		t.Errorf("%s, %v", names(t, app), err)
	}
	_ = b
}

func TestDeletedTagComesBackToWhateverBoreIt(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	vip := tag(t, app, "VIP")
	bearer := customer(t, app, vip.Id)
	if _, err := customers.DeleteTag(app, vip.Id); err != nil || names(t, app) != "" {
		t.Fatalf("%s, %v", names(t, app), err)
	}
	if now, err := customers.TagNow(app, vip.Id); err != nil || now != nil {
		t.Errorf("a deleted tag is %v, %v", now, err)
	}
	again := tag(t, app, "VIP") // the name is free
	if _, err := customers.RestoreTag(app, vip.Id); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("two tags of one name: %v", err)
	}
	if _, err := customers.EditTag(app, again.Id, "VIP2", "blue"); err != nil {
		t.Fatal(err)
	}
	if _, err := customers.RestoreTag(app, vip.Id); err != nil {
		t.Fatal(err)
	}
	c, err := customers.ByID(app, bearer)
	if err != nil || !slices.Equal(c.Tags(), []string{vip.Id}) {
		t.Errorf("the customer bears %v, %v", c.Tags(), err)
	}
	if uses, err := customers.TagUses(app); err != nil || uses[vip.Id] != 1 {
		t.Errorf("uses %v, %v", uses, err)
	}
}

func TestMergedTagIsTheOtherOneAtEveryCustomer(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	from, into := tag(t, app, "vip"), tag(t, app, "VIP")
	bearers := make([]string, 0, 6)
	for range 5 {
		bearers = append(bearers, customer(t, app, from.Id))
	}
	both := customer(t, app, from.Id, into.Id)
	if _, err := customers.MergeTags(app, from.Id, into.Id); err != nil {
		t.Fatal(err)
	}
	if now, err := customers.TagNow(app, from.Id); err != nil || now == nil || now.Id != into.Id {
		t.Errorf("what became of it: %v, %v", now, err)
	}
	if _, err := customers.RestoreTag(app, from.Id); fail.Of(err).Kind != fail.TooLate {
		t.Errorf("a merged tag was restored: %v", err)
	}
	r := customers.Retagging{From: from.Id, Into: into.Id}
	for range 2 { // again after a crash
		if err := customers.RetagCustomers(app, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range append(bearers, both) {
		c, err := customers.ByID(app, id)
		if err != nil || !slices.Equal(c.Tags(), []string{into.Id}) {
			t.Errorf("%s bears %v, %v", id, c.Tags(), err)
		}
	}
	if err := customers.Forget(app, from.Id); err != nil {
		t.Fatal(err)
	}
	if _, err := customers.TagNow(app, from.Id); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("it is not forgotten: %v", err)
	}
}

func customer(t *testing.T, app core.App, tags ...string) string {
	t.Helper()
	collection, err := app.FindCachedCollectionByNameOrId(customers.Customers)
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(collection)
	r.Set("name", "张三 "+time.Now().Format(time.RFC3339Nano))
	r.Set("tags", tags)
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	return r.Id
}
