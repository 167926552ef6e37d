package journeys_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// hostile are 500 strings, each of which some page somewhere has run: markup,
// attributes, addresses, what templates fill in, and what hides in them.
func hostile() []string {
	const run = "globalThis.pwned=1"
	markup := []string{
		"<script>%s</script>", "<img src=x onerror=%s>", "<svg onload=%s>", "<svg><script>%s</script>", "<body onload=%s>", "<iframe srcdoc='<script>%s</script>'>",
		"<details open ontoggle=%s>", "<input autofocus onfocus=%s>", "<video><source onerror=%s>", "<math><mtext><img src=x onerror=%s>", "<a href=javascript:%s>x</a>",
		"<object data='javascript:%s'>", "<embed src='javascript:%s'>", "<form action='javascript:%s'><button>", "<meta http-equiv=refresh content='0;url=javascript:%s'>",
		"<base href='javascript:%s//'>", "<marquee onstart=%s>", "<style>@import 'javascript:%s'</style>", "<noscript><p title='</noscript><img src=x onerror=%s>'>",
		"<template><img src=x onerror=%s></template>", "<svg><animate onbegin=%s attributeName=x>", "<select onfocus=%s autofocus>", "javascript:%s", "data:text/html,<script>%s</script>",
		"vbscript:%s", "[x](javascript:%s)", "![x](javascript:%s)", "{{constructor.constructor('%s')()}}", "${%s}", "<%%=%s%%>", "#{%s}", "{%%%s%%}", "{客户昵称}<img src=x onerror=%s>",
		"expression(%s)", "url(javascript:%s)", "__proto__[onerror]=%s", "<x id=__proto__ name=innerHTML onclick=%s>", "';%s;//", "\";%s;//", "`;%s;//",
	}
	around := []func(string) string{
		func(s string) string { return s },
		func(s string) string { return `"><` + "/textarea></title></style></script>" + s },
		func(s string) string { return `' ` + s + ` x='` },
		strings.ToUpper,
		func(s string) string { return strings.ReplaceAll(s, "<", "<\u200b") },
		func(s string) string { return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s) },
		func(s string) string { return strings.ReplaceAll(s, "javascript:", "java\tscript:") },
		func(s string) string { return "\u202e" + s + "\u2066" },
		func(s string) string { return "https://example.com/\"onmouseover=" + run + " " + s },
		func(s string) string { return "--></svg>]]>" + s + "<!--" },
		func(s string) string { return "＜img src=x onerror=" + run + "＞" + s },
		func(s string) string { return `\u003cimg src=x onerror=` + run + `\u003e` + s },
		func(s string) string { return "😀" + s + "e\u0301\u0301\u0301" },
	}
	list := make([]string, 0, len(markup)*len(around))
	for _, wrap := range around {
		for _, m := range markup {
			list = append(list, wrap(fmt.Sprintf(m, run)))
		}
	}
	return list[:500]
}

// injected finds what none of our pages has of its own.
const injected = `[onerror],[onload],[onfocus],[onclick],[onmouseover],[ontoggle],[onbegin],[onstart],[srcdoc],base,object,embed,marquee,math,` +
	`meta[http-equiv=refresh],x,a[target=_blank]:not([rel~=noopener]),script:not([src]):not([type="application/json"]),a[href^="javascript" i],a[href^="data:" i],a[href^="vbscript" i],[action^="javascript" i]`

// unhurt is the claim: nothing of it ran, and nothing of it became markup. What
// a policy has blocked fails the journey by itself.
func (v *view) unhurt(where string) {
	v.p.t.Helper()
	for _, wound := range v.wounds() {
		v.p.t.Errorf("%s, %s: %s", v.p.name, where, wound)
	}
}

func (v *view) wounds() []string {
	v.p.t.Helper()
	return ask[[]string](v, `[..."pwned" in globalThis ? ["it ran"] : [], ...[...document.querySelectorAll(`+quote(injected)+`)].map((e) => "became markup: " + e.outerHTML.slice(0, 200))]`)
}

