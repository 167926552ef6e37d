package journeys_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// scenes are the pages, by route, each with what has to be seen before it is
// looked at. A route of HTML that has none fails the test below.
var scenes = map[string][]scene{
	"/sign-in": {
		{name: "sign-in", path: "/sign-in", sees: ".pg-form"},
		{name: "sign-in refused", path: "/sign-in", sees: ".pg-form", then: func(v *view) {
			v.write("[name=identity]", ownerMail)
			v.write("[name=password]", "wrong")
			v.click("button.pri", "")
			v.sees("[role=alert]", "")
		}},
	},
	"/sign-in/code": {{name: "code", as: ownerMail, path: "/account/two-step", sees: ".pg-qr", then: func(v *view) {
		v.begins2FA()
		v.signsOut()
		v.signsIn(ownerMail)
		v.sees("[name=code]", "")
		v.write("[name=code]", "000000")
		v.click("button.pri", "")
		v.sees(".pg-error", "")
		v.click("summary", "")
	}}},
	"/forgot":         {{name: "forgotten", path: "/forgot", sees: "h1"}},
	"/reset/{secret}": {{name: "reset over", path: "/reset/none", sees: "h1"}},
	"/account":        {{name: "account", as: ownerMail, path: "/account", sees: ".ac-me"}},
	"/account/two-step": {
		{name: "two-step", as: ownerMail, path: "/account/two-step", sees: ".pg-qr", then: func(v *view) {
			v.click("summary", "")
			v.write("[name=code]", "000000")
			v.write("[name=current]", password)
			v.click("button.pri", "")
			v.sees(".pg-error", "")
		}},
		{name: "recovery codes", as: agentMail, path: "/account/two-step", sees: ".pg-qr", then: func(v *view) { v.begins2FA() }},
		{name: "two-step on", as: agentMail, path: "/account/two-step", sees: ".pg-qr", then: func(v *view) {
			v.begins2FA()
			v.click("a.pri", "")
			v.until("the account", `location.pathname === "/account" && document.readyState === "complete"`)
			v.sees(".ac-me", "")
			v.click("[href='/account/two-step']", "")
			v.sees("[name=current]", "")
		}},
	},
	"/admin/security": {{name: "sign-in security", as: ownerMail, path: "/admin/security", sees: "#effects", then: func(v *view) {
		v.click("[name=two_step][value=owner]", "")
		v.sees("#effects .pg-note", "")
		v.click("[name=two_step][value=owner]", "")
		v.misses("#effects .pg-note")
	}}},
	"/password": {
		{name: "password", as: ownerMail, path: "/password", sees: ".pg-form"},
		{name: "password refused", as: ownerMail, path: "/password", sees: ".pg-form", then: func(v *view) {
			v.write("[name=current]", "wrong")
			v.write("[name=password]", "12345678")
			v.click("button.pri", "")
			v.sees(".pg-error", "")
		}},
	},
	"/setup/{secret}": {
		{name: "setup", empty: true, sees: ".su-form"},
		{name: "setup refused", empty: true, sees: ".su-form", then: func(v *view) {
			v.write("[name=shop]", shopName)
			ask[any](v, `document.querySelector(".su-form").submit()`)
			v.sees(".pg-error", "")
		}},
		{name: "setup closed", path: "/setup/x", sees: "h1"},
	},
	"/avatars/{id}": {{name: "no such avatar", path: "/avatars/none", sees: "h1"}},
	"/chat": {
		{name: "chat", path: "/chat", sees: ".vc-faq"},
		{name: "chat in English", path: "/chat?lang=en", sees: ".vc-faq"},
		{name: "chat waiting", path: "/chat", sees: ".vc-faq", then: func(v *view) {
			v.asks("在吗？")
			v.sees(".vc-que", "")
			v.click("[data-act=emoji]", "")
			v.sees("#panel button", "")
		}},
		{name: "chat with a form", path: "/chat", sees: ".vc-faq", then: func(v *view) {
			v.click(".vc-faq button", say("setup.entry_return"))
			v.sees(".vc-leave", "")
			v.click(".vc-leave .vc-btn", say("chat.form_send"))
			v.sees(".vc-field .vc-err", say("chat.form_missing"))
		}},
		{name: "no such channel", path: "/chat?channel=none", sees: "h1"},
	},
	"/admin/audit": {
		{name: "audit trail", as: ownerMail, path: "/admin/audit", sees: ".au-rows"},
		{name: "audit trail verified", as: ownerMail, path: "/admin/audit?act=staff.", sees: ".au-rows", then: func(v *view) {
			v.click("#integrity .btn", "")
			v.sees("#integrity b", "")
		}},
	},
	"/admin": {
		{name: "overview", as: ownerMail, path: "/admin", sees: ".ad-strip"},
		{name: "overview of an agent", as: agentMail, path: "/admin", sees: ".ad-strip"},
	},
	"/admin/backups/{name}/file": {{name: "no such backup", as: ownerMail, path: "/admin/backups/none/file", sees: "h1"}},
	"/admin/backups":             {{name: "backups", as: ownerMail, path: "/admin/backups", sees: "#plan"}},
	"/admin/backups/replica":     {{name: "warm copy", as: ownerMail, path: "/admin/backups/replica", sees: "#warm"}},
	"/admin/retention":           {{name: "retention", as: ownerMail, path: "/admin/retention", sees: ".rn-meter"}},
	"/admin/retention/database":  {{name: "what the database holds", as: ownerMail, path: "/admin/retention", sees: ".rn-meter small"}},
	"/admin/health": {{name: "health", as: ownerMail, path: "/admin/health", sees: "#check-socket[data-tone=g]", then: func(v *view) {
		ask[any](v, `document.querySelector("#write").open = true`)
	}}},
	"/admin/robots": {{name: "robots, none yet", as: ownerMail, path: "/admin/robots", sees: ".nt-kinds"}},
	"/admin/robots/new": {
		{name: "new robot", as: ownerMail, path: "/admin/robots/new?kind=dingtalk", sees: "[name=secret]"},
		{name: "new robot refused", as: ownerMail, path: "/admin/robots/new?kind=wecom", sees: "[name=address]", then: func(v *view) {
			v.write("[name=name]", "主管群")
			v.write("[name=address]", "https://oapi.dingtalk.com/robot/send?access_token=b50725")
			v.click(".ad-save .pri", "")
			v.sees(".pg-error", "钉钉")
		}},
	},
	"/admin/robots/{id}": {
		{name: "robots, one that fails", as: ownerMail, path: "/admin/robots/new?kind=mail", sees: "[name=address]", then: func(v *view) {
			v.write("[name=name]", "店主邮箱")
			v.write("[name=address]", "boss@example.com")
			v.click("[name=codes]", "")
			v.click(".ad-save .pri", "")
			v.sees(".nt-rows", "店主邮箱")
			v.click(".nt-rows .btn", say("notices.try"))
			v.sees("#problem", say("notices.trouble_no_mail"))
			ask[any](v, "location.reload()")
			v.sees(".nt-bad", "")
		}},
		{name: "robot", as: ownerMail, path: "/admin/robots", sees: ".nt-rows", then: func(v *view) {
			v.click(".nt-rows a", "店主邮箱")
			v.sees("[name=address]", "")
		}},
	},
	"/admin/search": {{name: "search", as: ownerMail, path: "/admin/search?q=a", sees: "h1"}},
	"/admin/staff": {
		{name: "staff", as: ownerMail, path: "/admin/staff", sees: ".tm-staff"},
		{name: "staff, nobody found", as: ownerMail, path: "/admin/staff?q=zzz", sees: ".ad-empty"},
	},
	"/admin/staff/new": {
		{name: "new colleague", as: ownerMail, path: "/admin/staff/new", sees: ".tm-preview"},
		{name: "new colleague refused", as: ownerMail, path: "/admin/staff/new", sees: ".tm-preview", then: func(v *view) {
			ask[any](v, `document.querySelector("#form").noValidate = true`)
			v.click(".ad-save .pri", "")
			v.sees(".pg-error", "")
		}},
	},
	"/admin/staff/{id}": {
		{name: "colleague", as: ownerMail, path: "/admin/staff", sees: ".tm-staff", then: func(v *view) {
			v.click(".tm-staff a", agentName)
			v.sees(".tm-head", agentName)
		}},
		{name: "no such colleague", as: ownerMail, path: "/admin/staff/none", sees: "h1"},
	},
	"/admin/staff/import": {
		{name: "import", as: ownerMail, path: "/admin/staff/import", sees: "#import"},
		{name: "import looked at", as: ownerMail, path: "/admin/staff/import", sees: "#import", then: func(v *view) {
			v.write("#import [name=text]", "昵称,手机号,客服组\n小一,13900000001,售前\n小一,,没有")
			v.click(".ad-save .btn", "")
			v.sees(".tm-import", "")
		}},
	},
	"/admin/deadlines": {
		{name: "deadlines", as: ownerMail, path: "/admin/deadlines", sees: ".dl-times"},
		{name: "deadlines refused", as: ownerMail, path: "/admin/deadlines", sees: ".dl-times", then: func(v *view) {
			v.write("[name=high_next]", "soon")
			v.click(".ad-save .pri", "")
			v.sees(".pg-error", "")
		}},
	},
	"/admin/deadlines/groups/{id}": {{name: "deadlines of a group", as: ownerMail, path: "/admin/deadlines", sees: ".dl-groups", then: func(v *view) {
		v.click(".dl-groups a", "")
		v.sees(".ad-crumb", "")
		v.sees(".dl-answer li", "")
	}}},
	"/admin/escalation": {{name: "escalation rules", as: ownerMail, path: "/admin/escalation", sees: ".es-rows"}},
	"/admin/escalation/new": {
		{name: "new rule", as: ownerMail, path: "/admin/escalation/new", sees: ".es-parts", then: func(v *view) {
			for _, part := range []string{"emotion", "rating", "amount", "again", "breach", "levels", "channels", "groups", "group", "staff", "tags", "note", "notify"} {
				v.click(".es-parts [value="+part+"]", "")
			}
			v.sees("[data-part=do-notify]", "")
		}},
		{name: "new rule refused", as: ownerMail, path: "/admin/escalation/new", sees: ".es-parts", then: func(v *view) {
			ask[any](v, `document.querySelector("#form").noValidate = true`)
			v.click(".ad-save .pri", "")
			v.sees(".pg-error", "")
		}},
	},
	"/admin/escalation/{id}": {{name: "rule tried", as: ownerMail, path: "/admin/escalation", sees: ".es-rows", then: func(v *view) {
		v.click(".es-rule a", "")
		v.click(".es-try .btn", "")
		v.sees(".es-count", "")
	}}},
	"/admin/roles":     {{name: "roles", as: ownerMail, path: "/admin/roles", sees: "table"}},
	"/admin/roles/new": {{name: "new role", as: ownerMail, path: "/admin/roles/new", sees: ".tm-area"}},
	"/admin/roles/{id}": {
		{name: "role", as: ownerMail, path: "/admin/roles", sees: "table", then: func(v *view) {
			v.click("table a", say("access.role_agent"))
			v.sees(".tm-area", "")
			v.click("[value='customers.edit']", "")
			v.click(".ad-save .pri", "")
			v.sees(".ad-conflict", "")
		}},
	},
	"/admin/groups":     {{name: "groups", as: ownerMail, path: "/admin/groups", sees: "table"}},
	"/admin/groups/new": {{name: "new group", as: ownerMail, path: "/admin/groups/new", sees: ".hr"}},
	"/admin/groups/{id}": {
		{name: "group", as: ownerMail, path: "/admin/groups", sees: "table", then: func(v *view) {
			v.click("table a", say("access.group_after_sale"))
			v.sees(".hr", "")
			ask[any](v, `document.querySelector("[name=hours_mode][value=week]").checked = true`) // typed nowhere: the page may be left
		}},
	},
	"/desk": {
		{name: "desk with next steps", as: ownerMail, path: "/desk", sees: ".steps"},
		{name: "desk", as: agentMail, path: "/desk", sees: ".callout", then: func(v *view) { v.click(".status", ""); v.sees(".menu", "") }},
	},
}

