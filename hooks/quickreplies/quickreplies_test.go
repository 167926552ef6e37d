package quickreplies_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
)

// staff are an agent of the first group, one of the second, and a supervisor.
type staff struct{ pre, after, boss *access.Person }

func open(t *testing.T) (core.App, staff) {
	t.Helper()
	app := desktest.New(t)
	for _, err := range []error{access.EnsureGroups(app), access.EnsureRoles(app)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	hire := func(name, role, group string) *access.Person {
		s, err := access.AddStaff(app, nil, access.Newcomer{
			Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: role, Groups: []string{group},
		})
		if err != nil {
			t.Fatal(err)
		}
		p, err := access.ByID(app, s.Id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	return app, staff{hire("pre", access.Agent, access.PreSale), hire("after", access.Agent, access.AfterSale), hire("boss", access.Supervisor, access.PreSale)}
}

func TestWhoSeesAndKeepsWhat(t *testing.T) {
	t.Parallel()
	app, who := open(t)
	add := func(p *access.Person, d quickreplies.Draft) string {
		q, err := quickreplies.Add(app, p, d)
		if err != nil {
			t.Fatal(err)
		}
		return q.Id
	}
	shop := add(who.boss, quickreplies.Draft{Text: "您好", Scope: quickreplies.Shop})
	group := add(who.boss, quickreplies.Draft{Text: "退货地址", Scope: quickreplies.Group, Group: access.AfterSale})
	own := add(who.pre, quickreplies.Draft{Text: "我是小前"})
	for _, c := range []struct {
		name       string
		p          *access.Person
		id         string
		sees, keep bool
	}{
		{"shop's, agent", who.pre, shop, true, false},
		{"shop's, supervisor", who.boss, shop, true, true},
		{"group's, member", who.after, group, true, false},
		{"group's, other group", who.pre, group, false, false},
		{"group's, supervisor of another", who.boss, group, true, true},
		{"own", who.pre, own, true, true},
		{"own, colleague", who.after, own, false, false},
		{"own, supervisor", who.boss, own, false, false},
	} {
		list, err := quickreplies.For(app, c.p)
		if err != nil {
			t.Fatal(err)
		}
		listed := false
		for _, q := range list {
			listed = listed || q.Id == c.id
		}
		used := quickreplies.Used(app, c.p, c.id)
		if listed != c.sees || c.sees != (used == nil) {
			t.Errorf("%s: listed %t, used %v", c.name, listed, used)
		}
		_, edited := quickreplies.Edit(app, c.p, c.id, quickreplies.Draft{Text: "改", Scope: scopeOf(list, c.id), Group: access.AfterSale})
		want := fail.NotFound
		if c.sees {
			want = fail.Forbidden
		}
		if c.keep != (edited == nil) || !c.keep && fail.Of(edited).Kind != want {
			t.Errorf("%s: edit = %v", c.name, edited)
		}
		if !c.keep {
			if err := quickreplies.Delete(app, c.p, c.id); fail.Of(err).Kind != want {
				t.Errorf("%s: delete = %v", c.name, err)
			}
		}
	}
	if _, err := quickreplies.Edit(app, who.pre, own, quickreplies.Draft{Text: "x", Scope: quickreplies.Shop}); fail.Of(err).Kind != fail.Forbidden {
		t.Errorf("an agent's own became the shop's: %v", err)
	}
	if err := quickreplies.Delete(app, who.pre, own); err != nil {
		t.Error(err)
	}
}

func scopeOf(list []*quickreplies.QuickReply, id string) quickreplies.Scope {
	for _, q := range list {
		if q.Id == id {
			return q.Scope()
		}
	}
	return quickreplies.Shop
}

func TestWrongOnesAreRefused(t *testing.T) {
	t.Parallel()
	app, who := open(t)
	if _, err := quickreplies.Add(app, who.boss, quickreplies.Draft{Code: "/hi", Text: "您好", Scope: quickreplies.Shop}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d    quickreplies.Draft
		want fail.Kind
	}{
		"empty":         {quickreplies.Draft{Text: " "}, fail.Invalid},
		"code in words": {quickreplies.Draft{Code: "a b", Text: "x"}, fail.Invalid},
		"code in parts": {quickreplies.Draft{Code: "a/b", Text: "x"}, fail.Invalid},
		"code taken":    {quickreplies.Draft{Code: "hi", Text: "x", Scope: quickreplies.Shop}, fail.Conflict},
		"no such group": {quickreplies.Draft{Text: "x", Scope: quickreplies.Group, Group: "none"}, fail.Invalid},
	} {
		if _, err := quickreplies.Add(app, who.boss, c.d); fail.Of(err).Kind != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, d := range map[string]quickreplies.Draft{
		"scope": {Text: "x", Scope: "world"}, "long text": {Text: strings.Repeat("长", 5001)}, "long code": {Code: strings.Repeat("c", 21), Text: "x"},
	} {
		if _, err := quickreplies.Add(app, who.boss, d); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := quickreplies.Add(app, who.pre, quickreplies.Draft{Code: "hi", Text: "我的"}); err != nil {
		t.Errorf("one's own may have the shop's code: %v", err)
	}
	// The back door: a record that belongs to nobody.
	collection, err := app.FindCollectionByNameOrId(quickreplies.Collection)
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(collection)
	r.Set("text", "x")
	r.Set("scope", "staff")
	if err := app.Save(r); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("nobody's own: %v", err)
	}
}

func TestBuiltInAPIIsClosed(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	server := desktest.Serve(t, app)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/api/collections/quick_replies/records", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", method, answer.Status)
		}
	}
}
