package admin_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/setup"
)

const at = "/admin/settings"

// opened is a shop that was set up, with its owner in a browser.
func opened(t *testing.T) (*tests.TestApp, *httptest.Server, *desktest.Browser) {
	t.Helper()
	app := desktest.New(t)
	_, err := setup.Open(app, setup.Shop{Name: "禾野优选", Colour: "#2b6a4d", Language: "zh-CN", Owner: access.Newcomer{
		Email: "owner@heye.cn", Nickname: "小满", Password: password,
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := desktest.Serve(t, app)
	return app, server, desktest.SignIn(t, server, "owner@heye.cn", password)
}

func TestShopIsHeldToItsRulesWhoeverWritesIt(t *testing.T) {
	t.Parallel()
	app, _, owner := opened(t)
	version := owner.Get(at).Version()
	good := url.Values{"name": {"新名字"}, "colour": {"#0e7490"}, "language": {"en"}, "zone": {"Asia/Tokyo"}, "base_url": {"https://kf.example.com/"}, "version": {version}}
	for field, wrong := range map[string]string{
		"name": " ", "colour": "red", "language": "fr", "zone": "Nowhere/None", "base_url": "kf.example.com",
	} {
		bad := url.Values{}
		for key, value := range good {
			bad[key] = value
		}
		bad.Set(field, wrong)
		if a := owner.Post(at, bad); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "pg-error") || field != "base_url" && !strings.Contains(a.Text, "https://kf.example.com") {
			t.Errorf("%s: %d", field, a.Status)
		}
	}
	for _, base := range []string{"https://kf.example.com/x", "javascript:alert(1)", "https://a@kf.example.com", "https://kf.example.com?x=1", "//kf.example.com", "https://"} {
		if err := settings.SaveShop(app, settings.Shop{Name: "x", Colour: "#0e7490", BaseURL: base}); fail.Of(err).Field != "base_url" {
			t.Errorf("%s: %v", base, err)
		}
	}
	r, err := app.FindFirstRecordByData(settings.Collection, "key", "shop")
	if err != nil {
		t.Fatal(err)
	}
	r.Set("value", `{"name":""}`) // the dashboard's way
	if err := app.Save(r); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("a raw row: %v", err)
	}
	if a := owner.Post(at, good); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	if s := settings.ShopOf(app); s.Name != "新名字" || s.BaseURL != "https://kf.example.com" || s.Zone != "Asia/Tokyo" || s.Language != "en" {
		t.Errorf("saved: %+v", s)
	}
	if a := owner.Post(at, good); a.Status != http.StatusConflict || !strings.Contains(a.Text, "新名字") {
		t.Errorf("a save of what was seen before: %d", a.Status)
	}
}

func TestLimitsAreInForceAtOnce(t *testing.T) {
	t.Parallel()
	app, server, owner := opened(t)
	page := owner.Get(at + "/limits")
	form := url.Values{"version": {page.Version()}}
	for _, name := range []string{"visitor_sends", "visitor_send_window", "uploads", "upload_window", "upload_bytes_day", "new_visitors", "new_visitor_window", "visitor_sockets", "reveals", "reveal_window"} {
		_, rest, ok := strings.Cut(page.Text, `name="`+name+`" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		if !ok || value == "" {
			t.Fatalf("%s has no field", name)
		}
		form.Set(name, value)
	}
	for name, wrong := range map[string]string{"visitor_sends": "0", "uploads": "-1", "new_visitors": "x", "upload_window": "86401", "upload_bytes_day": "99999999999", "visitor_sockets": "1.5"} {
		bad := url.Values{}
		for key, value := range form {
			bad[key] = value
		}
		bad.Set(name, wrong)
		if a := owner.Post(at+"/limits", bad); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %s: %d", name, wrong, a.Status)
		}
	}
	arrive := func() int {
		res, err := server.Client().Post(server.URL+"/api/xiaoer/visitor", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if status := arrive(); status != http.StatusOK && status != http.StatusCreated {
		t.Fatalf("a visitor: %d", status)
	}
	form.Set("new_visitors", "1")
	if a := owner.Post(at+"/limits", form); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	if status := arrive(); status != http.StatusTooManyRequests {
		t.Errorf("over the new limit: %d", status)
	}
	if err := settings.SaveLimits(app, settings.Limits{}); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("no limits at all: %v", err)
	}
}

func TestMailPasswordStaysWithItsServer(t *testing.T) {
	t.Parallel()
	app, _, owner := opened(t)
	const secret = "mail-canary-7791"
	path := at + "/mail"
	send := func(change ...string) desktest.Answer {
		form := url.Values{"version": {owner.Get(path).Version()}, "on": {"on"}, "host": {"127.0.0.1"}, "port": {"465"}, "sender": {"kf@heye.cn"}}
		for i := 0; i+1 < len(change); i += 2 {
			form.Set(change[i], change[i+1])
		}
		return owner.Post(path, form)
	}
	if a := owner.Post(path+"/test", nil); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a test without a server: %d", a.Status)
	}
	for field, wrong := range map[string]string{"host": "http://x", "port": "0", "sender": "nobody"} {
		if a := send(field, wrong); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, field+"-error") {
			t.Errorf("%s = %s: %d", field, wrong, a.Status)
		}
	}
	if a := send("user", "kf", "password", secret); a.Status != http.StatusSeeOther || app.Settings().SMTP.Password != secret {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	if a := send("user", "kf", "sender", "other@heye.cn"); a.Status != http.StatusSeeOther || app.Settings().SMTP.Password != secret {
		t.Errorf("the password is lost with another sender: %d", a.Status)
	}
	for name, change := range map[string][]string{
		"host": {"user", "kf", "host", "evil.example.com"}, "port": {"user", "kf", "port", "2525"}, "user": {"user", "other"},
	} {
		if a := send(change...); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "password-error") {
			t.Errorf("another %s takes the password along: %d", name, a.Status)
		}
	}
	for _, page := range []string{path, at, at + "/system", "/admin/search?q=canary"} {
		if a := owner.Get(page); strings.Contains(a.Text, secret) {
			t.Errorf("%s shows the password", page)
		}
	}
	if a := send(); a.Status != http.StatusSeeOther || app.Settings().SMTP.Password != "" { // no user, no password
		t.Errorf("without a user: %d", a.Status)
	}
	if a := owner.Post(path+"/test", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("test: %d %s", a.Status, a.Text)
	}
	letter := app.TestMailer.LastMessage()
	if app.TestMailer.TotalSend() != 1 || letter.To[0].Address != "owner@heye.cn" || letter.From.Address != "kf@heye.cn" {
		t.Errorf("letter: %+v", letter)
	}
}

func TestDashboardIsThereForWhomTheOwnerSays(t *testing.T) {
	t.Parallel()
	_, server, owner := opened(t)
	path := at + "/system"
	sign := func() (int, string) {
		res, err := server.Client().Post(server.URL+"/api/collections/_superusers/auth-with-password", "application/json",
			strings.NewReader(`{"identity":"owner@heye.cn","password":"`+password+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var text strings.Builder
		_, _ = bufio.NewReader(res.Body).WriteTo(&text)
		_, rest, _ := strings.Cut(text.String(), `"token":"`)
		token, _, _ := strings.Cut(rest, `"`)
		return res.StatusCode, token
	}
	ask := func(path, token string) int {
		return owner.Send(http.MethodGet, path, nil, "", "Authorization", token).Status
	}
	status, token := sign()
	if status != http.StatusOK || ask("/api/collections/staff/records", token) != http.StatusOK {
		t.Fatalf("it does not open: %d, %d", status, ask("/api/collections/staff/records", token))
	}
	set := func(form url.Values) desktest.Answer {
		form.Set("version", owner.Get(path).Version())
		return owner.Post(path, form)
	}
	if a := set(url.Values{"on": {"on"}, "addresses": {"nowhere"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no address: %d", a.Status)
	}
	for name, form := range map[string]url.Values{"off": {}, "elsewhere": {"on": {"on"}, "addresses": {"203.0.113.7\n10.0.0.0/8"}}} {
		if a := set(form); a.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", name, a.Status, a.Text)
		}
		if status, _ := sign(); status != http.StatusNotFound {
			t.Errorf("%s: signing in answers %d", name, status)
		}
		for _, closed := range []string{"/api/collections/staff/records", "/api/settings", "/api/collections/_superusers/auth-methods"} {
			if got := ask(closed, token); got != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", name, closed, got)
			}
		}
		if a := owner.Get(path); a.Status != http.StatusOK {
			t.Errorf("%s: the console went with it: %d", name, a.Status)
		}
	}
	if a := set(url.Values{"on": {"on"}, "addresses": {"127.0.0.0/8"}}); a.Status != http.StatusSeeOther || ask("/api/collections/staff/records", token) != http.StatusOK {
		t.Errorf("back again: %d", a.Status)
	}
}