// A page that is hurt is seen to be.
func TestWoundsAreSeen(t *testing.T) {
	t.Parallel()
	p := somebody(t, "somebody")
	p.visit("about:blank")
	p.unhurt("an empty page")
	for _, text := range hostile()[:4] {
		ask[any](p.view, fmt.Sprintf(`(document.body.innerHTML = %s, delete globalThis.pwned)`, quote(text)))
		p.wait(text+" to be seen", func(context.Context) (bool, error) { return len(p.wounds()) > 0, nil }) //nolint:contextcheck // the tab is the context
	}
}

// stays is the claim that nothing was asked of anybody but the desk: words lead no
// browser elsewhere.
func (p *person) stays(desks ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.loading {
		at, err := url.Parse(one.URL)
		if err != nil || !slices.Contains(desks, at.Host) && at.Scheme != "data" && at.Scheme != "blob" && at.Scheme != "about" {
			p.t.Errorf("%s: %s was asked for", p.name, one.URL)
		}
	}
}

// quiets waits until nothing more comes.
func (v *view) quiets() {
	v.p.t.Helper()
	before := -1
	v.wait("the page to come to rest", func(ctx context.Context) (bool, error) {
		now, err := askNow[int](ctx, v, "document.body.textContent.length")
		same := now == before
		before = now
		return same, err
	})
}

// literally is the other half: each line is there to be read, as it was written.
func (v *view) literally(css string, lines []string) {
	v.p.t.Helper()
	raw, err := json.Marshal(lines)
	if err != nil {
		v.p.t.Fatal(err)
	}
	v.until("the last of it", fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.textContent.includes(%s))`, quote(css), quote(lines[len(lines)-1])))
	missing := ask[[]string](v, fmt.Sprintf(`((all) => %s.filter((line) => !all.includes(line)))([...document.querySelectorAll(%s)].map((e) => e.textContent).join("\n"))`, raw, quote(css)))
	if len(missing) > 0 {
		v.p.t.Errorf("%s: %d of %d are not shown as they were written, such as %q", v.p.name, len(missing), len(lines), missing[0])
	}
}

// reversed is a link that reads as another one where the mark before it, which turns
// the direction of writing, reaches into it.
const reversed = "https://evil.example/moc.knab//:sptth"

// C29, C31, C32, C40. Whatever a visitor writes is there to be read on both sides, as
// it was written, and does nothing else.
func TestHostileWordsAreShownAndDoNothing(t *testing.T) {
	t.Parallel()
	d := desk(t)
	d.stop()
	d.flags = []string{"--unlimited", "127.0.0.0/8"}
	d.start()
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	all := hostile()
	v.asks("在吗")
	a.opens("在吗")
	for part := range 20 {
		text := strings.Join(all[part*25:part*25+25], "\n")
		v.write(composer, text)
		v.enter()
		v.until("it to be sent", fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.textContent.includes(%s))`, quote(words), quote(all[part*25+24])))
	}
	v.asks("\u202e" + reversed)
	for _, side := range []*view{v.view, a.view} {
		side.until("the link to be read from left to right", `((link) => link && ((at) => at(0) < at(20))((i) => { const r = new Range(); r.setStart(link.firstChild, i); r.setEnd(link.firstChild, i + 1); return r.getBoundingClientRect().x; }))(document.querySelector(`+quote(`a[href="`+reversed+`"]`)+`))`)
	}
	v.literally(words, all)
	a.literally(bubbles, all)
	v.unhurt("chat")
	a.unhurt("thread")
	a.stays(d.listen)
	v.stays(d.listen)
}

