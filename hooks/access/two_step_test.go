package access_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pquerna/otp/totp"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// phone is an authenticator with the recovery codes that came with it.
type phone struct {
	secret string
	codes  []string
}

// code is what it shows, some steps from now: a clock may be one off.
func (p phone) code(t testing.TB, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(p.secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

var (
	shownSecret = regexp.MustCompile(`class="pg-secret">([A-Z2-7 ]+)<`)
	shownCode   = regexp.MustCompile(`<code>([a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4})</code>`)
)

// enrol sets two-step sign-in up for whose cookie it is, with the code of the
// step before, and returns the new cookie.
func enrol(t testing.TB, s *httptest.Server, cookie string) (phone, string) {
	t.Helper()
	page := send(t, s, http.MethodGet, "/account/two-step", "", "Cookie", cookie)
	found := shownSecret.FindStringSubmatch(page.Text)
	if found == nil {
		t.Fatalf("no key is offered: %d", page.StatusCode)
	}
	p := phone{secret: strings.ReplaceAll(found[1], " ", "")}
	form := url.Values{"act": {"begin"}, "code": {p.code(t, -1)}, "current": {password}}
	res := post(t, s, "/account/two-step", formType, form.Encode(), "Cookie", cookie)
	for _, code := range shownCode.FindAllStringSubmatch(res.Text, -1) {
		p.codes = append(p.codes, code[1])
	}
	if res.StatusCode != http.StatusOK || len(p.codes) != 10 || len(res.Cookies) != 1 {
		t.Fatalf("set up: %d, %d codes", res.StatusCode, len(p.codes))
	}
	return p, res.Cookies[0].Name + "=" + res.Cookies[0].Value
}

// step does the first step and returns the cookie for the second.
func step(t testing.TB, s *httptest.Server, identity string) string {
	t.Helper()
	form := url.Values{"identity": {identity}, "password": {password}, "next": {"/desk"}}
	res := post(t, s, "/sign-in", formType, form.Encode())
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/sign-in/code" || len(res.Cookies) != 1 {
		t.Fatalf("first step: %d to %q with %v", res.StatusCode, res.Header.Get("Location"), res.Cookies)
	}
	return res.Cookies[0].Name + "=" + res.Cookies[0].Value
}

func second(t testing.TB, s *httptest.Server, step, code string) answer {
	t.Helper()
	return post(t, s, "/sign-in/code", formType, url.Values{"code": {code}}.Encode(), "Cookie", step)
}

func TestPasswordAloneOpensNothing(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	before := cookie(t, s, "ann@heye.cn")
	other := token(t, s, "ann@heye.cn")
	p, now := enrol(t, s, before)
	if who(t, s, "Cookie", before) != 401 || who(t, s, "Cookie", now) != 200 || who(t, s, "Authorization", other) != 401 {
		t.Error("the session was not renewed, or another one lives on")
	}
	first := step(t, s, "ann@heye.cn")
	value := first[strings.IndexByte(first, '=')+1:]
	if who(t, s, "Cookie", first) != 401 || who(t, s, "Cookie", "xiaoer="+value) != 401 || who(t, s, "Authorization", "Bearer "+value) != 401 {
		t.Fatal("the first step is a sign-in")
	}
	if res := send(t, s, http.MethodGet, "/sign-in/code", "", "Cookie", first); res.StatusCode != http.StatusOK || strings.Contains(res.Text, p.secret) {
		t.Errorf("the code's page: %d", res.StatusCode)
	}
	for name, code := range map[string]string{"none": "", "used already": p.code(t, -1), "wrong": "000000"} {
		if res := second(t, s, first, code); res.StatusCode != http.StatusUnauthorized || len(res.Cookies) != 0 {
			t.Errorf("%s: %d %v", name, res.StatusCode, res.Cookies)
		}
	}
	res := second(t, s, first, " "+p.code(t, 0)[:3]+" "+p.code(t, 0)[3:])
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/desk" {
		t.Fatalf("the right code: %d", res.StatusCode)
	}
	if again := second(t, s, first, p.code(t, 1)); again.StatusCode != http.StatusUnauthorized {
		t.Errorf("the first step works twice: %d", again.StatusCode)
	}
	if res := second(t, s, step(t, s, "ann@heye.cn"), p.code(t, 0)); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code works twice: %d", res.StatusCode)
	}
	if res := send(t, s, http.MethodGet, "/sign-in/code", "", "Cookie", first); res.StatusCode != http.StatusSeeOther {
		t.Errorf("without a first step: %d", res.StatusCode)
	}
}

