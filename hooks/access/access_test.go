package access_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const password = "correct-horse-7"

// shop is a desk on which only this package and its pages are bound, with an
// owner and an agent.
func shop(t testing.TB) *tests.TestApp {
	t.Helper()
	app := desktest.Bare(t)
	table := &web.Table{}
	outbox.Register(app)
	audit.Register(app)
	web.Register(app, table, web.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	access.Register(app, table, nil)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		who := func(e *core.RequestEvent) error { return e.JSON(200, map[string]string{"id": access.Of(e).ID}) }
		table.API(e.Router,
			web.Route{Method: http.MethodGet, Path: "/api/xiaoer/who", Permission: web.SignedIn, Handle: who},
			web.Route{Method: http.MethodPost, Path: "/api/xiaoer/staff", Permission: access.StaffEdit, Handle: who})
		return e.Next()
	})
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	add(t, app, access.Newcomer{Email: "owner@heye.cn", Phone: "13800138000", Nickname: "小满", Role: access.Owner})
	add(t, app, access.Newcomer{Email: "ann@heye.cn", Nickname: "阿安", Role: access.Agent, Groups: []string{"售后"}})
	return app
}

func add(t testing.TB, app core.App, n access.Newcomer) *access.Staff {
	t.Helper()
	n.Password = password
	s, err := access.AddStaff(app, nil, n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func staff(t testing.TB, app core.App, email string) *access.Staff {
	t.Helper()
	s, err := access.StaffByEmail(app, email)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func person(t testing.TB, app core.App, email string) *access.Person {
	t.Helper()
	p, err := access.ByID(app, staff(t, app, email).Id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPresetRolesAllowLittle(t *testing.T) {
	t.Parallel()
	app := shop(t)
	owner, ann := person(t, app, "owner@heye.cn"), person(t, app, "ann@heye.cn")
	for _, p := range access.Permissions {
		if !owner.May(p) {
			t.Errorf("the owner may not %s", p)
		}
	}
	want := []access.Permission{access.ConversationsReply, access.ConversationsTransfer, access.ConversationsSeeGroup, access.CustomersSee, access.CustomersEdit}
	if got := ann.Permissions(); !slices.Equal(got, want) {
		t.Errorf("an agent may %v, want %v", got, want)
	}
	groups, err := access.Groups(app)
	if err != nil || len(groups) != 3 {
		t.Fatalf("groups: %v, %v", groups, err)
	}
	for _, g := range groups {
		if !owner.InGroup(g.Id) || ann.InGroup(g.Id) != (g.Key() == access.AfterSale) {
			t.Errorf("membership of %s is wrong", g.Name())
		}
	}
}

// What must hold of an account holds for who never calls AddStaff: a raw record.
func TestAccountsKeepTheRules(t *testing.T) {
	t.Parallel()
	app := shop(t)
	for name, c := range map[string]struct {
		field string
		value any
		key   string
	}{
		"nickname taken":   {"nickname", "小满", "access.nickname_taken"},
		"nickname empty":   {"nickname", " ", "access.nickname_missing"},
		"nickname long":    {"nickname", strings.Repeat("长", 21), "access.nickname_long"},
		"nickname hidden":  {"nickname", "阿\u0007安", "access.nickname_odd"},
		"e-mail taken":     {"email", "OWNER@heye.cn", "access.email_taken"},
		"e-mail wrong":     {"email", "Ann <ann@heye.cn>", "access.email_wrong"},
		"phone taken":      {"phone", "138 0013-8000", "access.phone_taken"},
		"phone wrong":      {"phone", "phone", "access.phone_wrong"},
		"no role":          {"role", "", "access.role_missing"},
		"cap too high":     {"cap", 1000, "access.cap_wrong"},
		"weight too high":  {"weight", 11, "access.weight_wrong"},
		"weight below all": {"weight", -1, "access.weight_wrong"},
		"common password":  {"password", "12345678", "access.password_common"},
		"endless password": {"password", strings.Repeat("长", 24), "access.password_long"},
	} {
		r, err := app.FindRecordById(access.Collection, staff(t, app, "ann@heye.cn").Id)
		if err != nil {
			t.Fatal(err)
		}
		r.Set(c.field, c.value)
		f := fail.Of(app.Save(r))
		if f.Key != c.key || f.Field != c.field {
			t.Errorf("%s: %v on %q, want %s", name, f, f.Field, c.key)
		}
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	app := shop(t)
	owner := staff(t, app, "owner@heye.cn")
	agent, err := access.RoleByKey(app, access.Agent)
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Disable(app, nil, owner.Id); fail.Of(err).Key != "access.last_owner" {
		t.Errorf("disabled: %v", err)
	}
	r, _ := app.FindRecordById(access.Collection, owner.Id)
	r.Set("role", agent.Id)
	if err := app.Save(r); fail.Of(err).Key != "access.last_owner" {
		t.Errorf("demoted: %v", err)
	}
	r, _ = app.FindRecordById(access.Collection, owner.Id)
	if err := app.Delete(r); fail.Of(err).Key != "access.last_owner" {
		t.Errorf("deleted: %v", err)
	}
	add(t, app, access.Newcomer{Email: "second@heye.cn", Nickname: "合伙人", Role: access.Owner})
	if err := access.Disable(app, nil, owner.Id); err != nil {
		t.Errorf("one of two owners: %v", err)
	}
}

func TestPresetRolesCannotGo(t *testing.T) {
	t.Parallel()
	app := shop(t)
	role, err := access.RoleByKey(app, access.Agent)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Delete(role); fail.Of(err).Key != "access.role_preset" {
		t.Errorf("deleted: %v", err)
	}
	r, _ := app.FindRecordById("roles", role.Id)
	r.Set("permissions", []string{"conversations.reply", "money.print"})
	if err := app.Save(r); fail.Of(err).Key != "access.permission_unknown" {
		t.Errorf("an unknown permission: %v", err)
	}
	r, _ = app.FindRecordById("roles", role.Id)
	r.Set("permissions", []string{"conversations.reply"})
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	if p := person(t, app, "ann@heye.cn"); p.May(access.CustomersSee) || !p.May(access.ConversationsReply) {
		t.Errorf("a changed role is not in force: %v", p.Permissions())
	}
}

// The dashboard opens with what the owner signs in with, and for nobody else.
func TestSuperuserFollowsTheOwner(t *testing.T) {
	t.Parallel()
	app := shop(t)
	superuser := func(email, password string) bool {
		r, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, email)
		return err == nil && r.ValidatePassword(password)
	}
	if !superuser("owner@heye.cn", password) || superuser("ann@heye.cn", password) {
		t.Fatal("only the owner is superuser")
	}
	r, _ := app.FindRecordById(access.Collection, staff(t, app, "owner@heye.cn").Id)
	r.SetEmail("boss@heye.cn")
	r.SetPassword("another-horse-8")
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	if !superuser("boss@heye.cn", "another-horse-8") || superuser("owner@heye.cn", password) {
		t.Error("the superuser keeps the old sign-in")
	}
	add(t, app, access.Newcomer{Email: "second@heye.cn", Nickname: "合伙人", Role: access.Owner})
	if err := access.Disable(app, nil, r.Id); err != nil {
		t.Fatal(err)
	}
	if superuser("boss@heye.cn", "another-horse-8") || !superuser("second@heye.cn", password) {
		t.Error("a disabled owner still has the dashboard")
	}
	if err := access.Enable(app, nil, r.Id); err != nil || !superuser("boss@heye.cn", "another-horse-8") {
		t.Errorf("an enabled owner has no dashboard: %v", err)
	}
}

func TestRightsMoveWithTheChangeOrNotAtAll(t *testing.T) {
	t.Parallel()
	app := shop(t)
	version := func() (n int) {
		if err := app.DB().NewQuery("SELECT version FROM rights").Row(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, boom := version(), errors.New("boom")
	err := app.RunInTransaction(func(tx core.App) error {
		if err := access.SetPresence(tx, staff(t, tx, "ann@heye.cn").Id, access.Online, ""); err != nil {
			return err
		}
		if p := person(t, tx, "ann@heye.cn"); p.Presence != access.Online {
			t.Error("the transaction does not see its own change")
		}
		return boom
	})
	if !errors.Is(err, boom) || version() != before || person(t, app, "ann@heye.cn").Presence != access.Offline {
		t.Fatalf("a change that was rolled back left something: %v", err)
	}
	if err := access.SetPresence(app, staff(t, app, "ann@heye.cn").Id, access.Break, "吃饭"); err != nil {
		t.Fatal(err)
	}
	if p := person(t, app, "ann@heye.cn"); version() <= before || p.Presence != access.Break || p.PresenceReason != "吃饭" {
		t.Errorf("the change is not in force: %+v", p)
	}
}

// Another process changes a record; this one learns of it within two seconds.
func TestChangeInAnotherProcessIsNoticed(t *testing.T) {
	t.Parallel()
	app := shop(t)
	desktest.Serve(t, app)
	told := make(chan int64, 10)
	access.Changed(app).BindFunc(func(e *access.ChangeEvent) error { told <- e.Version; return e.Next() })

	other := core.NewBaseApp(core.BaseAppConfig{DataDir: app.DataDir()})
	if err := other.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.ResetBootstrapState() })
	outbox.Register(other)
	access.Register(other, &web.Table{}, nil)
	if err := access.Disable(other, nil, staff(t, other, "ann@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	select {
	case <-told:
	case <-time.After(2 * time.Second):
		t.Fatal("not noticed within two seconds")
	}
	if !person(t, app, "ann@heye.cn").Disabled {
		t.Error("the old rights are in force")
	}
}

// body reads an answer of ours or PocketBase's.
type body struct {
	ID      string `json:"id"`
	Token   string `json:"token"`
	Message string `json:"message"`
	Status  int    `json:"status"`
	Data    struct {
		Code string `json:"code"`
	} `json:"data"`
}

func read(t testing.TB, res answer) body {
	t.Helper()
	var b body
	if err := json.Unmarshal([]byte(res.Text), &b); err != nil {
		t.Fatal(err)
	}
	return b
}
