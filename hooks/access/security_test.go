package access_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

func rule(t testing.TB, app core.App, change func(*access.Security)) {
	t.Helper()
	rules := access.SecurityOf(app)
	change(&rules)
	if err := access.SaveSecurity(app, rules); err != nil {
		t.Fatal(err)
	}
}

func TestAgentsHoldOneBrowser(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	first, program := cookie(t, s, "ann@heye.cn"), token(t, s, "ann@heye.cn")
	second := cookie(t, s, "ann@heye.cn", "User-Agent", "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120")
	third := token(t, s, "ann@heye.cn")
	res := send(t, s, http.MethodGet, "/api/xiaoer/who", "", "Cookie", first, "Accept-Language", "zh-CN")
	if b := read(t, res); res.StatusCode != http.StatusUnauthorized || b.Message != "您的账号已在另一台设备登录" {
		t.Errorf("the first browser: %d %s", res.StatusCode, b.Message)
	}
	if who(t, s, "Cookie", second) != 200 || who(t, s, "Authorization", program) != 200 || who(t, s, "Authorization", third) != 200 {
		t.Error("programs count, or the second browser is out")
	}
	page := send(t, s, http.MethodGet, "/sign-in", "", "Cookie", first, "Accept-Language", "zh-CN")
	if !strings.Contains(page.Text, "在另一台设备登录（Edge · Windows，127.0.0.1）") {
		t.Error("the sign-in page does not say why")
	}
	if page = send(t, s, http.MethodGet, "/sign-in", ""); strings.Contains(page.Text, "Edge") {
		t.Error("it says so to a stranger")
	}
	a, b := cookie(t, s, "owner@heye.cn"), cookie(t, s, "owner@heye.cn")
	if who(t, s, "Cookie", a) != 200 || who(t, s, "Cookie", b) != 200 {
		t.Error("an owner holds one browser only")
	}
}