// scene is a page in one state.
type scene struct {
	name, as, path, sees string
	empty                bool // before the shop is set up
	then                 func(*view)
}

// TestEveryPageIsAccessible looks at each page in light and dark.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	for route, list := range scenes {
		if isAdmin(route) {
			continue // see TestAdminPagesAreAccessible
		}
		for _, s := range list {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				d, p := stage(t, s)
				address := d.url(s.path)
				if s.empty {
					address = d.invited
				}
				p.visit(address)
				p.sees(s.sees, "")
				if s.then != nil {
					s.then(p.view)
				}
				p.audit()
				p.fits(s.name)
			})
		}
	}
}

// isAdmin reports whether a route is a page of the admin console. Those scenes
// leave the shop as it was, or do not mind what another made of it.
func isAdmin(route string) bool { return strings.HasPrefix(route, "/admin") }

// TestAdminPagesAreAccessible looks at the pages of the admin console, all in
// one shop and a tab for each person, in light and dark, and at the widths of a
// desk, a narrow window and a phone.
func TestAdminPagesAreAccessible(t *testing.T) {
	t.Parallel()
	d := desk(t)
	tabs := map[string]*person{}
	for _, route := range slices.Sorted(maps.Keys(scenes)) {
		if !isAdmin(route) {
			continue
		}
		for _, s := range scenes[route] {
			p := tabs[s.as]
			if p == nil {
				p = somebody(t, s.as)
				signIn(p, d, s.as)
				tabs[s.as] = p
			}
			p.visit(d.url(s.path))
			p.sees(s.sees, "")
			if s.then != nil {
				s.then(p.view)
			}
			p.audit()
			p.fits(s.name)
			ask[any](p.view, `document.querySelectorAll("form").forEach((form) => form.remove())`) // what was typed may be left
		}
	}
}

