package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// openWith is [open] with sections that features add to the panel.
func openWith(t *testing.T, panels ...web.Panel) *shop {
	t.Helper()
	app := desktest.Bare(t)
	table := hooks.Register(app, &hooks.Config{})
	for _, p := range panels {
		table.Panel(p)
	}
	cheapPasswords(t, app)
	for _, err := range []error{access.EnsureGroups(app), access.EnsureRoles(app)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := channels.Add(app, channels.New{Name: "官网"}); err != nil {
		t.Fatal(err)
	}
	return &shop{t: t, app: app, server: desktest.Serve(t, app)}
}

func TestFeaturesAddToThePanel(t *testing.T) {
	t.Parallel()
	drawn := func(text string) func(*core.RequestEvent, web.PanelOf) (templ.Component, error) {
		return func(_ *core.RequestEvent, of web.PanelOf) (templ.Component, error) {
			return templ.Raw(text + " " + of.Conversation + " " + of.Customer + " " + of.Contact), nil
		}
	}
	s := openWith(
		t,
		web.Panel{Key: "tickets", Title: "console.card_order", Icon: "inbox", Permission: access.SettingsEdit, Order: 3, Show: drawn("tickets")},
		web.Panel{Key: "orders", Title: "console.card_order", Icon: "package", Permission: access.CustomersSee, Order: 1, Show: drawn("orders")},
		web.Panel{Key: "none", Title: "console.card_product", Icon: "package", Permission: web.SignedIn, Order: 2, Show: func(*core.RequestEvent, web.PanelOf) (templ.Component, error) {
			return nil, nil //nolint:nilnil // there is nothing to show
		}},
		web.Panel{Key: "broken", Title: "console.card_product", Icon: "package", Permission: web.SignedIn, Order: 4, Show: func(*core.RequestEvent, web.PanelOf) (templ.Component, error) {
			return nil, fail.New(fail.Busy, "fail.busy")
		}},
	)
	v := s.ask("我的快递呢")
	keys := func(who someone) (list []string) {
		t.Helper()
		var desk struct {
			Panels []struct{ Key, Title, Icon string }
		}
		s.call(who, "GET desk", nil, http.StatusOK, &desk)
		for _, p := range desk.Panels {
			list = append(list, p.Key)
			if p.Title == "" || strings.Contains(p.Title, ".") || p.Icon == "" {
				t.Errorf("panel %+v", p)
			}
		}
		return list
	}
	boss, agent := s.hire(access.Owner), s.hire(access.Agent)
	if got := keys(boss); !slices.Equal(got, []string{"orders", "none", "tickets", "broken"}) {
		t.Errorf("the owner's panels: %v", got)
	}
	if got := keys(agent); !slices.Equal(got, []string{"orders", "none", "broken"}) {
		t.Errorf("an agent's panels: %v", got)
	}
	panel := "GET conversations/" + v.conversation + "/panels/"
	for _, c := range []struct {
		who  someone
		key  string
		want int
		says string
	}{
		{agent, "orders", http.StatusOK, "orders " + v.conversation + " " + v.customer + " " + v.contact},
		{agent, "tickets", http.StatusNotFound, ""},
		{boss, "tickets", http.StatusOK, "tickets"},
		{agent, "none", http.StatusNoContent, ""},
		{agent, "broken", http.StatusServiceUnavailable, "message"},
		{agent, "nope", http.StatusNotFound, ""},
		{someone{}, "orders", http.StatusUnauthorized, ""},
	} {
		got := s.send(c.who, panel+c.key, nil)
		if got.status != c.want || !strings.Contains(string(got.body), c.says) {
			t.Errorf("%s: %d %s, want %d %s", c.key, got.status, got.body, c.want, c.says)
		}
	}
	if got := s.send(agent, "GET conversations/nope/panels/orders", nil); got.status != http.StatusNotFound {
		t.Errorf("of no conversation: %d", got.status)
	}
}

func TestNoFeatureNoPanel(t *testing.T) {
	t.Parallel()
	s := open(t)
	var desk struct{ Panels []any }
	s.call(s.hire(access.Owner), "GET desk", nil, http.StatusOK, &desk)
	if desk.Panels == nil || len(desk.Panels) != 0 {
		t.Errorf("panels %v", desk.Panels)
	}
}

func TestANoteIsTakenBackAndRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	writer, colleague := s.hire(access.Agent), s.hire(access.Agent)
	notes := "customers/" + v.customer + "/notes"
	var made struct{ Note struct{ ID string } }
	for i := range 23 {
		s.call(writer, "POST "+notes, object{"text": fmt.Sprint("第", i), "conversation": v.conversation}, http.StatusCreated, &made)
	}
	var page struct {
		Notes []struct{ ID, Text string }
		Next  string `json:"notes_next"`
	}
	s.call(colleague, "GET customers/"+v.customer, nil, http.StatusOK, &page)
	if len(page.Notes) != 20 || page.Notes[0].Text != "第22" || page.Next == "" {
		t.Fatalf("%d notes, next %q", len(page.Notes), page.Next)
	}
	before := page.Next
	page.Next = ""
	s.call(colleague, "GET "+notes+"?before="+before, nil, http.StatusOK, &page)
	if len(page.Notes) != 3 || page.Notes[2].Text != "第0" || page.Next != "" {
		t.Errorf("%d notes, next %q", len(page.Notes), page.Next)
	}
	s.call(writer, "DELETE "+notes+"/"+made.Note.ID, nil, http.StatusNoContent, nil)
	s.call(colleague, "POST "+notes+"/"+made.Note.ID+"/restore", nil, http.StatusForbidden, nil)
	s.call(writer, "POST "+notes+"/"+made.Note.ID+"/restore", nil, http.StatusNoContent, nil)
	s.call(colleague, "GET customers/"+v.customer, nil, http.StatusOK, &page)
	if page.Notes[0].ID != made.Note.ID {
		t.Error("it did not come back")
	}
}

func TestAllOfThePastIsThereByPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("第一次")
	boss := s.hire(access.Owner)
	const old = 45
	for i := range old { // as they lie in a desk of many years
		_, err := s.app.NonconcurrentDB().NewQuery(fmt.Sprintf("INSERT INTO conversations (id, contact, customer, channel, status, priority, tags, opened, closed, rating, rating_comment, resolved) "+
			"SELECT 'old%012d', contact, customer, channel, 'closed', 'normal', '[]', '2020-01-%02d 10:00:00.000Z', '2020-01-%02d 11:00:00.000Z', 4, '打 13812346027', 'yes' FROM conversations WHERE id = {:id}", i, 1+i%28, 1+i%28)).
			Bind(map[string]any{"id": v.conversation}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	var page struct {
		Conversations []struct {
			ID, Contact, Comment, Resolved, Opened string
			Rating                                 int
		}
		Next  string `json:"conversations_next"`
		Times int
	}
	s.call(boss, "GET customers/"+v.customer, nil, http.StatusOK, &page)
	if page.Times != old+1 || page.Conversations[0].ID != v.conversation {
		t.Errorf("%d times, first %s", page.Times, page.Conversations[0].ID)
	}
	seen := map[string]bool{}
	last := "9999"
	for range 10 {
		for _, c := range page.Conversations {
			if seen[c.ID] || c.Opened > last {
				t.Errorf("%s opened %s after %s", c.ID, c.Opened, last)
			}
			seen[c.ID], last = true, c.Opened
			if c.ID != v.conversation && (c.Rating != 4 || c.Resolved != "yes" || c.Contact != v.contact || strings.Contains(c.Comment, "13812346027")) {
				t.Errorf("%+v", c)
			}
		}
		if page.Next == "" {
			break
		}
		before := page.Next
		page.Next, page.Conversations = "", nil
		s.call(boss, "GET customers/"+v.customer+"/conversations?before="+before, nil, http.StatusOK, &page)
	}
	if len(seen) != old+1 {
		t.Errorf("%d of %d conversations", len(seen), old+1)
	}
}

func TestCustomersAreMergedByWhoSeesBoth(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.ask("一号"), s.ask("二号")
	name, phone := "明明", "13812346027"
	if _, err := customers.Edit(s.app, b.customer, customers.Change{Name: &name, Phone: &phone}); err != nil {
		t.Fatal(err)
	}
	boss := s.hire(access.Supervisor)
	if err := search.IndexRecords(s.app); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"明": 1, "6027": 1, "1381": 0, "027": 0, "明%": 0, "": 0, "13812346027": 1} {
		var found struct {
			Customers []struct {
				ID, Name, Phone string
				Conversations   int
			}
		}
		s.call(boss, "GET customers?q="+query, nil, http.StatusOK, &found)
		if len(found.Customers) != want || want == 1 && (found.Customers[0].ID != b.customer || found.Customers[0].Phone != "138****6027" || found.Customers[0].Conversations != 1) {
			t.Errorf("%q finds %+v", query, found.Customers)
		}
	}
	var guessed struct{ Customers []any } // who may not have a number shown to them does not find it digit by digit
	s.call(s.hireWith(access.CustomersMerge, access.CustomersSee), "GET customers?q=46027", nil, http.StatusOK, &guessed)
	if len(guessed.Customers) != 0 {
		t.Errorf("guessed: %v", guessed.Customers)
	}
	blind := s.hireWith(access.CustomersMerge, access.CustomersEdit)
	r, err := s.app.FindRecordById("staff", blind.id)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("groups", []string{})
	if err = s.app.Save(r); err != nil {
		t.Fatal(err)
	}
	merge := "POST customers/" + a.customer + "/merge"
	s.call(blind, merge, object{"with": b.customer}, http.StatusNotFound, nil)
	s.call(s.hire(access.Agent), merge, object{"with": b.customer}, http.StatusForbidden, nil)
	s.call(boss, merge, object{"with": a.customer}, http.StatusUnprocessableEntity, nil)
	var made struct {
		Customer string
		Merge    struct{ ID string }
	}
	s.call(boss, merge, object{"with": b.customer, "take": []string{"name", "phone"}}, http.StatusOK, &made)
	var shown struct {
		Customer struct{ ID, Name string }
		Contacts []any
		Merges   []struct {
			ID, Until   string
			Gone, Staff struct{ Name string }
		}
		Times int
	}
	s.call(boss, "GET customers/"+b.customer, nil, http.StatusOK, &shown) // by the address of who is gone
	if shown.Customer.ID != a.customer || shown.Customer.Name != name || len(shown.Contacts) != 2 || shown.Times != 2 || len(shown.Merges) != 1 || shown.Merges[0].Gone.Name != name {
		t.Errorf("merged: %+v", shown)
	}
	s.call(s.hire(access.Agent), "POST customers/"+a.customer+"/merges/"+made.Merge.ID+"/undo", nil, http.StatusForbidden, nil)
	s.call(boss, "POST customers/"+a.customer+"/merges/"+made.Merge.ID+"/undo", nil, http.StatusNoContent, nil)
	s.call(boss, "POST customers/"+a.customer+"/merges/"+made.Merge.ID+"/undo", nil, http.StatusNotFound, nil)
	s.call(boss, "GET customers/"+b.customer, nil, http.StatusOK, &shown)
	if shown.Customer.ID != b.customer || len(shown.Contacts) != 1 || len(shown.Merges) != 0 {
		t.Errorf("parted: %+v", shown)
	}
}

