package access_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// open serves the shop.
func open(t testing.TB) (*tests.TestApp, *httptest.Server) {
	t.Helper()
	app := shop(t)
	return app, desktest.Serve(t, app)
}

// answer is a response that was read to its end.
type answer struct {
	StatusCode int
	Header     http.Header
	Cookies    []*http.Cookie
	Text       string
}

func post(t testing.TB, s *httptest.Server, path, contentType, text string, header ...string) answer {
	t.Helper()
	return send(t, s, http.MethodPost, path, text, append(header, "Content-Type", contentType)...)
}

func send(t testing.TB, s *httptest.Server, method, path, text string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, res.Cookies(), string(raw)}
}

// token signs in by PocketBase's endpoint.
func token(t testing.TB, s *httptest.Server, identity string) string {
	t.Helper()
	res := post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"`+identity+`","password":"`+password+`"}`)
	b := read(t, res)
	if b.Token == "" {
		t.Fatalf("no token for %s: %s", identity, b.Message)
	}
	return b.Token
}

// cookie signs in at the page.
func cookie(t testing.TB, s *httptest.Server, identity string, header ...string) string {
	t.Helper()
	form := url.Values{"identity": {identity}, "password": {password}, "next": {"/desk"}}
	res := post(t, s, "/sign-in", formType, form.Encode(), header...)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies) != 1 {
		t.Fatalf("sign-in: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	c := res.Cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) != 43 {
		t.Errorf("cookie: %s", c)
	}
	return c.Name + "=" + c.Value
}

func who(t testing.TB, s *httptest.Server, header ...string) int {
	t.Helper()
	return send(t, s, http.MethodGet, "/api/xiaoer/who", "", header...).StatusCode
}

func TestSignInByEmailOrPhone(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	form := url.Values{"identity": {"owner@heye.cn"}, "password": {password}, "next": {"/desk?conversation=a"}}
	if res := post(t, s, "/sign-in", formType, form.Encode()); res.Header.Get("Location") != "/desk?conversation=a" {
		t.Errorf("to %q", res.Header.Get("Location"))
	}
	for _, identity := range []string{"owner@heye.cn", "Owner@Heye.cn ", "13800138000", "138 0013 8000"} {
		if got := who(t, s, "Authorization", "Bearer "+token(t, s, identity)); got != 200 {
			t.Errorf("token of %q: %d", identity, got)
		}
		if got := who(t, s, "Cookie", cookie(t, s, identity)); got != 200 {
			t.Errorf("cookie of %q: %d", identity, got)
		}
	}
}

// Under TLS, here at a proxy, no subdomain and no plain connection can set or
// read the cookie; and the plain one counts for nothing there.
func TestCookieUnderTLS(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	tls := []string{"X-Forwarded-Proto", "https"}
	form := url.Values{"identity": {"ann@heye.cn"}, "password": {password}}
	res := post(t, s, "/sign-in", formType, form.Encode(), tls...)
	if len(res.Cookies) != 1 || res.Cookies[0].Name != "__Host-xiaoer" || !res.Cookies[0].Secure || res.Cookies[0].Domain != "" {
		t.Fatalf("cookies: %v", res.Cookies)
	}
	value := res.Cookies[0].Value
	if a, b := who(t, s, append(tls, "Cookie", "__Host-xiaoer="+value)...), who(t, s, append(tls, "Cookie", "xiaoer="+value)...); a != 200 || b != 401 {
		t.Errorf("with the prefix %d, without %d", a, b)
	}
}

// Whatever ends a sign-in ends it at once on this server.
func TestSignInsEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(app core.App, s *httptest.Server, c string) error{
		"disabled": func(app core.App, _ *httptest.Server, _ string) error {
			return access.Disable(app, nil, staff(t, app, "ann@heye.cn").Id)
		},
		"all ended": func(app core.App, _ *httptest.Server, _ string) error {
			return access.EndSignIns(app, staff(t, app, "ann@heye.cn").Id, "")
		},
		"new password": func(app core.App, _ *httptest.Server, _ string) error {
			return rename(app, "password", "another-horse-8")
		},
		"deleted": func(app core.App, _ *httptest.Server, _ string) error {
			return app.Delete(staff(t, app, "ann@heye.cn"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, s := open(t)
			bearer, c := "Bearer "+token(t, s, "ann@heye.cn"), cookie(t, s, "ann@heye.cn")
			if who(t, s, "Authorization", bearer) != 200 || who(t, s, "Cookie", c) != 200 {
				t.Fatal("not signed in")
			}
			if err := end(app, s, c); err != nil {
				t.Fatal(err)
			}
			if a, b := who(t, s, "Authorization", bearer), who(t, s, "Cookie", c); a != 401 || b != 401 {
				t.Errorf("token %d, cookie %d, want 401", a, b)
			}
		})
	}
}

func rename(app core.App, field string, value any) error {
	r, err := app.FindAuthRecordByEmail(access.Collection, "ann@heye.cn")
	if err != nil {
		return err
	}
	r.Set(field, value)
	return app.Save(r)
}

func TestSignOutEndsTheSignInOnTheServer(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	first := cookie(t, s, "ann@heye.cn")
	second := cookie(t, s, "ann@heye.cn", "Cookie", first) // signing in again gives a new one and ends the old
	if first == second || who(t, s, "Cookie", first) != 401 || who(t, s, "Cookie", second) != 200 {
		t.Error("a sign-in does not renew the session")
	}
	res := send(t, s, http.MethodPost, "/sign-out", "", "Cookie", second)
	if res.StatusCode != http.StatusSeeOther || who(t, s, "Cookie", second) != 401 {
		t.Error("signed out, and the cookie still speaks")
	}
	if res := send(t, s, http.MethodPost, "/sign-out", "", "Cookie", second, "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site signs people out: %d", res.StatusCode)
	}
}

// Only what a sign-in gave out opens anything.
func TestTokensOfOtherKindsAreRefused(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	good := token(t, s, "ann@heye.cn")
	record, _ := app.FindAuthRecordByEmail(access.Collection, "ann@heye.cn")
	unbound, _ := record.NewAuthToken()
	file, _ := record.NewFileToken()
	superuser, _ := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "owner@heye.cn")
	super, _ := superuser.NewAuthToken()
	flipped := []byte(good)
	flipped[len(flipped)-2] ^= 1
	other := token(t, s, "owner@heye.cn")
	mixed := good[:strings.LastIndex(good, ".")] + other[strings.LastIndex(other, "."):]
	for name, bad := range map[string]string{
		"unbound": unbound, "file": file, "superuser": super, "flipped": string(flipped), "another's signature": mixed,
		"none": "", "null": "null", "zero": "0", "object": `{"$ne":1}`, "alg none": "eyJhbGciOiJub25lIn0.e30.",
		"cookie's value": strings.TrimPrefix(cookie(t, s, "ann@heye.cn"), "xiaoer="),
	} {
		if got := who(t, s, "Authorization", "Bearer "+bad); got != 401 {
			t.Errorf("%s: %d", name, got)
		}
		if _, err := access.ByToken(app, bad); fail.Of(err).Kind != fail.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
		if got := who(t, s, "Cookie", "xiaoer="+bad); got != 401 && name != "cookie's value" {
			t.Errorf("%s as a cookie: %d", name, got)
		}
	}
	if got := who(t, s, "Authorization", "Bearer "+good, "Origin", "https://app.example"); got != 200 {
		t.Errorf("the good one: %d", got)
	}
}

func TestRouteAsksForItsPermission(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	for identity, want := range map[string]int{"owner@heye.cn": 200, "ann@heye.cn": 403} {
		if got := send(t, s, http.MethodPost, "/api/xiaoer/staff", "", "Authorization", token(t, s, identity)).StatusCode; got != want {
			t.Errorf("%s by token: %d, want %d", identity, got, want)
		}
		c := cookie(t, s, identity)
		if got := send(t, s, http.MethodPost, "/api/xiaoer/staff", "", "Cookie", c).StatusCode; got != want {
			t.Errorf("%s by cookie: %d, want %d", identity, got, want)
		}
		if got := send(t, s, http.MethodPost, "/api/xiaoer/staff", "", "Cookie", c, "Sec-Fetch-Site", "cross-site").StatusCode; got != 403 {
			t.Errorf("%s from another site: %d", identity, got)
		}
	}
}

// A stranger learns nothing about which accounts there are.
func TestUnknownWrongAndDisabledAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	add(t, app, access.Newcomer{Email: "gone@heye.cn", Nickname: "离职", Role: access.Agent})
	if err := access.Disable(app, nil, staff(t, app, "gone@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	var page, api string
	for _, identity := range []string{"nobody@heye.cn", "ann@heye.cn", "gone@heye.cn"} {
		secret := password
		if identity == "ann@heye.cn" {
			secret = "wrong-password"
		}
		form := url.Values{"identity": {identity}, "password": {secret}}
		res := post(t, s, "/sign-in", formType, form.Encode())
		text := strings.ReplaceAll(res.Text, identity, "")
		if res.StatusCode != http.StatusUnauthorized || page != "" && text != page || strings.Contains(text, secret) {
			t.Errorf("page for %s: %d", identity, res.StatusCode)
		}
		page = text
		res = post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"`+identity+`","password":"`+secret+`"}`)
		if res.StatusCode != http.StatusBadRequest || api != "" && res.Text != api {
			t.Errorf("api for %s: %d %s", identity, res.StatusCode, res.Text)
		}
		api = res.Text
	}
}