// wordless are the fields that hold nothing of what somebody has written: what
// the program writes for itself, and what has a shape that lets no words in.
const wordless = `alerts.robot alerts.code alerts.group alerts.conversation
	audit.time audit.actor_kind audit.actor audit.address audit.act audit.object_kind audit.object audit.key audit.mac
	channels.colour channels.hours channels.origins channels.secrets channels.group contact_pages.contact contact_pages.url contact_pages.kind
	contacts.customer contacts.channel contacts.identity contacts.avatar contacts.lang contacts.source contacts.blocked_by
	conversations.contact conversations.customer conversations.channel conversations.assignee conversations.group conversations.tags conversations.owner
	conversations.preferred conversations.deadlines customer_merges.kept customer_merges.gone customer_merges.staff customer_merges.tags
	customer_merges.contacts customer_merges.notes customer_merges.own
	customers.external_id customers.avatar customers.phone customers.email customers.dedicated customers.said_phone customers.said_email customers.merged
	drafts.staff drafts.conversation escalation_rules.preset files.owner files.client_id files.contact files.message files.purpose files.mime files.sha256
	groups.key groups.hours groups.leaving mentions.staff mentions.conversation mentions.message mentions.by
	messages.conversation messages.contact messages.sender messages.client_id messages.hash messages.file messages.quote notes.customer notes.staff notes.contact
	outbox.kind outbox.payload outbox.error preferences.staff quick_replies.group quick_replies.staff quick_replies.file
	reminders.conversation reminders.contact reminders.customer reminders.staff reminders.client_id reminders.message reminders.done_by
	robots.address robots.secret robots.codes robots.trouble robots.spoke roles.key roles.permissions settings.key
	sign_ins.hash sign_ins.device sign_ins.address sign_ins.why staff.tokenKey staff.email staff.phone staff.avatar staff.language staff.theme tags.into
	visitor_sessions.contact visitor_sessions.hash`

// C29, C30, C32, C34, C38. Every field that somebody writes into holds 500 hostile
// strings, and everybody looks at all there is: the visitor at the chat, the
// owner at each conversation, dialog and page.
func TestHostileWordsInEveryField(t *testing.T) {
	t.Parallel()
	f := furnishedWhole(t)
	owner := somebody(t, "owner")
	signIn(owner, f.desk, ownerMail)
	f.prefers(owner)
	planted := f.plant(hostile())
	for _, field := range f.worded() {
		if !planted[field] {
			t.Errorf("nothing was put into %s: either it holds no words, or the shop of this test has none there", field)
		}
	}
	before := f.desk.listen
	f.again()

	v := somebody(t, "visitor")
	v.visit(f.desk.url("/chat"))
	v.arrived()
	ask[any](v.view, fmt.Sprintf(`localStorage.setItem(Object.keys(localStorage).find((key) => key.startsWith("xiaoer.token.")), %s)`, quote(f.token)))
	v.reload()
	v.arrived()
	v.sees(words, "pwned")
	v.unhurt("chat")
	v.stays(f.desk.listen)

	f.looksAtTheConsole(owner)
	looked := 0
	for _, page := range f.pages() {
		owner.visit(f.desk.url(page))
		f.unhurt(owner, page)
		looked++
	}
	if looked < 40 {
		t.Errorf("only %d pages were looked at", looked)
	}
	owner.stays(before, f.desk.listen)
	t.Logf("%d strings were shown on %d pages, in %d fields", f.shown, looked, len(planted))
}

// unhurt is [view.unhurt], counting what was shown.
func (f *full) unhurt(p *person, where string) {
	f.t.Helper()
	p.unhurt(where)
	f.shown += ask[int](p.view, `[document.body.textContent, ...[...document.querySelectorAll("input, textarea")].map((e) => e.value)].join("\n").split("pwned=1").length - 1`)
}

// worded are the fields of all collections that may hold words.
func (f *full) worded() (list []string) {
	f.t.Helper()
	collections, err := f.app.FindAllCollections()
	f.must(err)
	none := strings.Fields(wordless)
	for _, c := range collections {
		for _, field := range c.Fields {
			name := c.Name + "." + field.GetName()
			if strings.HasPrefix(c.Name, "_") || field.GetName() == "id" || slices.Contains(none, name) {
				continue
			}
			switch field.Type() {
			case core.FieldTypeText, core.FieldTypeJSON, core.FieldTypeEmail, core.FieldTypeURL, core.FieldTypeEditor:
				list = append(list, name)
			}
		}
	}
	return list
}

