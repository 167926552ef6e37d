package backup_test

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// owned is a desk that is served, and its owner's browser.
func owned(t testing.TB) (core.App, *desktest.Browser) {
	t.Helper()
	app := desktest.New(t)
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Role: access.Owner, Password: password}); err != nil {
		t.Fatal(err)
	}
	s := desktest.Serve(t, app)
	return app, desktest.SignIn(t, s, "owner@heye.cn", password)
}

func form(to string) url.Values { return url.Values{"warm": {"on"}, "to": {to}} }

func inStore(s *s3test.Store, key, secret string) url.Values {
	f := form(s.Address())
	f.Set("replica_key", key)
	f.Set("replica_secret", secret)
	return f
}

func until(t testing.TB, app core.App, what string, so func(s replica.Status, on bool) bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(60 * time.Second); !so(backup.ReplicaStatus(app)); {
		select {
		case <-tick.C:
		case <-end:
			s, on := backup.ReplicaStatus(app)
			t.Fatalf("not %s: %v, %+v", what, on, s)
		}
	}
}

func whole(s replica.Status, _ bool) bool { return !s.Fresh.IsZero() }

func taken(s replica.Status, _ bool) bool { return errors.Is(s.Failing, replica.ErrTaken) }

// The form takes what works and nothing else, says what is wrong in the reader's
// language, and never shows a secret.
func TestWarmCopyIsSetByTheForm(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	store := s3test.New(t)
	const page = "/admin/backups"
	for name, c := range map[string]struct {
		form url.Values
		key  string
		is   s3test.Trouble
	}{
		"no path":        {form("nas"), "to_wrong", nil},
		"not mounted":    {form(filepath.Join(t.TempDir(), "nas")), "trouble_folder", nil},
		"another secret": {inStore(store, s3test.Key, "x"), "trouble_keys", nil},
		"another key":    {inStore(store, "x", s3test.Secret), "trouble_keys", nil},
		"no bucket":      {form(strings.Replace(store.Address(), "s3://shop", "s3://other", 1)), "trouble_keys", nil},
		"nobody there":   {form("s3://shop/w?endpoint=http://127.0.0.1:1&style=path"), "trouble_refused", nil},
		"busy":           {inStore(store, s3test.Key, s3test.Secret), "trouble_busy", s3test.Busy},
		"torn":           {inStore(store, s3test.Key, s3test.Secret), "trouble_torn", s3test.Torn},
	} {
		store.Has(c.is)
		for _, lang := range locale.Languages {
			a := owner.Send(http.MethodPost, page+"/replica", strings.NewReader(c.form.Encode()), "application/x-www-form-urlencoded", "Accept-Language", lang)
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, locale.In(lang).T("backup."+c.key)) {
				t.Errorf("%s in %s: %d, without %q", name, lang, a.Status, locale.In(lang).T("backup."+c.key))
			}
		}
		if _, on := backup.ReplicaStatus(app); on {
			t.Fatalf("%s: it is kept all the same", name)
		}
	}
	store.Has(nil)
	if a := owner.Post(page+"/replica", inStore(store, s3test.Key, s3test.Secret)); a.Status != http.StatusSeeOther {
		t.Fatalf("what works: %d %s", a.Status, a.Text)
	}
	until(t, app, "whole", whole)
	if a := owner.Get(page); strings.Contains(a.Text, s3test.Secret) || !strings.Contains(a.Text, "warm-now") {
		t.Error("the page shows the secret, or nothing of the copy")
	}
	if a := owner.Post(page+"/replica", inStore(store, s3test.Key, "")); a.Status != http.StatusSeeOther { // the secret stays
		t.Errorf("saved again: %d", a.Status)
	}
	moved := inStore(store, s3test.Key, "")
	moved.Set("to", strings.Replace(store.Address(), "/warm", "/elsewhere", 1))
	if a := owner.Post(page+"/replica", moved); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a secret went to another place: %d", a.Status)
	}
	if a := owner.Post(page+"/replica", url.Values{}); a.Status != http.StatusSeeOther {
		t.Errorf("switched off: %d", a.Status)
	}
	if _, on := backup.ReplicaStatus(app); on {
		t.Error("it is kept although it was switched off")
	}
}

// What is erased is in no log, whoever owns it.
func TestErasedWhileFollowed(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	if a := owner.Post("/admin/backups/replica", form(t.TempDir())); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	until(t, app, "whole", whole)
	c := <-visitors(t, app, 1)
	const customer, secret = "quark0000000000", "我住在翠微路十七号"
	known(t, app, c.Id, customer, secret)
	if _, err := conversations.PostAsVisitor(app, c, conversations.Draft{ID: "a", Kind: conversations.Text, Text: secret}); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(app.DataDir(), "data.db-wal")
	if raw, err := os.ReadFile(log); err != nil || !strings.Contains(string(raw), secret) {
		t.Fatalf("it was never in the log (%v)", err)
	}
	if ours, _, err := replica.Cut(t.Context(), app); !ours || err != nil {
		t.Fatalf("nobody else owns it: %v, %v", ours, err)
	}
	people, err := access.People(app)
	if err == nil {
		err = conversations.EndAll(app, people[0], customer)
	}
	if err == nil {
		_, err = conversations.Erase(app, people[0], customer)
	}
	if err != nil {
		t.Fatal(err)
	}
	until(t, app, "purged", func(replica.Status, bool) bool { // while somebody reads the log, it is not
		var stage int
		if err := errors.Join(conversations.Purge(app), app.DB().NewQuery("SELECT purge FROM words_from").Row(&stage)); err != nil {
			t.Fatal(err)
		}
		return stage == 0
	})
	for _, name := range []string{"data.db", "data.db-wal"} {
		if raw, err := os.ReadFile(filepath.Join(app.DataDir(), name)); err != nil || strings.Contains(string(raw), secret) {
			t.Errorf("%s has it (%v)", name, err)
		}
	}
}