func TestInitialPasswordOpensOnlyItsOwnChange(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	add(t, app, access.Newcomer{Email: "new@heye.cn", Nickname: "新人", Role: access.Agent, MustChange: true})
	res := post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"new@heye.cn","password":"`+password+`"}`)
	if b := read(t, res); res.StatusCode != http.StatusUnauthorized || b.Token != "" {
		t.Errorf("a token for an initial password: %d", res.StatusCode)
	}
	c := cookie(t, s, "new@heye.cn")
	if got := who(t, s, "Cookie", c); got != 401 {
		t.Errorf("let in with an initial password: %d", got)
	}
	for _, secret := range []string{"12345678", password} {
		again := post(t, s, "/password", formType, url.Values{"password": {secret}}.Encode(), "Cookie", c)
		if again.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("new password %q: %d", secret, again.StatusCode)
		}
	}
	res = post(t, s, "/password", formType, "password=another-horse-8", "Cookie", c)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies) != 1 {
		t.Fatalf("change: %d", res.StatusCode)
	}
	if who(t, s, "Cookie", c) != 401 || who(t, s, "Cookie", res.Cookies[0].Name+"="+res.Cookies[0].Value) != 200 {
		t.Error("the session was not renewed")
	}
}

// What of PocketBase's own API would go past the rules answers as if it were
// not there, to its superuser too.
func TestClosedBuiltins(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	superuser, _ := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "owner@heye.cn")
	super, _ := superuser.NewAuthToken()
	collection, _ := app.FindCollectionByNameOrId(access.Collection)
	for _, c := range []struct{ method, path string }{
		{"POST", "/api/sql"},
		{"GET", "/api/backups"},
		{"POST", "/api/backups"},
		{"POST", "/api/backups/upload"},
		{"GET", "/api/backups/x.zip"},
		{"POST", "/api/batch"},
		{"POST", "/api/collections"},
		{"PATCH", "/api/collections/staff"},
		{"DELETE", "/api/collections/staff"},
		{"DELETE", "/api/collections/staff/truncate"},
		{"PUT", "/api/collections/import"},
		{"POST", "/api/collections/meta/dry-run-view"},
		{"POST", "/api/collections/staff/auth-refresh"},
		{"POST", "/api/collections/" + collection.Id + "/auth-refresh"},
		{"POST", "/api/collections/staff/impersonate/" + staff(t, app, "ann@heye.cn").Id},
		{"POST", "/api/collections/staff/request-password-reset"},
		{"POST", "/api/collections/staff/auth-with-otp"},
		{"POST", "/api/collections/%73taff/request-otp"},
		{"POST", "/api/collections/staff/auth-with-oauth2"},
	} {
		if got := send(t, s, c.method, c.path, "{}", "Authorization", super, "Content-Type", jsonType).StatusCode; got != 404 {
			t.Errorf("%s %s: %d, want 404", c.method, c.path, got)
		}
	}
	for _, path := range []string{"/api/collections", "/api/collections/staff/records", "/api/health", "/api/settings"} {
		if got := send(t, s, http.MethodGet, path, "", "Authorization", super).StatusCode; got != 200 {
			t.Errorf("GET %s: %d, want 200", path, got)
		}
	}
	res := send(t, s, http.MethodPatch, "/api/collections/staff/records/"+staff(t, app, "owner@heye.cn").Id, `{"disabled":true}`,
		"Authorization", super, "Content-Type", jsonType)
	if res.StatusCode != http.StatusConflict {
		t.Errorf("the dashboard disables the last owner: %d", res.StatusCode)
	}
	if got := send(t, s, http.MethodGet, "/api/collections/staff/records", "", "Authorization", token(t, s, "ann@heye.cn")).StatusCode; got == 200 {
		t.Error("staff read the collection past our routes")
	}
}

func TestHugeCredentialsAreRefusedUnread(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	huge := strings.Repeat("a", 10<<20)
	if got := post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"ann@heye.cn","password":"`+huge+`"}`).StatusCode; got != 413 {
		t.Errorf("api: %d", got)
	}
	if got := post(t, s, "/sign-in", formType, "identity=ann@heye.cn&password="+huge).StatusCode; got != 413 {
		t.Errorf("page: %d", got)
	}
}

