package access_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const public = "https://kf.heye.cn"

// postOffice is a shop with a mail server and a public address.
func postOffice(t testing.TB) (*tests.TestApp, *httptest.Server) {
	t.Helper()
	app := shop(t)
	app.Settings().SMTP.Enabled = true
	app.Settings().Meta.SenderAddress = "shop@heye.cn"
	if err := settings.SaveShop(app, settings.Shop{Name: "禾野<img src=x>\r\nBcc: evil@example.com", Language: "zh-CN", BaseURL: public}); err != nil {
		t.Fatal(err)
	}
	return app, desktest.Serve(t, app)
}

// asks wants a link and waits until the outbox has dealt with it.
func asks(t testing.TB, app *tests.TestApp, s *httptest.Server, identity string, header ...string) answer {
	t.Helper()
	res := post(t, s, "/forgot", formType, url.Values{"identity": {identity}}.Encode(), header...)
	late := time.After(10 * time.Second)
	for {
		n, err := app.CountRecords("outbox", dbx.HashExp{"kind": "password_reset"})
		if err == nil && n == 0 {
			return res
		}
		select {
		case <-late:
			t.Fatalf("still in the outbox: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

var mailed = regexp.MustCompile(regexp.QuoteMeta(public) + `(/reset/[A-Za-z0-9_-]{43})\b`)

// link is that of the last mail.
func link(t testing.TB, app *tests.TestApp) string {
	t.Helper()
	found := mailed.FindStringSubmatch(app.TestMailer.LastMessage().Text)
	if found == nil {
		t.Fatalf("no link in %q", app.TestMailer.LastMessage().Text)
	}
	return found[1]
}

func chooses(t testing.TB, s *httptest.Server, path, next string) int {
	t.Helper()
	return post(t, s, path, formType, url.Values{"password": {next}}.Encode()).StatusCode
}

// C35. The letter says what the shop and people are called as text, in one header
// each, and leads to the shop's public address whatever is asked for.
func TestLinkToANewPasswordWorksOnce(t *testing.T) {
	t.Parallel()
	app, s := postOffice(t)
	c := cookie(t, s, "ann@heye.cn")
	asks(t, app, s, "Ann@heye.cn", "Host", "evil.example", "X-Forwarded-Host", "evil.example", "Origin", "")
	m := app.TestMailer.LastMessage()
	if app.TestMailer.TotalSend() != 1 || len(m.To) != 1 || m.To[0].Address != "ann@heye.cn" || strings.ContainsAny(m.Subject+m.From.Name, "\r\n") ||
		strings.Contains(m.Text+m.HTML, "evil.example/") || strings.Contains(m.HTML, "<img") || !strings.Contains(m.HTML, link(t, app)) {
		t.Errorf("mail: %+v", m)
	}
	path := link(t, app)
	var kept int
	if err := app.DB().NewQuery("SELECT COUNT(*) FROM password_resets WHERE hash LIKE {:hash}").Bind(dbx.Params{"hash": "%" + path[7:20] + "%"}).Row(&kept); err != nil || kept != 0 {
		t.Errorf("the secret is kept as it is: %v", err)
	}
	if res := send(t, s, http.MethodGet, path, ""); res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Referrer-Policy"), "origin") {
		t.Errorf("the link: %d", res.StatusCode)
	}
	for _, weak := range []string{"", "12345678", password} {
		if got := chooses(t, s, path, weak); got != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", weak, got)
		}
	}
	if who(t, s, "Cookie", c) != 200 {
		t.Error("to ask ends the sign-in")
	}
	var all sync.WaitGroup
	var let atomic.Int64
	for range 10 {
		all.Go(func() {
			if chooses(t, s, path, "another-horse-8") == http.StatusOK {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != 1 || who(t, s, "Cookie", c) != 401 || !staff(t, app, "ann@heye.cn").ValidatePassword("another-horse-8") {
		t.Errorf("the link worked %d times", let.Load())
	}
	if got := chooses(t, s, path, "yet-another-horse-9"); got != http.StatusNotFound {
		t.Errorf("afterwards: %d", got)
	}
}

// What makes a link worthless.
func TestLinksDie(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, app *tests.TestApp){
		"half an hour": func(t *testing.T, app *tests.TestApp) {
			if _, err := app.DB().Update("password_resets", dbx.Params{"ends": time.Now().Add(-time.Second).Unix()}, nil).Execute(); err != nil {
				t.Fatal(err)
			}
		},
		"another password": func(t *testing.T, app *tests.TestApp) {
			if err := rename(app, "password", "yet-another-horse-9"); err != nil {
				t.Fatal(err)
			}
		},
		"another address": func(t *testing.T, app *tests.TestApp) {
			if err := rename(app, "email", "anna@heye.cn"); err != nil {
				t.Fatal(err)
			}
		},
		"a disabled account": func(t *testing.T, app *tests.TestApp) {
			if err := access.Disable(app, nil, staff(t, app, "ann@heye.cn").Id); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, s := postOffice(t)
			asks(t, app, s, "ann@heye.cn")
			path := link(t, app)
			end(t, app)
			if got := send(t, s, http.MethodGet, path, "").StatusCode; got != http.StatusNotFound {
				t.Errorf("the page: %d", got)
			}
			if got := chooses(t, s, path, "another-horse-8"); got != http.StatusNotFound {
				t.Errorf("the act: %d", got)
			}
		})
	}
}

// Who asks learns nothing about which accounts there are, and an account gets
// three mails an hour.
func TestAskingTellsNothing(t *testing.T) {
	t.Parallel()
	app, s := postOffice(t)
	add(t, app, access.Newcomer{Email: "gone@heye.cn", Nickname: "离职", Role: access.Agent})
	add(t, app, access.Newcomer{Phone: "13700000000", Nickname: "无邮箱", Role: access.Agent})
	if err := access.Disable(app, nil, staff(t, app, "gone@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	var first answer
	for i, identity := range []string{"nobody@heye.cn", "ann@heye.cn", "gone@heye.cn", "13700000000", "13900000000", "x'; --", "a\r\nBcc: b@example.com"} {
		res := asks(t, app, s, identity)
		if i == 0 {
			first = res
		}
		if res.StatusCode != http.StatusOK || res.Text != first.Text {
			t.Errorf("%s: %d, another answer", identity, res.StatusCode)
		}
	}
	if n := app.TestMailer.TotalSend(); n != 1 {
		t.Errorf("%d mails", n)
	}
	for range 5 {
		asks(t, app, s, "ann@heye.cn")
	}
	if n := app.TestMailer.TotalSend(); n != 3 {
		t.Errorf("%d mails within an hour", n)
	}
	limited := 0
	for range 60 {
		if asks(t, app, s, "ann@heye.cn").StatusCode == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("an address asks without end")
	}
}

// Without a mail server, or an address to lead to, there is nothing to ask for.
func TestWithoutMailOneAsksAPerson(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	for range 2 {
		if res := send(t, s, http.MethodGet, "/sign-in", ""); strings.Contains(res.Text, "/forgot") {
			t.Error("the page offers what it cannot do")
		}
		if res := post(t, s, "/forgot", formType, "identity=ann@heye.cn"); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("asked all the same: %d", res.StatusCode)
		}
		app.Settings().SMTP.Enabled = true // and no address is known
	}
	if n := app.TestMailer.TotalSend(); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// The second step stays: a new password signs nobody in.
func TestANewPasswordIsNoSecondStep(t *testing.T) {
	t.Parallel()
	app, s := postOffice(t)
	enrol(t, s, cookie(t, s, "ann@heye.cn"))
	asks(t, app, s, "ann@heye.cn")
	res := post(t, s, link(t, app), formType, "password=another-horse-8")
	if res.StatusCode != http.StatusOK || len(res.Cookies) != 0 {
		t.Fatalf("%d %v", res.StatusCode, res.Cookies)
	}
	form := url.Values{"identity": {"ann@heye.cn"}, "password": {"another-horse-8"}}
	if res := post(t, s, "/sign-in", formType, form.Encode()); res.Header.Get("Location") != "/sign-in/code" {
		t.Errorf("to %q", res.Header.Get("Location"))
	}
}