// One person's code is worth nothing with another's first step.
func TestCodesAreBoundToTheirPerson(t *testing.T) {
	t.Parallel()
	_, s := open(t)
	ann, _ := enrol(t, s, cookie(t, s, "ann@heye.cn"))
	owner, _ := enrol(t, s, cookie(t, s, "owner@heye.cn"))
	first := step(t, s, "owner@heye.cn")
	for name, code := range map[string]string{"another's code": ann.code(t, 0), "another's recovery code": ann.codes[0]} {
		if res := second(t, s, first, code); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if res := second(t, s, first, owner.code(t, 0)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("one's own: %d", res.StatusCode)
	}
}

func TestRightAndWrongCodesInARace(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	p, _ := enrol(t, s, cookie(t, s, "ann@heye.cn"))
	race := func(each func() answer) (in int64) {
		var all sync.WaitGroup
		var let atomic.Int64
		for range 100 {
			all.Go(func() {
				if res := each(); res.StatusCode == http.StatusSeeOther && res.Header.Get("Location") != "/sign-in" {
					let.Add(1)
				}
			})
		}
		all.Wait()
		return let.Load()
	}
	count := func(why string) int64 {
		n, err := app.CountRecords("sign_ins", dbx.HashExp{"why": why})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := step(t, s, "ann@heye.cn")
	if in := race(func() answer { return second(t, s, first, "123456") }); in != 0 || count("wrong_code") > 5 {
		t.Errorf("%d of 100 wrong codes are in, %d were compared", in, count("wrong_code"))
	}
	if res := second(t, s, first, p.code(t, 0)); res.StatusCode == http.StatusSeeOther {
		t.Error("after that the right one still is")
	}
	owner, _ := enrol(t, s, cookie(t, s, "owner@heye.cn"))
	first, code := step(t, s, "owner@heye.cn"), owner.code(t, 0)
	if in := race(func() answer { return second(t, s, first, code) }); in != 1 {
		t.Errorf("the right code let in %d times", in)
	}
}

func TestRecoveryCodesWorkOnce(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	p, c := enrol(t, s, cookie(t, s, "owner@heye.cn"))
	steps := []string{step(t, s, "owner@heye.cn"), step(t, s, "owner@heye.cn"), step(t, s, "owner@heye.cn")}
	var all sync.WaitGroup
	var let atomic.Int64
	for _, first := range steps {
		all.Go(func() {
			if second(t, s, first, p.codes[0]).StatusCode == http.StatusSeeOther {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != 1 {
		t.Errorf("at the same time it let in %d times", let.Load())
	}
	if res := second(t, s, step(t, s, "owner@heye.cn"), strings.ToUpper(strings.ReplaceAll(p.codes[1], "-", " "))); res.StatusCode != http.StatusSeeOther {
		t.Errorf("typed another way: %d", res.StatusCode)
	}
	form := url.Values{"act": {"codes"}, "code": {p.codes[2]}, "current": {password}}
	res := post(t, s, "/account/two-step", formType, form.Encode(), "Cookie", c)
	fresh := shownCode.FindAllStringSubmatch(res.Text, -1)
	if len(fresh) != 10 {
		t.Fatalf("new codes: %d, %d", res.StatusCode, len(fresh))
	}
	var used int
	if err := app.DB().NewQuery("SELECT COUNT(*) FROM recovery_codes").Row(&used); err != nil || used != 10 {
		t.Errorf("%d codes are kept, %v", used, err)
	}
	if res := second(t, s, step(t, s, "owner@heye.cn"), p.codes[3]); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an old one: %d", res.StatusCode)
	}
	if res := second(t, s, step(t, s, "owner@heye.cn"), fresh[0][1]); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a new one: %d", res.StatusCode)
	}
}

// PocketBase's endpoints ask for the code in the same body, those of the
// dashboard too.
func TestEndpointsAskForTheCode(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	app.Settings().RateLimits.Enabled = false // PocketBase's own: they all come from one address
	su, _ := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "owner@heye.cn")
	old, _ := su.NewAuthToken()
	p, _ := enrol(t, s, cookie(t, s, "owner@heye.cn"))
	if got := send(t, s, http.MethodGet, "/api/settings", "", "Authorization", old).StatusCode; got == 200 {
		t.Error("a token of the dashboard from before lives on")
	}
	auth := func(collection, fields string) answer {
		return post(t, s, "/api/collections/"+collection+"/auth-with-password", jsonType, `{"identity":"owner@heye.cn"`+fields+`}`)
	}
	for _, collection := range []string{"staff", "_superusers", su.Collection().Id} {
		for name, fields := range map[string]string{
			"no code": `,"password":"` + password + `"`, "an empty one": `,"password":"` + password + `","code":""`,
			"a number": `,"password":"` + password + `","code":123456`, "an object": `,"password":"` + password + `","code":{"$ne":1}`,
			"a list": `,"password":"` + password + `","code":["` + p.code(t, 0) + `"]`, "null": `,"password":"` + password + `","code":null`,
			"true": `,"password":"` + password + `","code":true`,
		} {
			res := auth(collection, fields)
			var b struct {
				Token string `json:"token"`
				Data  struct {
					Code    string `json:"code"`
					TwoStep bool   `json:"two_step"`
				} `json:"data"`
			}
			_ = json.Unmarshal([]byte(res.Text), &b)
			if res.StatusCode != http.StatusUnauthorized || b.Data.Code != "two_step" || !b.Data.TwoStep || b.Token != "" {
				t.Errorf("%s, %s: %d %s", collection, name, res.StatusCode, res.Text)
			}
		}
	}
	if res := auth("staff", `,"password":"wrong-password","code":"`+p.code(t, 0)+`"`); res.StatusCode != http.StatusBadRequest || strings.Contains(res.Text, "two_step") {
		t.Errorf("whether there is a second step shows without the password: %d %s", res.StatusCode, res.Text)
	}
	res := auth("staff", `,"password":"`+password+`","code":"`+p.code(t, 0)+`"`)
	if b := read(t, res); b.Token == "" || who(t, s, "Authorization", b.Token) != 200 {
		t.Errorf("with the code: %d", res.StatusCode)
	}
	if again := auth("_superusers", `,"password":"`+password+`","code":"`+p.code(t, 0)+`"`); again.StatusCode != http.StatusUnauthorized {
		t.Errorf("the same code once more: %d", again.StatusCode)
	}
	res = auth("_superusers", `,"password":"`+password+` `+p.code(t, 1)+`"`) // as typed into the dashboard's form
	super := read(t, res).Token
	if super == "" || send(t, s, http.MethodGet, "/api/settings", "", "Authorization", super).StatusCode != http.StatusOK {
		t.Fatalf("the dashboard with the code behind the password: %d %s", res.StatusCode, res.Text)
	}
	if got := send(t, s, http.MethodPost, "/api/collections/_superusers/auth-refresh", "", "Authorization", super).StatusCode; got != 200 {
		t.Errorf("the dashboard stays open: %d", got)
	}
	if res := auth("staff", `,"password":"`+password+`","code":"`+p.codes[0]+`"`); res.StatusCode != http.StatusOK {
		t.Errorf("a recovery code: %d", res.StatusCode)
	}
	for _, action := range []string{"impersonate/" + su.Id, "request-password-reset", "confirm-password-reset", "request-otp", "auth-with-otp", "request-email-change"} {
		if got := post(t, s, "/api/collections/_superusers/"+action, jsonType, "{}", "Authorization", super).StatusCode; got != 404 {
			t.Errorf("%s of a superuser: %d", action, got)
		}
	}
	found := send(t, s, http.MethodGet, "/api/collections/staff/records", "", "Authorization", super)
	everything := found.Text + send(t, s, http.MethodGet, "/api/collections", "", "Authorization", super).Text
	if found.StatusCode != http.StatusOK || strings.Contains(everything, p.secret) || strings.Contains(everything, "secret\":\"") || strings.Contains(everything, "recovery_codes") {
		t.Error("the API tells of secrets")
	}
	if strings.Contains(everything, `"name":"two_step_secrets"`) {
		t.Error("secrets are a collection")
	}
}

// At rest there is neither a secret nor a code, and the key lies beside the data
// for its owner alone.
func TestSecretsAreNotAtRest(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	p, _ := enrol(t, s, cookie(t, s, "ann@heye.cn"))
	info, err := os.Stat(filepath.Join(app.DataDir(), "two_step.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	for _, name := range []string{"data.db", "data.db-wal", "auxiliary.db", "auxiliary.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(app.DataDir(), name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, hidden := range append([]string{p.secret}, p.codes...) {
			if bytes.Contains(raw, []byte(hidden)) || bytes.Contains(raw, []byte(strings.ReplaceAll(hidden, "-", ""))) {
				t.Errorf("%s is in %s", hidden, name)
			}
		}
	}
}

// Two-step sign-in is switched on by its owner with a phone, and by nobody else.
func TestTwoStepIsOnesOwn(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	r, _ := app.FindRecordById(access.Collection, staff(t, app, "ann@heye.cn").Id)
	r.Set("two_step", time.Now())
	if err := app.Save(r); err == nil {
		t.Error("a record locks somebody out")
	}
	c := cookie(t, s, "ann@heye.cn")
	p, c := enrol(t, s, c)
	for name, form := range map[string]url.Values{
		"no password":    {"act": {"off"}, "code": {p.code(t, 0)}},
		"wrong password": {"act": {"off"}, "code": {p.code(t, 0)}, "current": {"wrong-password"}},
		"no code":        {"act": {"off"}, "current": {password}},
		"wrong code":     {"act": {"off"}, "code": {"000000"}, "current": {password}},
		"set up again":   {"act": {"begin"}, "code": {p.code(t, 0)}, "current": {password}},
	} {
		if res := post(t, s, "/account/two-step", formType, form.Encode(), "Cookie", c); res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusConflict {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if !person(t, app, "ann@heye.cn").TwoStep {
		t.Fatal("it is off")
	}
	form := url.Values{"act": {"off"}, "code": {p.code(t, 0)}, "current": {password}}
	res := post(t, s, "/account/two-step", formType, form.Encode(), "Cookie", c)
	if res.StatusCode != http.StatusSeeOther || person(t, app, "ann@heye.cn").TwoStep || who(t, s, "Cookie", c) != 401 {
		t.Errorf("switched off: %d", res.StatusCode)
	}
	var left int
	if err := app.DB().NewQuery("SELECT (SELECT COUNT(*) FROM two_step_secrets) + (SELECT COUNT(*) FROM recovery_codes)").Row(&left); err != nil || left != 0 {
		t.Errorf("%d secrets are left, %v", left, err)
	}
	cookie(t, s, "ann@heye.cn") // with the password alone
}

// Who has lost it is helped by somebody who may do as much, and signed out.
func TestLostSecondStep(t *testing.T) {
	t.Parallel()
	app, s := open(t)
	_, c := enrol(t, s, cookie(t, s, "owner@heye.cn"))
	ann := person(t, app, "ann@heye.cn")
	if err := access.DropTwoStep(app, ann, staff(t, app, "owner@heye.cn").Id); err == nil {
		t.Error("an agent switches off the owner's")
	}
	if err := access.DropTwoStep(app, nil, staff(t, app, "owner@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	if who(t, s, "Cookie", c) != 401 || person(t, app, "owner@heye.cn").TwoStep {
		t.Error("it is still on, or the session lives")
	}
	cookie(t, s, "owner@heye.cn")
	initial, err := access.ResetPassword(app, person(t, app, "owner@heye.cn"), ann.ID)
	if err != nil || !person(t, app, "ann@heye.cn").MustChange || len(initial) != 14 {
		t.Fatalf("reset: %q %v", initial, err)
	}
	if _, err := access.ResetPassword(app, person(t, app, "ann@heye.cn"), staff(t, app, "owner@heye.cn").Id); err == nil {
		t.Error("an agent resets the owner's password")
	}
	form := url.Values{"identity": {"ann@heye.cn"}, "password": {initial}}
	if res := post(t, s, "/sign-in", formType, form.Encode()); res.Header.Get("Location") != "/password" {
		t.Errorf("a first password leads to %q", res.Header.Get("Location"))
	}
}
