package hooks_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// forVisitors are the routes that any site's pages may call: no cookie is read
// there.
func forVisitors(r web.Route) bool { return strings.HasPrefix(r.Path, "/api/xiaoer/visitor") }

// C49. Another site's page can make the owner's browser send what it likes: it is
// refused before anything is done.
func TestForeignPagesChangeNothing(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner := d.people[access.Owner]
	asked := 0
	d.thing("/api/xiaoer/conversations/{id}", false) // which bodies name
	d.thing("/api/xiaoer/customers/{id}", false)
	before := d.fingerprint()
	for _, r := range d.table.All() {
		if r.Method == http.MethodGet || forVisitors(r) {
			continue
		}
		asked++
		path := strings.NewReplacer("{id}", "nonenonenonenon", "{note}", "none", "{secret}", "none", "{name}", "none.zip").Replace(r.Path)
		for name, header := range map[string][]string{
			"foreign origin":        {"Origin", "https://evil.example", "Sec-Fetch-Site", ""},
			"null origin":           {"Origin", "null", "Sec-Fetch-Site", ""},
			"another port":          {"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", ""},
			"a site that ends so":   {"Origin", "http://evil." + strings.TrimPrefix(d.server.URL, "http://"), "Sec-Fetch-Site", ""},
			"no origin, cross-site": {"Origin", "", "Sec-Fetch-Site", "cross-site"},
			"no origin, same-site":  {"Origin", "", "Sec-Fetch-Site", "same-site"},
			"as text":               {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"},
			"as a form":             {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-www-form-urlencoded"},
		} {
			if a := d.call(owner, r.Method, path, d.bodyOf(r.Method+" "+r.Path), header...); a.status != http.StatusForbidden {
				t.Errorf("%s: %s %s: %d", name, r.Method, r.Path, a.status)
			}
		}
		for _, header := range [][]string{{"X-HTTP-Method-Override", r.Method}, {"X-Method-Override", r.Method}} {
			d.call(owner, http.MethodGet, path+"?_method="+r.Method, nil, header...) // reads, if anything
		}
	}
	if asked < 50 {
		t.Errorf("only %d routes were asked", asked)
	}
	if after := d.fingerprint(); after != before {
		t.Errorf("something was changed: %s", differing(before, after))
	}
}

// C49. Reading changes nothing, whoever reads.
func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	d.readAll(access.Owner, func(web.Route, answered) {}) // makes what is read, and whatever is made on its first use
	before := d.fingerprint()
	for _, column := range columns {
		d.readAll(column, func(web.Route, answered) {})
	}
	if after := d.fingerprint(); after != before {
		t.Errorf("reading changed %s", differing(before, after))
	}
}

// readAll calls every route that is read, as who.
func (d *theDesk) readAll(who string, look func(web.Route, answered)) {
	d.t.Helper()
	for _, r := range d.table.All() {
		if r.Method != http.MethodGet || r.Path == "/ws" {
			continue
		}
		path := strings.NewReplacer("{id}", d.thing(r.Path, false), "{secret}", "none", "{path...}", "none", "{$}", "", "{name}", "none.zip").Replace(r.Path)
		look(r, d.call(d.people[who], http.MethodGet, path, nil))
	}
}

// fingerprint is a line for each table, of all that is in it but when somebody
// was last seen.
func (d *theDesk) fingerprint() string {
	d.t.Helper()
	collections, err := d.app.FindAllCollections()
	d.must(err)
	var b strings.Builder
	for _, c := range collections {
		var rows []struct{ Row string }
		fields := make([]string, 0, len(c.Fields))
		for _, f := range c.Fields {
			if f.GetName() != "seen" && f.GetName() != "updated" {
				fields = append(fields, "quote([["+f.GetName()+"]])")
			}
		}
		d.must(d.app.DB().NewQuery("SELECT " + strings.Join(fields, "||") + " AS row FROM {{" + c.Name + "}} ORDER BY id").All(&rows))
		fmt.Fprintf(&b, "%s %d %x\n", c.Name, len(rows), sha256.Sum256(fmt.Append(nil, rows)))
	}
	return b.String()
}

func differing(before, after string) string {
	was := strings.Split(before, "\n")
	var list []string
	for i, line := range strings.Split(after, "\n") {
		if i >= len(was) || was[i] != line {
			list = append(list, strings.Join(strings.Fields(line)[:2], " "))
		}
	}
	return strings.Join(list, ", ")
}

// C50. No page stands in another site's frame but the chat, and cookies are such
// that no other site could use one.
func TestPagesAreNotFramed(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	pages := 0
	for _, who := range []string{anyone, access.Owner} {
		d.readAll(who, func(r web.Route, a answered) {
			if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				return
			}
			pages++
			policy, frames := a.header.Get("Content-Security-Policy"), a.header.Get("X-Frame-Options")
			if r.Path == "/chat" {
				if !strings.Contains(policy, "frame-ancestors *") || frames != "" {
					t.Errorf("%s: %q, %q", r.Path, policy, frames)
				}
				return
			}
			if !strings.Contains(policy, "frame-ancestors 'none'") || frames == "" || strings.Contains(policy, "unsafe-inline") && !strings.Contains(policy, "script-src 'self'") {
				t.Errorf("%s: %q, %q", r.Path, policy, frames)
			}
			if store := a.header.Get("Cache-Control"); who == access.Owner && r.Permission != web.Anyone && !strings.Contains(store, "no-store") {
				t.Errorf("%s may be kept: %q", r.Path, store)
			}
		})
	}
	if pages < 20 {
		t.Errorf("only %d pages", pages)
	}
	a := d.call(nil, http.MethodPost, "/sign-in", url.Values{"identity": {d.people[access.Owner].email}, "password": {rightsPassword}}, "X-Forwarded-Proto", "http")
	for _, c := range a.cookies {
		if c.Value != "" && strings.HasSuffix(c.Name, "xiaoer") && (!c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "") {
			t.Errorf("cookie %v", c)
		}
	}
}

// C48. A sign-in cookie speaks on a socket that our own page has opened, and on
// no other.
func TestForeignPagesOpenNoSocket(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	own := strings.TrimPrefix(d.server.URL, "http://")
	for origin, code := range map[string]int{
		d.server.URL: 0, "https://evil.example": 4401, "null": 4401, "http://evil." + own: 4401, "http://" + own + ".evil.example": 4401,
		"http://127.0.0.1:1": 4401, "http://" + own + "@evil.example": 4401, "ftp://" + own: 4401, "javascript://" + own: 4401,
	} {
		l := d.dial(d.people[access.Owner], http.Header{"Origin": {origin}})
		if l.code != code {
			t.Errorf("%s: closed %d, want %d", origin, l.code, code)
		}
	}
}