func stage(t *testing.T, s scene) (*program, *person) {
	t.Helper()
	if s.empty {
		return empty(t), somebody(t, "owner")
	}
	d, p := desk(t), somebody(t, "somebody")
	if s.as != "" {
		signIn(p, d, s.as)
	}
	return d, p
}

// TestAConversationIsAccessible looks at what stands in a thread, on both sides.
func TestAConversationIsAccessible(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("看看 https://example.com/a 这个")
	a.opens("看看")
	a.answers("好的")
	a.click(".comp .md", say("console.note"))
	a.write(editor, "老客户")
	a.enter()
	a.sees(".note", "老客户")
	v.sees(words, "好的")
	a.audit()
	v.audit()

	a.click(".th .acts button", say("console.transfer"))
	a.sees("dialog .choice", "")
	a.audit()
	a.escape()
	a.misses("dialog")
	a.click(".th .acts button", say("console.close"))
	v.sees(".vc-rate", "")
	v.click(".vc-faces button:nth-child(5)", "")
	v.sees(".vc-rate textarea", "")
	v.audit()
	a.sees(".standing", "")
	a.audit()

	a.phone()
	a.audit()
	a.click(".th .back", "")
	a.click("#tab-closed", "")
	a.sees(row, "")
	a.audit()
}

