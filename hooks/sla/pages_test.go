package sla_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

const page = "/admin/deadlines"

// inBrowser is a desk with its owner in a browser.
func inBrowser(t *testing.T) (*desk, *desktest.Browser) {
	t.Helper()
	d := furnished(t)
	d.colleague("owner")
	return d, desktest.SignIn(t, desktest.Serve(t, d.app), "owner@example.com", "orange-Kettle-42")
}

// filled is the form as it is shown, with some fields changed.
func filled(shown desktest.Answer, change ...string) url.Values {
	form := url.Values{"version": {shown.Version()}}
	for _, tag := range strings.Split(shown.Text, "<input")[1:] {
		tag, _, _ = strings.Cut(tag, ">")
		attribute := func(name string) string {
			_, rest, _ := strings.Cut(tag, " "+name+`="`)
			value, _, _ := strings.Cut(rest, `"`)
			return value
		}
		if attribute("type") != "checkbox" || strings.Contains(tag, " checked") {
			form.Set(attribute("name"), attribute("value"))
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func TestTimesAreSetAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	shown := owner.Get(page)
	if !strings.Contains(shown.Text, `value="30 秒"`) || !strings.Contains(shown.Text, `placeholder="5 分钟"`) {
		t.Fatal("the standard is not shown")
	}
	a := owner.Post(page, filled(shown, "normal_first", "1：30", "high_next", "3m", "urgent_urgent", "45", "low_first", "0", "warn", "50%", "after", "2分钟", "raise", "on"))
	if a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	s := sla.Of(d.app)
	for _, c := range []struct {
		priority, kind string
		want           time.Duration
	}{
		{"normal", "first", 90 * time.Second},
		{"high", "first", 90 * time.Second},
		{"high", "next", 3 * time.Minute},
		{"urgent", "next", 5 * time.Minute},
		{"urgent", "urgent", 45 * time.Second},
		{"low", "first", 0},
		{"normal", "left", 2 * time.Hour},
	} {
		if got := s.Limit("", c.priority, c.kind); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.priority, c.kind, got, c.want)
		}
	}
	if s.Warn != 50 || s.After != 2*time.Minute || !s.Raise || !s.Alarm || !s.TellAgent {
		t.Errorf("saved: %+v", s)
	}
	if again := owner.Get(page); !strings.Contains(again.Text, `value="1 分钟 30 秒"`) || !strings.Contains(again.Text, `action="/admin/deadlines/undo"`) {
		t.Error("what was saved is not shown cleanly, with its way back")
	}
	found, err := audit.Find(t.Context(), d.app, audit.Query{On: []audit.Object{{Kind: settings.Collection, ID: "deadlines"}}})
	d.must(err)
	if len(found.Entries) != 1 || !strings.Contains(string(found.Entries[0].Changes), "normal first=1m30s") {
		t.Errorf("the trail tells of %+v", found.Entries)
	}
	for field, wrong := range map[string]string{"normal_first": "soon", "low_left": "-1", "warn": "100", "after": "1 month", "experts": "nobodyhere12345"} {
		if a := owner.Post(page, filled(owner.Get(page), field, wrong)); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, field+"-error") || !strings.Contains(a.Text, "1 分钟 30 秒") {
			t.Errorf("%s = %s: %d", field, wrong, a.Status)
		}
	}
}

func TestSettingsOfAnotherAreNotWrittenOver(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	group := d.group("售后", hours.Week{})
	stale, staleGroup := owner.Get(page), owner.Get(page+"/groups/"+group)
	if a := owner.Post(page, filled(stale, "normal_first", "40")); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d", a.Status)
	}
	a := owner.Post(page, filled(stale, "normal_first", "50"))
	if a.Status != http.StatusConflict || !strings.Contains(a.Text, "40 秒") || sla.Of(d.app).Limit("", "normal", "first") != 40*time.Second {
		t.Fatalf("over another's: %d", a.Status)
	}
	if other := owner.Post(page+"/groups/"+group, filled(staleGroup, "urgent_next", "1:00")); other.Status != http.StatusSeeOther {
		t.Errorf("a group's is not what was changed: %d", other.Status)
	}
	if s := sla.Of(d.app); s.Limit(group, "urgent", "next") != time.Minute || s.Limit("", "normal", "first") != 40*time.Second {
		t.Errorf("together: %+v", s)
	}
	_, rest, _ := strings.Cut(a.Text, `name="over" value="`)
	over, _, _ := strings.Cut(rest, `"`)
	if a = owner.Post(page, filled(stale, "normal_first", "50", "over", over)); a.Status != http.StatusSeeOther || sla.Of(d.app).Limit("", "normal", "first") != 50*time.Second {
		t.Errorf("over another's, on purpose: %d", a.Status)
	}
	if s := sla.Of(d.app); s.Limit(group, "urgent", "next") != time.Minute {
		t.Errorf("the group's went with it: %+v", s)
	}
}

