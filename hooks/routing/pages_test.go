package routing_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/setup"
)

const at = "/admin/routing"

// set is a shop that was set up, with its owner in a browser.
func set(t *testing.T) (core.App, *desktest.Browser) {
	t.Helper()
	app := desktest.New(t)
	_, err := setup.Open(app, setup.Shop{Name: "禾野优选", Colour: "#2b6a4d", Language: "zh-CN", Owner: access.Newcomer{
		Email: "owner@heye.cn", Nickname: "小满", Password: "orange-Kettle-42",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return app, desktest.SignIn(t, desktest.Serve(t, app), "owner@heye.cn", "orange-Kettle-42")
}

var filledIn = regexp.MustCompile(`<input id="([a-z_.]+)" name="[a-z_.]+" value="([0-9.]+)" inputmode="decimal"`)

// shown is the form as the page shows it, with some of it changed.
func shown(t *testing.T, b *desktest.Browser, change ...string) url.Values {
	t.Helper()
	page := b.Get(at)
	form := url.Values{"version": {page.Version()}, "show_wait": {"on"}, "leaving.offline": {"awaiting"}, "leaving.off_duty": {"awaiting"}, "leaving.break": {"nothing"}}
	for _, field := range filledIn.FindAllStringSubmatch(page.Text, -1) {
		form.Set(field[1], field[2])
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// What the page shows of a shop that has decided nothing is the standard, and to
// save it changes nothing.
func TestTheFormShowsWhatIsInForce(t *testing.T) {
	t.Parallel()
	app, owner := set(t)
	if a := owner.Post(at, shown(t, owner)); a.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d %.3000s", a.Status, a.Text)
	}
	if s := routing.SettingsOf(app); s != routing.Standard() {
		t.Errorf("saved as %+v", s)
	}
}

func TestWhatIsTypedIsInForce(t *testing.T) {
	t.Parallel()
	app, owner := set(t)
	form := shown(t, owner, "grace", "45", "return_within", "0.5", "starts.urgent", "1.55", "offer_after", "0", "leaving.break", "all",
		"customers_name_a", " 金卡 ", "customers_start_a", "12.5", "customers_vip_a", "on", "customers_name_b", "银卡", "distributors_name_c", "总代", "distributors_start_c", "0.02")
	form.Del("show_wait")
	form["customers"], form["distributors"] = []string{"b", "a"}, []string{"c"}
	if a := owner.Post(at, form); a.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d %.3000s", a.Status, a.Text)
	}
	want := routing.Standard()
	want.Grace, want.ReturnWithin, want.Starts.Urgent, want.OfferAfter = 45*time.Second, 30*time.Minute, 93*time.Second, 0
	want.ShowWait, want.Leaving.Break = false, access.HandAll
	if s := routing.SettingsOf(app); s != want {
		t.Errorf("in force: %+v, want %+v", s, want)
	}
	l := settings.LevelsOf(app)
	if len(l.Customers) != 2 || l.Customers[0] != (settings.Level{Name: "银卡"}) || l.Customers[1] != (settings.Level{Name: "金卡", Start: 750 * time.Second, VIP: true}) ||
		len(l.Distributors) != 1 || l.Distributors[0].Start != time.Second {
		t.Errorf("levels: %+v", l)
	}
	page := owner.Get(at)
	for _, text := range []string{`value="12.5"`, `value="1.55"`, `value="0.02"`, `value="金卡"`} {
		if !strings.Contains(page.Text, text) {
			t.Errorf("the form does not show %s", text)
		}
	}
}

// What cannot be is said beside its field, and the rest of what was typed stays.
func TestWhatCannotBeComesBack(t *testing.T) {
	t.Parallel()
	app, owner := set(t)
	for name, one := range map[string]struct{ field, value, says string }{
		"no number":            {"grace", "半小时", "请填一个数字"},
		"not a number":         {"night_window", "NaN", "请填一个数字"},
		"endless":              {"return_wait", "1e300", "请填 0 到 3600 秒"},
		"less than none":       {"starts.low", "-1", "请填 0 到 60 分钟"},
		"too short":            {"grace", "", "请填 5 到 600 秒"},
		"a month and a day":    {"return_within", "744", "请填 0 到 720 小时"},
		"no handing":           {"leaving.off_duty", "some", "pg-error"},
		"a level of no name":   {"customers_name_a", "", "请填写等级名称"},
		"a level of a day":     {"customers_start_a", "1440", "请填 0 到 60 分钟"},
		"a level of no number": {"customers_start_a", "x", "请填一个数字"},
	} {
		form := shown(t, owner, "dedicated_wait", "77", "customers_name_a", "金卡")
		form["customers"] = []string{"a"}
		form.Set(one.field, one.value)
		a := owner.Post(at, form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, one.says) || !strings.Contains(a.Text, `value="77"`) {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if s := routing.SettingsOf(app); s != routing.Standard() {
		t.Errorf("saved in part: %+v", s)
	}
	if err := settings.SaveLevels(app, settings.Levels{Distributors: []settings.Level{{Name: "VIP"}, {Name: " vip"}}}); fail.Of(err).Field != "distributors" {
		t.Errorf("a level twice: %v", err)
	}
}

// Who was faster is not overwritten unseen.
func TestASettingSavedMeanwhileIsSeen(t *testing.T) {
	t.Parallel()
	app, owner := set(t)
	form := shown(t, owner, "grace", "45")
	if err := settings.SaveLevels(app, settings.Levels{Customers: []settings.Level{{Name: "金卡"}}}); err != nil {
		t.Fatal(err)
	}
	a := owner.Post(at, form)
	if a.Status != http.StatusConflict || !strings.Contains(a.Text, "金卡") || !strings.Contains(a.Text, `value="45"`) {
		t.Fatalf("a conflict: %d", a.Status)
	}
	_, rest, _ := strings.Cut(a.Text, `name="over" value="`)
	over, _, _ := strings.Cut(rest, `"`)
	form.Set("over", over)
	if a := owner.Post(at, form); a.Status != http.StatusSeeOther || routing.SettingsOf(app).Grace != 45*time.Second {
		t.Errorf("saved over: %d", a.Status)
	}
}

// The example is served in the order in which the queue would be.
func TestTheExampleFollowsTheForm(t *testing.T) {
	t.Parallel()
	_, owner := set(t)
	order := func(change ...string) (places []int) {
		t.Helper()
		form := shown(t, owner, change...)
		form["customers"] = []string{"a"}
		a := owner.Post(at+"/example", form)
		if a.Status != http.StatusOK {
			t.Fatalf("example: %d", a.Status)
		}
		for _, who := range []string{"“紧急”的客户", "生气的客户", "金卡", "普通客户", "“不急”的客户"} {
			places = append(places, strings.Index(a.Text, who))
		}
		return places
	}
	rising := func(places []int) bool {
		for i := range places {
			if places[i] < 0 || i > 0 && places[i] < places[i-1] {
				return false
			}
		}
		return true
	}
	if places := order("customers_name_a", "金卡", "customers_start_a", "3.5"); !rising(places) {
		t.Errorf("by the standard: %v", places)
	}
	if places := order("customers_name_a", "金卡", "customers_start_a", "59", "starts.urgent", "nonsense"); places[2] > places[0] || places[2] > places[1] {
		t.Errorf("by a long start: %v", places)
	}
}