// looksAtTheConsole opens each conversation with all of its panel, and each
// dialog over it.
func (f *full) looksAtTheConsole(p *person) {
	f.t.Helper()
	var all []string
	f.must(f.app.DB().NewQuery("SELECT id FROM conversations").Column(&all))
	for _, id := range all {
		p.visit(f.desk.url("/desk"))
		p.visit(f.desk.url("/desk#" + id))
		p.sees(".th h2", "")
		p.sees(".msgs", "pwned")
		p.sees(".cnt", "pwned")
		p.quiets()
		f.unhurt(p, "conversation "+id)
	}
	var mine string
	f.must(f.app.DB().NewQuery("SELECT conversation FROM drafts LIMIT 1").Row(&mine))
	p.visit(f.desk.url("/desk#" + mine))
	p.sees(".th h2", "")
	for kind, with := range map[string]string{
		"transfer": `id: "` + mine + `"`, "tags": `id: "` + mine + `"`, "tagging": `ids: ["` + mine + `"]`, "closing": `ids: ["` + mine + `"]`, "later": `ids: ["` + mine + `"]`,
		"merge": `customer: "` + f.customer + `"`, "block": `customer: "` + f.customer + `", name: "x"`, "erase": `customer: "` + f.customer + `", contact: "` + f.contact.Id + `", name: "x"`,
		"quick": `text: "x"`, "unkept": `id: "` + mine + `"`, "leaving": `status: "break", reason: ""`,
		"palette": "", "settings": "", "keys": "", "filter": "", "colleague": "", "qr": "", "unsent": "", "promises": "",
	} {
		ask[any](p.view, fmt.Sprintf(`(await import(document.querySelector("script[type=module]").src.replace("main.js", "store.js"))).dialog.value = { kind: %q, %s }`, kind, with))
		p.sees("dialog", "")
		p.quiets()
		f.unhurt(p, "dialog "+kind)
		p.escape()
		p.misses("dialog")
	}
	p.clears()
	p.write(editor, "/")
	p.sees(".slash [role=option]", "")
	f.unhurt(p, "quick replies")
	p.visit(f.desk.url("/desk#board"))
	p.sees("main.wide", "pwned")
	f.unhurt(p, "board")
}

// again is the same desk as it is after a restart: with nothing in memory of what
// was there before it was planted in.
func (f *full) again() {
	f.t.Helper()
	f.app = desktest.After(f.t, f.app)
	f.desk.listen = strings.TrimPrefix(desktest.Serve(f.t, f.app).URL, "http://")
}

// pages are the addresses of all that the owner may look at, of things their own
// ones too.
func (f *full) pages() []string {
	f.t.Helper()
	list := []string{"/admin/search?q=pwned", "/admin/staff?q=pwned", "/admin/quick-replies?q=pwned", "/admin/audit?q=pwned"}
	for _, r := range f.table.All() {
		if r.Method != http.MethodGet || strings.Contains(r.Path, ".") || !slices.ContainsFunc([]string{"/admin", "/desk", "/account", "/password"}, func(area string) bool { return strings.HasPrefix(r.Path, area) }) {
			continue
		}
		before, after, named := strings.Cut(r.Path, "{id}")
		switch {
		case !strings.Contains(r.Path, "{"):
			list = append(list, r.Path)
		case named && !strings.Contains(after, "{"):
			for _, id := range f.newest(before) {
				list = append(list, before+id+after)
			}
		}
	}
	return list
}

// newest are the ids of what pages below an address are about.
func (f *full) newest(below string) (ids []string) {
	f.t.Helper()
	table, known := map[string]string{
		"/admin/channels/": "channels", "/admin/tags/": "tags", "/admin/fields/": "customer_fields", "/admin/quick-replies/": "quick_replies", "/admin/escalation/": "escalation_rules",
		"/admin/groups/": "groups", "/admin/deadlines/groups/": "groups", "/admin/staff/": "staff", "/admin/roles/": "roles", "/admin/robots/": "robots",
	}[below]
	if !known {
		f.t.Errorf("nothing is known of what pages below %s are about", below)
		return nil
	}
	f.must(f.app.DB().NewQuery("SELECT id FROM {{" + table + "}} ORDER BY rowid DESC LIMIT 1").Column(&ids))
	return ids
}