// People are told once when the copy falls behind, and once when it is in step
// again; robots are, too. Nobody is told of one that was switched off.
func TestPeopleAreToldOfTheWarmCopy(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "an@heye.cn", Nickname: "客服小安", Role: access.Agent, Password: password}); err != nil {
		t.Fatal(err)
	}
	robot, err := notices.Add(app, notices.Draft{Name: "邮箱", Kind: notices.Mail, Address: "ops@heye.cn"})
	if err != nil {
		t.Fatal(err)
	}
	people, err := access.People(app)
	if err != nil {
		t.Fatal(err)
	}
	var told []notices.Notice
	notices.OnTell(app).BindFunc(func(e *notices.TellEvent) error { told = append(told, e.Notice); return e.Next() })
	if a := owner.Post("/admin/backups/replica", form(t.TempDir())); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	until(t, app, "whole", whole)
	look := func(later time.Duration, want ...string) {
		t.Helper()
		if err := backup.LookAfter(app, later); err != nil {
			t.Fatal(err)
		}
		keys := make([]string, 0, len(told))
		for _, n := range told {
			keys = append(keys, n.Key)
			if n.Code != notices.Backup || !slices.Equal(n.To, []string{people[0].ID}) {
				t.Errorf("%s goes to %v", n.Code, n.To)
			}
		}
		if !slices.Equal(keys, want) {
			t.Errorf("told %v, want %v", keys, want)
		}
	}
	const begins, ends = "backup.case_warm", "backup.case_warm_over"
	look(0)
	look(time.Hour, begins)
	look(2*time.Hour, begins)
	look(0, begins, ends)
	look(time.Hour, begins, ends, begins)
	var said struct {
		Text  string `db:"text"`
		Count int    `db:"count"`
	}
	if err := app.DB().NewQuery("SELECT text, count FROM alerts WHERE robot = {:robot} AND code = 'backup'").Bind(map[string]any{"robot": robot.Id}).One(&said); err != nil || said.Count != 3 || said.Text != locale.In(locale.Default).T(begins) {
		t.Errorf("the robot has to say %+v, %v", said, err)
	}
	if a := owner.Post("/admin/backups/replica", url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	look(3*time.Hour, begins, ends, begins)
}

// Where another machine has gone on with the shop, people are told at once, the page and
// the health say what to do, the desk works on; and whoever switches the copy off and on
// again has said that this one is the right one.
func TestCopyThatAnotherMachineHasTaken(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	const page = "/admin/backups"
	to := form(t.TempDir())
	if a := owner.Post(page+"/replica", to); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	until(t, app, "whole", whole)
	if err := backup.Restart(app); err != nil {
		t.Fatal(err)
	}
	until(t, app, "whole again", whole)
	other := filepath.Join(to.Get("to"), "generations", "20990101-000000-00000000")
	if err := os.WriteFile(other, []byte("-"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := backup.Restart(app); err != nil {
		t.Fatal(err)
	}
	until(t, app, "refused", taken)
	var told []string
	notices.OnTell(app).BindFunc(func(e *notices.TellEvent) error { told = append(told, e.Notice.Key); return e.Next() })
	if err := backup.LookAfter(app, 0); err != nil || !slices.Equal(told, []string{"backup.case_taken"}) {
		t.Errorf("told %v, %v", told, err)
	}
	for _, lang := range locale.Languages {
		words := html.EscapeString(locale.In(lang).T("backup.trouble_taken"))
		if a := owner.Send(http.MethodGet, page, nil, "", "Accept-Language", lang); !strings.Contains(a.Text, words) {
			t.Errorf("the page does not say so in %s", lang)
		}
	}
	c := <-visitors(t, app, 1)
	if _, err := conversations.PostAsVisitor(app, c, conversations.Draft{ID: "a", Kind: conversations.Text, Text: "在吗"}); err != nil {
		t.Error(err)
	}
	if err := backup.LookAfter(app, 0); err != nil { // the clock does not say so for anybody
		t.Fatal(err)
	}
	until(t, app, "refused", taken)
	for _, f := range []url.Values{{}, to} {
		if a := owner.Post(page+"/replica", f); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
	}
	until(t, app, "whole", whole)
	if s, _ := backup.ReplicaStatus(app); s.Name <= filepath.Base(other) {
		t.Errorf("it goes on with %s", s.Name)
	}
}