func TestASaveCanBeTakenBackUntilTheNext(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	if a := owner.Post(page+"/undo", nil); a.Status != http.StatusConflict {
		t.Errorf("nothing to take back: %d", a.Status)
	}
	owner.Post(page, filled(owner.Get(page), "normal_first", "40", "raise", "on"))
	if a := owner.Post(page+"/undo", nil); a.Status != http.StatusSeeOther || sla.Of(d.app).Limit("", "normal", "first") != 30*time.Second || sla.Of(d.app).Raise {
		t.Errorf("taken back: %d, %+v", a.Status, sla.Of(d.app))
	}
	owner.Post(page, filled(owner.Get(page), "normal_first", "40"))
	d.set(func(s *sla.Settings) { s.Warn = 10 }) // by somebody else
	if a := owner.Post(page+"/undo", nil); a.Status != http.StatusConflict || sla.Of(d.app).Warn != 10 {
		t.Errorf("another's was taken back with it: %d", a.Status)
	}
}

func TestGroupShowsWhatItInherits(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	group := d.group("售后", hours.Week{})
	at := page + "/groups/" + group
	if a := owner.Post(at, filled(owner.Get(at), "normal_first", "2分")); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	if a := owner.Get(page); !strings.Contains(a.Text, "普通首次回复 2 分钟") {
		t.Error("the list does not tell what the group has of its own")
	}
	if a := owner.Get(at); strings.Count(a.Text, `placeholder="2 分钟"`) != 3 || strings.Count(a.Text, `value="2 分钟"`) != 1 {
		t.Error("the other priorities do not show what they inherit")
	}
	if a := owner.Post(at, filled(owner.Get(at), "normal_first", "")); a.Status != http.StatusSeeOther || len(sla.Of(d.app).Times) != 2 {
		t.Errorf("emptied: %d %+v", a.Status, sla.Of(d.app).Times)
	}
	if a := owner.Get(page + "/groups/nobodyhere12345"); a.Status != http.StatusNotFound {
		t.Errorf("no such group: %d", a.Status)
	}
}

// A group that is no more must not leave times behind in which nobody can look.
func TestTimesOfDeletedGroupsGoWithTheNextSave(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	group := d.group("售后", hours.Week{})
	at := page + "/groups/" + group
	owner.Post(at, filled(owner.Get(at), "normal_first", "2分"))
	d.must(access.DeleteGroup(d.app, d.owner(), group, ""))
	if a := owner.Post(page, filled(owner.Get(page), "warn", "60")); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d", a.Status)
	}
	for _, times := range sla.Of(d.app).Times {
		if times.Group != "" {
			t.Errorf("left behind: %+v", times)
		}
	}
}

func TestExampleCountsInOpeningHours(t *testing.T) {
	t.Parallel()
	d, owner := inBrowser(t)
	group := d.group("售后", office())
	shown := owner.Get(page)
	ask := func(change ...string) string {
		t.Helper()
		form := filled(shown, append([]string{"suppose_group", group, "suppose_at", "2026-03-02T17:59:30"}, change...)...)
		a := owner.Post(page+"/example", form)
		if a.Status != http.StatusOK {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		return a.Text
	}
	if text := ask("normal_first", "1分钟"); !strings.Contains(text, "<b>17:59:45</b>") && !strings.Contains(text, "<b>18:00:00</b>") || !strings.Contains(text, "周二 09:00:30") || !strings.Contains(text, "周二 09:01:30") {
		t.Errorf("before the closing: %s", text)
	}
	if text := ask("suppose_at", "2026-03-06T20:00"); !strings.Contains(text, "周一 09:00:00 开始计时") || !strings.Contains(text, "周一 09:00:30") {
		t.Errorf("in the night: %s", text)
	}
	if text := ask("normal_first", "soon"); strings.Contains(text, "<b>") {
		t.Errorf("of what cannot be read: %s", text)
	}
	d.at(time.Date(2026, 3, 3, 10, 0, 0, 0, monday.Location()))
	if text := owner.Get(page + "/groups/" + group).Text; !strings.Contains(text, `value="2026-03-03T17:59:30"`) {
		t.Error("it does not begin half a minute before the closing")
	}
	if sla.Of(d.app).Limit("", "normal", "first") != 30*time.Second {
		t.Error("the example has saved something")
	}
}

// Whoever writes the row, the dashboard included.
func TestImpossibleRowsAreRefused(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.set(func(*sla.Settings) {})
	r, err := d.app.FindFirstRecordByData(settings.Collection, "key", "deadlines")
	d.must(err)
	for _, wrong := range []string{`{"times":["normal first=1ms"]}`, `{"times":["sometimes first=1s"]}`, `{"times":["normal"," normal"]}`, `{"warn":100}`, `{"times":7}`, `"x"`} {
		r.Set("value", wrong)
		if err := d.app.Save(r); fail.Of(err).Kind != fail.Invalid {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if s := sla.Of(d.app); s.Limit("", "normal", "first") != 30*time.Second {
		t.Errorf("in force: %+v", s)
	}
}