// audit lets axe look at the page, light and dark. No rule is left out.
func (p *person) audit() { p.t.Helper(); p.auditIn("light", "dark") }

func (p *person) auditIn(schemes ...string) {
	p.t.Helper()
	source, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.tab, 3*patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: string(source)}); err != nil {
		p.t.Fatal(err)
	}
	for _, scheme := range schemes {
		p.prefer(scheme)
		p.until(scheme, fmt.Sprintf("(document.documentElement.dataset.theme ?? %[1]q) === %[1]q", scheme)) // a page that left the desk follows the system alone
		p.until("everything to have come to rest", `document.getAnimations().every((a) => a.playState !== "running" || a.effect.getComputedTiming().endTime === Infinity)`)
		for _, found := range ask[[]string](p.view, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.flatMap((v) =>
			v.nodes.map((n) => v.id + " (" + v.help + "): " + n.target + " " + n.html.slice(0, 200) + " " + (n.any[0]?.message ?? ""))))`) {
			p.t.Errorf("%s, %s, %s: %s", p.name, ask[string](p.view, "location.pathname"), scheme, found)
		}
	}
	p.prefer("light")
}

// TestEveryPageIsVisited asks the program which routes it has, and each of
// those that are read what it answers: HTML has to be among the scenes.
func TestEveryPageIsVisited(t *testing.T) {
	t.Parallel()
	d := desk(t)
	missing := maps.Clone(scenes)
	var routes []struct{ Method, Path, Permission string }
	if err := json.Unmarshal([]byte(d.run("routes", "--json")), &routes); err != nil {
		t.Fatal(err)
	}
	stranger := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	staff := *stranger
	staff.Jar, _ = cookiejar.New(nil)
	post(t, &staff, d.url("/sign-in"), url.Values{"identity": {ownerMail}, "password": {password}})
	for _, route := range routes {
		if route.Method != http.MethodGet {
			continue
		}
		for _, client := range []*http.Client{stranger, &staff} {
			answer, err := client.Get(d.url(filled(route.Path)))
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
			if redirected := answer.StatusCode/100 == 3; kind == "text/html" && !redirected && len(scenes[route.Path]) == 0 {
				t.Errorf("%s answers with a page (%d) that no journey looks at", route.Path, answer.StatusCode)
			}
		}
		delete(missing, route.Path)
	}
	for path := range missing {
		t.Errorf("%s is looked at and no route", path)
	}
}

func post(t *testing.T, client *http.Client, address string, form url.Values) {
	t.Helper()
	answer, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s: %s", address, answer.Status)
	}
}

// filled puts something in place of a route's variables.
func filled(path string) string {
	for {
		before, rest, found := strings.Cut(path, "{")
		if !found {
			return path
		}
		name, after, _ := strings.Cut(rest, "}")
		value := "none"
		if name == "$" {
			value = ""
		}
		path = before + value + after
	}
}
