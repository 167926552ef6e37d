package channels_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/setup"
)

const password = "orange-Kettle-42"

// shop is one that was set up, with its owner in a browser.
func shop(t *testing.T) (core.App, *desktest.Browser) {
	t.Helper()
	app := desktest.New(t)
	_, err := setup.Open(app, setup.Shop{Name: "禾野优选", Colour: "#2b6a4d", Language: "zh-CN", Owner: access.Newcomer{
		Email: "owner@heye.cn", Nickname: "小满", Password: password,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return app, desktest.SignIn(t, desktest.Serve(t, app), "owner@heye.cn", password)
}

func filled(change ...string) url.Values {
	form := url.Values{"name": {"小程序"}, "greeting": {"您好"}, "colour": {"#0e7490"}, "hours_mode": {"always"}}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// canary finds secrets in what was answered.
func canary(t *testing.T, a desktest.Answer, secrets ...string) int {
	t.Helper()
	n := 0
	for _, s := range secrets {
		n += strings.Count(a.Text, s)
	}
	return n
}

func TestSecretIsShownOnce(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	made := owner.Post("/admin/channels", filled())
	all, err := channels.All(app)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v, %d %s", all, err, made.Status, made.Text)
	}
	c := all[1]
	first := c.Secrets()[0].Text
	at := "/admin/channels/" + c.Id
	if n := canary(t, made, first); n != 1 {
		t.Errorf("after it was made, the secret is there %d times", n)
	}
	turned := owner.Post(at+"/identity", url.Values{"overlap": {"7"}})
	c, err = channels.ByID(app, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	second := c.Secrets()[0].Text
	if turned.Status != http.StatusOK || canary(t, turned, second) != 1 || canary(t, turned, first) != 0 {
		t.Errorf("turned: %d, the new one %d times, the old one %d", turned.Status, canary(t, turned, second), canary(t, turned, first))
	}
	for _, path := range []string{at, at + "/identity", at + "/install", "/admin/channels", "/admin/search?q=" + second[:8], "/admin/channels?q=" + second[:8]} {
		if a := owner.Get(path); a.Status != http.StatusOK || canary(t, a, first, second) != 0 {
			t.Errorf("%s: %d, secrets %d times", path, a.Status, canary(t, a, first, second))
		}
	}
	if a := owner.Get(at + "/identity"); !strings.Contains(a.Text, second[len(second)-4:]) || !strings.Contains(a.Text, first[len(first)-4:]) {
		t.Error("the secrets that sign cannot be told apart")
	}
}

// Each overlap holds for as long as it says and no longer, and one that is ended
// signs no more.
func TestOverlapsAreHonoured(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	c, err := channels.Default(app)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(secret string, now time.Time) bool {
		present, found := channels.ByID(app, c.Id)
		if found != nil {
			t.Fatal(found)
		}
		return channels.Verify(present, channels.Identity{ID: "u-1", HMAC: channels.Sign(secret, "u-1", 0)}, now) == nil
	}
	for _, days := range []string{"0", "1", "7", "30"} {
		c, err = channels.ByID(app, c.Id)
		if err != nil {
			t.Fatal(err)
		}
		old := c.Secrets()[0].Text
		if a := owner.Post("/admin/channels/"+c.Id+"/identity", url.Values{"overlap": {days}}); a.Status != http.StatusOK {
			t.Fatalf("%s days: %d", days, a.Status)
		}
		for length, d := range map[string]time.Duration{"0": 0, "1": 24 * time.Hour, "7": 7 * 24 * time.Hour, "30": 30 * 24 * time.Hour} {
			if length == days && (d > 0 && !verify(old, time.Now().Add(d-time.Minute)) || verify(old, time.Now().Add(d+time.Minute))) {
				t.Errorf("%s days are not kept", days)
			}
		}
	}
	c, err = channels.ByID(app, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	older := c.Secrets()[1]
	if a := owner.Post("/admin/channels/"+c.Id+"/identity/end", url.Values{"secret": {older.ID()}}); a.Status != http.StatusSeeOther || verify(older.Text, time.Now()) {
		t.Errorf("ended: %d", a.Status)
	}
	for _, secret := range []string{c.Secrets()[0].ID(), older.ID(), "", "x"} { // the newest, one that has ended, none
		if a := owner.Post("/admin/channels/"+c.Id+"/identity/end", url.Values{"secret": {secret}}); a.Status != http.StatusNotFound {
			t.Errorf("%q: %d", secret, a.Status)
		}
	}
	if !verify(c.Secrets()[0].Text, time.Now()) {
		t.Error("the newest secret has ended")
	}
	for _, overlap := range []string{"", "-1", "31", "x", "7.5"} {
		if a := owner.Post("/admin/channels/"+c.Id+"/identity", url.Values{"overlap": {overlap}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("overlap %q: %d", overlap, a.Status)
		}
	}
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	c, err := channels.Default(app)
	if err != nil {
		t.Fatal(err)
	}
	at := "/admin/channels/" + c.Id
	version := owner.Get(at).Version()
	form := filled("name", "官网", "version", version, "origins", "https://Shop.example.com/cart?x=1\nhttps://shop.example.com", "typing_preview", "on")
	form["entry"] = []string{"q2", "q1"}
	form.Set("entry_text_q1", "发货")
	form.Set("entry_text_q2", "退货<script>")
	form["entry_kinds_q2"] = []string{"order", "cart"}
	form.Set("entry_answer_q2", "7 天无理由")
	for field, wrong := range map[string]string{"name": "", "colour": "red", "origins": "nowhere", "entry_text_q1": "", "group": "none", "entry_group_q1": "none"} {
		bad := url.Values{}
		for key, value := range form {
			bad[key] = value
		}
		bad.Set(field, wrong)
		a := owner.Post(at, bad)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "退货&lt;script&gt;") || !strings.Contains(a.Text, "7 天无理由") || !strings.Contains(a.Text, "pg-error") {
			t.Errorf("%s = %q: %d", field, wrong, a.Status)
		}
	}
	if a := owner.Post(at, form); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	c, err = channels.ByID(app, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	entries := c.Entries()
	if c.Name() != "官网" || !c.TypingPreview() || !c.IsDefault() || !slices.Equal(c.Origins(), []string{"https://shop.example.com"}) ||
		len(entries) != 2 || entries[0].ID != "q2" || entries[0].Answer != "7 天无理由" || !slices.Equal(entries[0].Kinds, []string{"order", "cart"}) {
		t.Errorf("saved: %+v %v %v", entries, c.Origins(), c.Name())
	}
	// Somebody else has saved meanwhile: nothing is lost, and nothing happens unseen.
	late := owner.Post(at, filled("name", "我的名字", "version", version))
	if late.Status != http.StatusConflict || !strings.Contains(late.Text, "我的名字") || !strings.Contains(late.Text, "官网") {
		t.Fatalf("late: %d", late.Status)
	}
	_, rest, _ := strings.Cut(late.Text, `name="over" value="`)
	over, _, _ := strings.Cut(rest, `"`)
	if a := owner.Post(at, filled("name", "我的名字", "version", version, "over", over)); a.Status != http.StatusSeeOther {
		t.Errorf("over it: %d", a.Status)
	}
}

func TestDefaultStaysAndOthersGo(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	first, err := channels.Default(app)
	if err != nil {
		t.Fatal(err)
	}
	other := given(t, app, channels.New{Name: "H5"})
	if a := owner.Post("/admin/channels/"+first.Id+"/delete", nil); a.Status != http.StatusConflict {
		t.Errorf("the default was deleted: %d", a.Status)
	}
	if a := owner.Post("/admin/channels/"+other.Id+"/default", nil); a.Status != http.StatusSeeOther {
		t.Errorf("make default: %d", a.Status)
	}
	if a := owner.Post("/admin/channels/"+first.Id+"/delete", nil); a.Status != http.StatusSeeOther {
		t.Errorf("delete: %d", a.Status)
	}
	if a := owner.Get("/admin/channels/" + first.Id); a.Status != http.StatusNotFound {
		t.Errorf("gone: %d", a.Status)
	}
}

func TestInstallNamesTheChannel(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	c := given(t, app, channels.New{Name: "H5", Colour: "#0e7490", Origins: []string{"https://shop.example.com"}})
	page := owner.Get("/admin/channels/" + c.Id + "/install")
	for _, want := range []string{"widget.js", "data-channel=&#34;" + c.Id, "data-colour=&#34;#0e7490", "/chat?channel=" + c.Id, "https://shop.example.com"} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("%s is not there", want)
		}
	}
	for path, kind := range map[string]string{"qr.svg": "image/svg+xml", "qr.png": "image/png"} {
		if a := owner.Get("/admin/channels/" + c.Id + "/" + path + "?download"); a.Header.Get("Content-Type") != kind || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %v", path, a.Status, a.Header)
		}
	}
}

func TestOffHoursTextIsHeldToItsLength(t *testing.T) {
	t.Parallel()
	app := desk(t)
	c := given(t, app, channels.New{Name: "官网", OffHours: "休息中"})
	r, err := app.FindRecordById(channels.Collection, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("off_hours", strings.Repeat("长", 1001))
	if err := app.Save(r); fail.Of(err).Field != "off_hours" {
		t.Errorf("save = %v", err)
	}
	if got := (hours.Week{}).In("Asia/Tokyo").Zone; got != "Asia/Tokyo" {
		t.Errorf("zone %q", got)
	}
}
