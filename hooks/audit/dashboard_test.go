package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const password = "orange-Kettle-42"

// shop is a whole desk that runs, with an owner.
type shop struct {
	t      *testing.T
	app    *tests.TestApp
	server *httptest.Server
	owner  *access.Staff
	token  string // the owner's superuser's
}

func openShop(t *testing.T) *shop {
	t.Helper()
	app := desktest.New(t)
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	owner, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Password: password, Role: access.Owner})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channels.Add(app, channels.New{Name: "官网", Default: true}); err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, app: app, server: desktest.Serve(t, app), owner: owner}
	var in struct{ Token string }
	if status := s.call("POST", "/api/collections/_superusers/auth-with-password", map[string]any{"identity": "owner@heye.cn", "password": password}, &in); status != 200 {
		t.Fatalf("the owner's superuser cannot sign in: %d", status)
	}
	s.token = in.Token
	return s
}

func (s *shop) call(method, path string, body, into any) int {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", s.token)
	res, err := s.server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if into != nil && res.StatusCode < 300 {
		if err := json.Unmarshal(text, into); err != nil {
			s.t.Fatal(err)
		}
	}
	if res.StatusCode >= 300 {
		s.t.Logf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return res.StatusCode
}

// since are the entries that do adds.
func (s *shop) since(do func()) []audit.Record {
	s.t.Helper()
	before := len(entries(s.t, s.app))
	do()
	return entries(s.t, s.app)[before:]
}

type row = map[string]any

// Whatever an owner does in PocketBase's dashboard is in the trail, by their
// name, with no secret and no personal value in it.
func TestDashboardIsWatched(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	agent, err := access.RoleByKey(s.app, access.Agent)
	if err != nil {
		t.Fatal(err)
	}
	customer := record(t, s.app, customers.Customers, row{"name": "canary-customer"})
	channel, err := channels.Default(s.app)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ create, update row }{
		"staff": {row{
			"email": "canary@heye.cn", "phone": "13700001111", "real_name": "canary-real", "nickname": "小安", "role": agent.Id, "cap": 5,
			"password": "canary-Pass-77", "passwordConfirm": "canary-Pass-77",
		}, row{"cap": 6, "real_name": "canary-other"}},
		"roles":           {row{"name": "夜班", "permissions": []string{"conversations.reply"}}, row{"permissions": []string{"customers.see"}}},
		"groups":          {row{"name": "夜班组"}, row{"name": "夜猫组"}},
		"channels":        {row{"name": "活动页", "kind": "web", "colour": "#112233"}, row{"greeting": "您好"}},
		"settings":        {row{"key": "trial", "value": row{"colour": "red", "mail_password": "canary-setting"}}, row{"value": row{"colour": "blue", "mail_password": "canary-later"}}},
		"customers":       {row{"name": "canary-name", "phone": "13700002222", "email": "canary@qq.com", "level": "金卡"}, row{"phone": "13700003333", "level": "银卡"}},
		"contacts":        {row{"channel": channel.Id, "customer": customer.Id, "identity": "canary-id", "page": row{"url": "https://canary"}}, row{"blocked": true}},
		"notes":           {row{"customer": customer.Id, "staff": s.owner.Id, "text": "canary-note"}, row{"text": "canary-other"}},
		"tags":            {row{"name": "急", "colour": "amber"}, row{"colour": "gold"}},
		"customer_fields": {row{"name": "生日", "kind": "date"}, row{"personal": true}},
		"quick_replies":   {row{"title": "问好", "text": "在的", "scope": "shop"}, row{"text": "您好"}},
		"sign_ins":        {row{"staff": s.owner.Id, "kind": "console", "ends": "2030-01-01 00:00:00.000Z", "seen": types.NowDateTime().String(), "hash": "canary-hash"}, nil},
		"robots":          {row{"name": "夜班群", "kind": "wecom", "enabled": false}, nil},
		"reminders": {
			row{"conversation": "c", "contact": "v", "staff": s.owner.Id, "client_id": "p1", "text": "canary-promise", "due": "2030-01-01 00:00:00.000Z"},
			row{"text": "canary-other"},
		},
		"escalation_rules": {row{"name": "夜里", "conditions": row{"emotion": "angry"}, "actions": row{"priority": "high"}}, row{"name": "深夜"}},
		"_superusers":      {row{"email": "canary@boss.cn", "password": "canary-Pass-88", "passwordConfirm": "canary-Pass-88"}, nil},
	}
	for _, w := range audit.All(s.app) {
		c, ok := cases[w.Collection]
		if !ok {
			t.Errorf("%s is watched and not tried", w.Collection)
			continue
		}
		path := "/api/collections/" + w.Collection + "/records"
		if c.update == nil { // who is no owner may not be a superuser, nobody signs in by hand, and a refusal is no act
			if list := s.since(func() { s.call("POST", path, c.create, nil) }); len(list) != 0 {
				t.Errorf("%+v", list)
			}
			continue
		}
		var made struct{ ID string }
		for _, step := range []struct {
			verb string
			do   func() int
		}{
			{"created", func() int { return s.call("POST", path, c.create, &made) }},
			{"updated", func() int { return s.call("PATCH", path+"/"+made.ID, c.update, nil) }},
			{"deleted", func() int { return s.call("DELETE", path+"/"+made.ID, nil, nil) }},
		} {
			status := 0
			list := s.since(func() { status = step.do() })
			if status >= 300 || len(list) == 0 {
				t.Errorf("%s %s: %d, %d entries", w.Collection, step.verb, status, len(list))
				continue
			}
			r := list[len(list)-1]
			turned := step.verb == "updated" && w.Collection == "contacts" && r.Act == "contacts.blocked"
			if r.Act != w.Kind()+"."+step.verb && !turned || r.ActorKind != "dashboard" || r.Actor != s.owner.Id || r.ActorName != "小满" || r.Address != "127.0.0.1" {
				t.Errorf("%s %s: %+v", w.Collection, step.verb, r)
			}
			if r.Changes == "[]" {
				t.Errorf("%s %s tells no change", w.Collection, step.verb)
			}
		}
	}
	for _, r := range entries(t, s.app) {
		raw := fmt.Sprint(r)
		for _, secret := range []string{"canary", "1370000", "$2a$"} {
			if strings.Contains(raw, secret) {
				t.Errorf("%s is in the clear: %s", secret, raw)
			}
		}
	}
	if r := verify(t, s.app); !r.OK {
		t.Errorf("%+v", r)
	}
}