func TestCommandsWorkBesideAServer(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	run := func(stdin string, args ...string) (string, error) {
		var out strings.Builder
		c := access.Commands(app)[0]
		c.SetArgs(args)
		c.SetIn(strings.NewReader(stdin))
		c.SetOut(&out)
		c.SetErr(io.Discard)
		c.SilenceErrors, c.SilenceUsage = true, true
		err := c.ExecuteContext(t.Context())
		return out.String(), err
	}
	out, err := run(password+"\r\n", "add", "Bo@heye.cn", "--nickname", "阿波", "--role", "supervisor", "--group", "pre-sale", "--group", "投诉", "--cap", "3", "--weight", "8", "--password-stdin", "--json")
	if err != nil || !strings.Contains(out, `"email":"bo@heye.cn"`) || !strings.Contains(out, `"cap":3,"weight":8`) {
		t.Fatalf("add: %v %s", err, out)
	}
	if got := who(t, s, "Authorization", token(t, s, "bo@heye.cn")); got != 200 {
		t.Errorf("a new account signs in: %d", got)
	}
	for name, args := range map[string][]string{
		"no password":  {"add", "c@heye.cn", "--nickname", "丙"},
		"no such role": {"add", "c@heye.cn", "--nickname", "丙", "--role", "king", "--password-stdin"},
		"no group":     {"add", "c@heye.cn", "--nickname", "丙", "--group", "厨房", "--password-stdin"},
		"no nickname":  {"add", "c@heye.cn", "--password-stdin"},
		"nothing":      {},
	} {
		if _, err = run(password, args...); fail.Of(err).Kind != fail.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err = run("", "disable", "bo@heye.cn"); err != nil {
		t.Fatal(err)
	}
	out, err = run("", "list", "--json")
	if err != nil || strings.Count(out, `"disabled":true`) != 1 || strings.Count(out, `"id"`) != 3 {
		t.Errorf("list: %v %s", err, out)
	}
}