func TestPersonalFieldsAreMaskedUntilAskedFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	born, err := customers.AddField(s.app, customers.FieldDraft{Name: "生日", Kind: customers.DateField, Personal: true})
	if err != nil {
		t.Fatal(err)
	}
	free, err := customers.AddField(s.app, customers.FieldDraft{Name: "联系人", Kind: customers.TextField})
	if err != nil {
		t.Fatal(err)
	}
	agent, boss := s.hire(access.Agent), s.hire(access.Supervisor)
	s.call(agent, "PATCH customers/"+v.customer, object{"custom": object{born.Id: "1990-05-20", free.Id: "打 13812346027"}}, http.StatusOK, nil)
	got := s.send(agent, "GET customers/"+v.customer, nil)
	if strings.Contains(string(got.body), "1990") || strings.Contains(string(got.body), "13812346027") || !strings.Contains(string(got.body), `"masked":["`+born.Id) {
		t.Errorf("shown: %s", got.body)
	}
	s.call(agent, "POST customers/"+v.customer+"/reveal", object{"field": "custom." + born.Id, "reason": "核对身份"}, http.StatusForbidden, nil)
	var full struct{ Value string }
	s.call(boss, "POST customers/"+v.customer+"/reveal", object{"field": "custom." + born.Id, "reason": "核对身份"}, http.StatusOK, &full)
	if full.Value != "1990-05-20" {
		t.Errorf("revealed %q", full.Value)
	}
	s.call(agent, "PATCH customers/"+v.customer, object{"custom": object{free.Id: "打 138****6027"}}, http.StatusUnprocessableEntity, nil)
}

// Whoever is blocked can neither upload nor rate, and is told so in their language.
func TestABlockHoldsOnEveryWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("骗子")
	boss, who := s.hire(access.Supervisor), someone{token: v.token}
	s.call(s.hire(access.Agent), "POST customers/"+v.customer+"/block", object{"reason": "辱骂"}, http.StatusForbidden, nil)
	s.call(boss, "POST customers/"+v.customer+"/block", object{}, http.StatusUnprocessableEntity, nil)
	s.call(boss, "POST customers/"+v.customer+"/block", object{"reason": "辱骂", "until": "2099-01-01T00:00:00Z"}, http.StatusUnprocessableEntity, nil)
	s.call(boss, "POST customers/"+v.customer+"/block", object{"reason": "辱骂"}, http.StatusNoContent, nil)
	for route, in := range map[string]object{
		"POST visitor/messages": {"id": "m2", "kind": "text", "text": "x"}, "POST visitor/left": {"id": "l1", "text": "x"},
		"POST visitor/files": {}, "POST visitor/rating": {"conversation": v.conversation, "score": 1},
	} {
		got := s.send(who, route, in)
		if got.status != http.StatusForbidden || !strings.Contains(string(got.body), "blocked") || strings.Contains(string(got.body), "辱骂") {
			t.Errorf("%s: %d %s", route, got.status, got.body)
		}
	}
	var shown struct {
		Conversation struct {
			Contact struct {
				Blocked *struct {
					Reason string
					Staff  struct{ ID string }
				}
			}
		}
	}
	s.call(boss, "GET conversations/"+v.conversation, nil, http.StatusOK, &shown)
	if b := shown.Conversation.Contact.Blocked; b == nil || b.Reason != "辱骂" || b.Staff.ID != boss.id {
		t.Errorf("shown as %+v", b)
	}
	s.call(boss, "DELETE customers/"+v.customer+"/block", nil, http.StatusNoContent, nil)
	s.call(who, "POST visitor/messages", object{"id": "m3", "kind": "text", "text": "x"}, http.StatusOK, nil)
}