func TestPocketBasesOwnSettingsAreWatched(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	list := s.since(func() {
		s.call("PATCH", "/api/settings", row{
			"meta": row{"appName": "禾野", "senderName": "小二", "senderAddress": "a@heye.cn", "appURL": "http://localhost"},
			"smtp": row{"enabled": true, "host": "smtp.heye.cn", "port": 465, "password": "canary"},
		}, nil)
	})
	if len(list) != 1 || list[0].Act != "pocketbase.updated" || list[0].ActorKind != "dashboard" || list[0].Actor != s.owner.Id {
		t.Fatalf("%+v", list)
	}
	changes := string(list[0].Changes)
	if strings.Contains(changes, "canary") || !strings.Contains(changes, `{"field":"smtp.password","as":"secret"}`) ||
		!strings.Contains(changes, `"field":"smtp.host"`) || !strings.Contains(changes, `"after":"禾野"`) {
		t.Error(changes)
	}
	if again := s.since(func() { s.call("PATCH", "/api/settings", row{}, nil) }); len(again) != 0 {
		t.Errorf("nothing changed: %+v", again)
	}
}

func TestTrailIsClosedToTheDashboard(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	first := entries(t, s.app)[0]
	path := "/api/collections/audit/records"
	for name, status := range map[string]int{
		"add":      s.call("POST", path, row{"seq": 999, "act": "x"}, nil),
		"change":   s.call("PATCH", path+"/"+first.ID, row{"act": "x"}, nil),
		"delete":   s.call("DELETE", path+"/"+first.ID, nil, nil),
		"truncate": s.call("DELETE", "/api/collections/audit/truncate", nil, nil),
		"drop":     s.call("DELETE", "/api/collections/audit", nil, nil),
		"batch":    s.call("POST", "/api/batch", row{"requests": []row{{"method": "DELETE", "url": path + "/" + first.ID}}}, nil),
	} {
		if status < 400 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
	var listed struct{ Items []row }
	if status := s.call("GET", path+"?filter=(seq=1)", nil, &listed); status != 200 || len(listed.Items) != 1 {
		t.Errorf("reading: %d %v", status, listed)
	}
	if r := verify(t, s.app); !r.OK {
		t.Errorf("%+v", r)
	}
	s.token = ""
	if status := s.call("GET", path, nil, nil); status < 400 {
		t.Errorf("anybody can read it: %d", status)
	}
}

// A field that is named for the trail is one that there is.
func TestWatchedFieldsExist(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	for _, w := range audit.All(app) {
		c, err := app.FindCollectionByNameOrId(w.Collection)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		names = append(names, w.ID, w.Name, w.On, w.Open)
		names = append(append(append(names, w.Personal...), w.Secret...), w.Ignore...)
		for name := range w.Links {
			names = append(names, name)
		}
		for name := range w.Turns {
			names = append(names, name)
		}
		for _, name := range names {
			if name != "" && c.Fields.GetByName(name) == nil {
				t.Errorf("%s has no field %q", w.Collection, name)
			}
		}
	}
}
