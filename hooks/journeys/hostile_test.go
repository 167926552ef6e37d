package journeys_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/ops"
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
	`meta[http-equiv=refresh],script:not([src]):not([type="application/json"]),a[href^="javascript" i],a[href^="data:" i],a[href^="vbscript" i],[action^="javascript" i]`

// unhurt is the claim: nothing of it ran, and nothing of it became markup. What
// a policy has blocked fails the journey by itself.
func (v *view) unhurt(where string) {
	v.p.t.Helper()
	if ran := ask[bool](v, `"pwned" in globalThis`); ran {
		v.p.t.Errorf("%s, %s: it ran", v.p.name, where)
	}
	if found := ask[[]string](v, `[...document.querySelectorAll(`+quote(injected)+`)].map((e) => e.outerHTML.slice(0, 200))`); len(found) > 0 {
		v.p.t.Errorf("%s, %s: %d became markup: %s", v.p.name, where, len(found), found[0])
	}
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

// C29 to C32, C38. Whatever visitors and staff write, in whatever field, pages
// show it and do nothing else with it.
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
	v.literally(words, all)
	a.literally(bubbles, all)
	v.unhurt("chat")
	a.unhurt("thread")

	d.stop()
	planted(t, d.dir, strings.Join(all, " "))
	d.start()
	v.reload()
	v.arrived()
	v.unhurt("chat with the shop's own words")
	a.reload()
	a.sees(".th h2", "")
	a.unhurt("console")
	owner := somebody(t, "owner")
	signIn(owner, d, ownerMail)
	var routes []struct{ Method, Path string }
	if err := json.Unmarshal([]byte(d.run("routes", "--json")), &routes); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, r := range routes {
		if r.Method == http.MethodGet && !strings.Contains(r.Path, "{") && (strings.HasPrefix(r.Path, "/admin") || strings.HasPrefix(r.Path, "/desk") || strings.HasPrefix(r.Path, "/account")) && !strings.Contains(r.Path, "export") && !strings.Contains(r.Path, ".") {
			owner.visit(d.url(r.Path))
			owner.unhurt(r.Path)
			looked++
		}
	}
	if looked < 15 {
		t.Errorf("only %d pages were looked at", looked)
	}
}

// planted puts text into every field that people fill in, as no form would let it.
func planted(t *testing.T, dir, text string) {
	t.Helper()
	db, err := ops.Connect(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for table, columns := range map[string][]string{
		"channels": {"name", "greeting"}, "groups": {"name"}, "staff": {"nickname"}, "roles": {"name"}, "quick_replies": {"text"},
	} {
		for _, column := range columns {
			if _, err := db.DB().Exec("UPDATE "+table+" SET "+column+" = ? || ' ' || substr(id, 1, 4)", text); err != nil {
				t.Errorf("%s.%s: %v", table, column, err)
			}
		}
	}
	// A contact's name is checked whenever they come back: it is as long as it may be.
	if _, err := db.DB().Exec("UPDATE contacts SET name = ?", "<svg onload=globalThis.pwned=1><b id=x>"); err != nil {
		t.Error(err)
	}
}