// What is over is ended without anybody's doing, and says why.
func TestOverdueSignInsAreEnded(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	c, program := cookie(t, s, "owner@heye.cn"), token(t, s, "owner@heye.cn")
	at := time.Now()
	for _, c := range []struct {
		after time.Duration
		open  int
		why   string
	}{{11 * time.Hour, 2, ""}, {12*time.Hour + 2*time.Minute, 0, "idle"}} {
		if err := access.EndOverdue(app, at.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		open, err := access.OpenSignIns(app, staff(t, app, "owner@heye.cn").Id, at)
		if err != nil || len(open) != c.open {
			t.Errorf("after %s: %d are open, %v", c.after, len(open), err)
		}
	}
	past, err := access.SignInHistory(app, staff(t, app, "owner@heye.cn").Id)
	if err != nil || len(past) != 2 {
		t.Fatalf("%d, %v", len(past), err)
	}
	for _, p := range past {
		if want := map[bool]string{false: "idle", true: "expired"}[p.Program()]; p.Why != want || p.Ended.IsZero() {
			t.Errorf("%s ended as %q", p.Kind, p.Why)
		}
	}
	if who(t, s, "Cookie", c) != 401 || who(t, s, "Authorization", program) != 401 {
		t.Error("they still speak")
	}
	page := send(t, s, http.MethodGet, "/sign-in", "", "Cookie", c, "Accept-Language", "zh-CN")
	if !strings.Contains(page.Text, "有一段时间没有操作") {
		t.Error("the sign-in page does not say why")
	}
}

// Shorter rules hold for browsers that are signed in already.
func TestShorterRulesHoldAtOnce(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	c := cookie(t, s, "owner@heye.cn")
	_, err := app.DB().Update("sign_ins", dbx.Params{"created": types.NowDateTime().Add(-48 * time.Hour).String()}, nil).Execute()
	if err != nil {
		t.Fatal(err)
	}
	rule(t, app, func(r *access.Security) { r.LongestDays = 1 })
	if err := access.Prefer(app, staff(t, app, "owner@heye.cn").Id, "zh-CN", "dark"); err != nil { // forget what was read
		t.Fatal(err)
	}
	if got := who(t, s, "Cookie", c); got != 401 {
		t.Errorf("after two days: %d", got)
	}
}

func TestNothingPassesBeforeADuty(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	c, program := cookie(t, s, "ann@heye.cn"), token(t, s, "ann@heye.cn")
	blocked := func(what, place string) {
		t.Helper()
		if a, b := who(t, s, "Cookie", c), who(t, s, "Authorization", program); a != 401 || b != 401 {
			t.Errorf("%s: cookie %d, token %d", what, a, b)
		}
		if _, err := access.ByToken(app, program); fail.Of(err).Kind != fail.Unauthorized {
			t.Errorf("%s: a socket is let in: %v", what, err)
		}
		if res := send(t, s, http.MethodGet, "/account", "", "Cookie", c); res.Header.Get("Location") != place {
			t.Errorf("%s: a page leads to %q", what, res.Header.Get("Location"))
		}
		if res := send(t, s, http.MethodPost, "/account/sign-ins/end", "", "Cookie", c); res.StatusCode == http.StatusOK || res.Header.Get("Location") == "/account" {
			t.Errorf("%s: an act passes: %d", what, res.StatusCode)
		}
		res := post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"ann@heye.cn","password":"`+password+`"}`)
		if b := read(t, res); res.StatusCode != http.StatusUnauthorized || b.Token != "" {
			t.Errorf("%s: a token: %d", what, res.StatusCode)
		}
		if res := send(t, s, http.MethodGet, "/sign-in", "", "Cookie", c); res.Header.Get("Location") != place {
			t.Errorf("%s: the sign-in page leads to %q", what, res.Header.Get("Location"))
		}
	}
	rule(t, app, func(r *access.Security) { r.TwoStep = []string{access.Agent} })
	blocked("without a second step", "/account/two-step")
	if who(t, s, "Cookie", cookie(t, s, "owner@heye.cn")) != 200 {
		t.Error("another role is asked too")
	}
	form := url.Values{"identity": {"ann@heye.cn"}, "password": {password}}
	if res := post(t, s, "/sign-in", formType, form.Encode()); res.Header.Get("Location") != "/account/two-step" {
		t.Errorf("a sign-in leads to %q", res.Header.Get("Location"))
	} else {
		c = res.Cookies[0].Name + "=" + res.Cookies[0].Value
	}
	_, c = enrol(t, s, c)
	if who(t, s, "Cookie", c) != 200 {
		t.Error("with a second step nothing passes")
	}

	rule(t, app, func(r *access.Security) { r.TwoStep, r.RotationDays = nil, 30 })
	if who(t, s, "Cookie", c) != 200 {
		t.Error("a young password is too old")
	}
	r, _ := app.FindRecordById(access.Collection, staff(t, app, "ann@heye.cn").Id)
	r.Set("password_set", time.Now().AddDate(0, 0, -31))
	r.Set("two_step", nil)
	if err := app.Save(r); err != nil {
		t.Fatal(err)
	}
	if res := post(t, s, "/sign-in", formType, form.Encode()); res.Header.Get("Location") != "/password" {
		t.Errorf("an old password leads to %q", res.Header.Get("Location"))
	} else {
		c = res.Cookies[0].Name + "=" + res.Cookies[0].Value
	}
	blocked("with an old password", "/password")
	for _, next := range []string{password, "12345678"} {
		res := post(t, s, "/password", formType, url.Values{"current": {password}, "password": {next}}.Encode(), "Cookie", c)
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("renewed by %q: %d", next, res.StatusCode)
		}
	}
	res := post(t, s, "/password", formType, url.Values{"current": {password}, "password": {"another-horse-8"}}.Encode(), "Cookie", c)
	if res.StatusCode != http.StatusSeeOther || who(t, s, "Cookie", res.Cookies[0].Name+"="+res.Cookies[0].Value) != 200 {
		t.Errorf("renewed: %d", res.StatusCode)
	}
}

func TestRulesArePreviewedSavedAndGuarded(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	c := cookie(t, s, "owner@heye.cn")
	good := url.Values{"min_length": {"10"}, "rotation_days": {"90"}, "idle_minutes": {"60"}, "longest_days": {"7"}, "two_step": {"agent", "owner"}, "one_sign_in": {"owner"}}
	with := func(changes ...string) url.Values {
		form := url.Values{"version": {web.Version(access.SecurityOf(app))}}
		for k, v := range good {
			form[k] = v
		}
		for i := 0; i < len(changes); i += 2 {
			form.Set(changes[i], changes[i+1])
		}
		return form
	}
	for field, value := range map[string]string{"min_length": "7", "rotation_days": "-1", "idle_minutes": "1", "longest_days": "0"} {
		res := post(t, s, "/admin/security", formType, with(field, value).Encode(), "Cookie", c)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.Text, `id="`+field+`-error"`) {
			t.Errorf("%s = %s: %d", field, value, res.StatusCode)
		}
	}
	res := post(t, s, "/admin/security/effects", formType, good.Encode(), "Cookie", c, "Accept-Language", "en")
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Text, "2 people have to set up two-step sign-in") || access.SecurityOf(app).RotationDays != 0 {
		t.Errorf("preview: %d %s", res.StatusCode, res.Text)
	}
	if res := post(t, s, "/admin/security", formType, with("version", "stale").Encode(), "Cookie", c); res.StatusCode != http.StatusConflict || !strings.Contains(res.Text, "ad-conflict") {
		t.Errorf("over another's change: %d", res.StatusCode)
	}
	ann := cookie(t, s, "ann@heye.cn")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if res := send(t, s, method, "/admin/security", "", "Cookie", ann); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s by an agent: %d", method, res.StatusCode)
		}
	}
	if res := post(t, s, "/admin/security", formType, with().Encode(), "Cookie", c); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d", res.StatusCode)
	}
	rules := access.SecurityOf(app)
	if rules.PasswordLeast != 10 || rules.RotationDays != 90 || rules.IdleMinutes != 60 || rules.LongestDays != 7 || len(rules.TwoStep) != 2 || len(rules.OneSignIn) != 1 {
		t.Errorf("%+v", rules)
	}
	if res := send(t, s, http.MethodGet, "/admin/security", "", "Cookie", c); res.Header.Get("Location") != "/account/two-step" {
		t.Errorf("the rules do not hold for who made them: %q", res.Header.Get("Location"))
	}
}

func TestAccountIsOnesOwn(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	owner, office := cookie(t, s, "owner@heye.cn"), cookie(t, s, "owner@heye.cn", "User-Agent", "curl/8")
	ann := cookie(t, s, "ann@heye.cn")
	form := url.Values{"identity": {"owner@heye.cn"}, "password": {"wrong-password"}}
	post(t, s, "/sign-in", formType, form.Encode(), "User-Agent", "Mozilla/5.0 (iPhone) Safari/605")
	page := send(t, s, http.MethodGet, "/account", "", "Cookie", owner, "Accept-Language", "zh-CN").Text
	for _, part := range []string{"owner@heye.cn", "curl/8", "密码错误", "Safari · iPhone", "当前设备"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	open, err := access.OpenSignIns(app, staff(t, app, "ann@heye.cn").Id, time.Now())
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	if res := send(t, s, http.MethodPost, "/account/sign-ins/"+open[0].ID+"/end", "", "Cookie", owner); res.StatusCode != http.StatusNotFound || who(t, s, "Cookie", ann) != 200 {
		t.Errorf("somebody else's sign-in is ended: %d", res.StatusCode)
	}
	if res := send(t, s, http.MethodPost, "/account/sign-ins/end", "", "Cookie", owner); res.StatusCode != http.StatusSeeOther || who(t, s, "Cookie", office) != 401 || who(t, s, "Cookie", owner) != 200 {
		t.Errorf("the others: %d", res.StatusCode)
	}
}

// From one address, whatever it says of itself, few guesses at one account are
// let through, and few at many; at the page, PocketBase's endpoints and the code.
func TestGuessesAreFewWhateverTheyClaim(t *testing.T) {
	t.Parallel()
	app := desktest.New(t) // trusts no proxy
	app.Settings().RateLimits.Enabled = false
	s := desktest.Serve(t, app)
	add(t, app, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Role: access.Owner})
	claim := func(i int) []string {
		a := netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}).String()
		return []string{"X-Forwarded-For", a, "X-Real-IP", a, "Forwarded", "for=" + a}
	}
	let := map[string]int{}
	for i := range 300 {
		form := url.Values{"identity": {"owner@heye.cn"}, "password": {"guess-number-" + strconv.Itoa(i)}}
		if res := post(t, s, "/sign-in", formType, form.Encode(), claim(i)...); res.StatusCode != http.StatusTooManyRequests {
			let["page"]++
		}
		body := `{"identity":"owner@heye.cn","password":"guess-number-` + strconv.Itoa(i) + `"}`
		for _, collection := range []string{"staff", "_superusers"} {
			if res := post(t, s, "/api/collections/"+collection+"/auth-with-password", jsonType, body, claim(i)...); res.StatusCode != http.StatusTooManyRequests {
				let[collection]++
			}
		}
	}
	if let["page"]+let["staff"]+let["_superusers"] != 5 {
		t.Errorf("let through: %v", let)
	}
	let = map[string]int{}
	for i := range 300 {
		body := `{"identity":"a` + strconv.Itoa(i) + `@heye.cn","password":"guess-number-1"}`
		if res := post(t, s, "/api/collections/staff/auth-with-password", jsonType, body, claim(i)...); res.StatusCode != http.StatusTooManyRequests {
			let["accounts"]++
		}
		if res := send(t, s, http.MethodGet, "/reset/"+strings.Repeat("a", 43), "", claim(i)...); res.StatusCode != http.StatusTooManyRequests {
			let["links"]++
		}
	}
	if let["accounts"]+let["links"] != 35 {
		t.Errorf("let through at many: %v", let)
	}
}

// However an answer says no, one password was compared.
func TestOneComparisonEach(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	add(t, app, access.Newcomer{Email: "gone@heye.cn", Nickname: "离职", Role: access.Agent})
	if err := access.Disable(app, nil, staff(t, app, "gone@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	n := access.CountComparisons(app)
	for _, identity := range []string{"ann@heye.cn", "nobody@heye.cn", "gone@heye.cn", "13900000000", "owner@heye.cn"} {
		before := n.Load()
		post(t, s, "/sign-in", formType, url.Values{"identity": {identity}, "password": {"wrong-password"}}.Encode())
		if got := n.Load() - before; got != 1 {
			t.Errorf("page, %s: %d", identity, got)
		}
		for _, collection := range []string{"staff", "_superusers"} {
			before = n.Load()
			post(t, s, "/api/collections/"+collection+"/auth-with-password", jsonType, `{"identity":"`+identity+`","password":"wrong-password"}`)
			if got := n.Load() - before; got != 1 {
				t.Errorf("%s, %s: %d", collection, identity, got)
			}
		}
	}
}
