package hooks_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Cases C36 to C38, C40, C72 and C74 of what must hold whatever is sent, as far as
// they are about every route. What the browser makes of it is journeys'; see the
// table in hooks/faults.

var wholeSize = flag.Bool("faults", false, "send every route everything, in place of some of it")

// some is one in so many of what there is for each route, and all of it where the
// whole size is asked for: over all routes each is sent somewhere.
func some(route, i, of int) bool { return *wholeSize || (route+i)%of == 0 }

// typed are what somebody types who wants another question asked than theirs.
var typed = []string{
	"'", `"`, "''", "' OR '1'='1", "'; DROP TABLE messages; --", "1) OR (1=1", "%", "_", "%%%", "*", "a*", "\\", "--", "/*", "NULL", "0x41", "{:q}", "{{q}}", "[[id]]", "?1", "$1",
	`"a" OR "b"`, "NEAR(a b)", "a AND b", "a NOT b", "words:a", "^a", "(", "a)", "-a", "id", "id desc", "-name,id", "(SELECT 1)", "rowid", "@random", "created.x", "__proto__",
	"\x00", "\xff\xfe", "\u202e", "ａ＇", "😀", strings.Repeat("a ", 5000), strings.Repeat("(", 2000), strings.Repeat("\"", 999), "-1", "1e9", "9223372036854775808", "NaN", "2026-13-45", "../../etc/passwd", "[]", "{}",
}

// parameters are all that any route of ours reads from an address, and what one
// might guess.
var parameters = []string{
	"q", "before", "after", "sort", "page", "per_page", "limit", "view", "kind", "conversation", "id", "key", "text", "style", "from", "to", "since", "next", "group", "role", "state", "scope",
	"category", "act", "who", "staff", "channel", "lang", "tag", "level", "status", "field", "filter", "at", "until", "object",
}

// C37, C74. Whatever stands in an address, each route that is read answers it or
// refuses it, is no fault of ours, takes no time and changes nothing.
func TestAddressesAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner := d.people[access.Owner]
	d.readAll(access.Owner, func(web.Route, answered) {})
	before := d.fingerprint()
	asked, longest := 0, time.Duration(0)
	for route, r := range d.table.All() {
		if r.Method != http.MethodGet || r.Path == "/ws" || strings.HasPrefix(r.Path, "/static") {
			continue
		}
		path := strings.NewReplacer("{id}", d.thing(r.Path, false), "{secret}", "none", "{$}", "", "{name}", "none.zip", "{key}", "none").Replace(r.Path)
		for i, text := range typed {
			if !some(route, i, 8) {
				continue
			}
			all := url.Values{}
			for j, name := range parameters {
				all.Set(name, typed[(i+j*7)%len(typed)])
			}
			all.Set(parameters[i%len(parameters)], text)
			for _, query := range []string{"q=" + url.QueryEscape(text) + "&sort=" + url.QueryEscape(text), all.Encode()} {
				began := time.Now()
				a := d.call(owner, r.Method, path+"?"+query, nil)
				asked, longest = asked+1, max(longest, time.Since(began))
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s?%.200s: %d %.200s", path, query, a.status, a.body)
				}
			}
			if strings.Contains(r.Path, "{") {
				named := strings.NewReplacer("{id}", url.PathEscape(text), "{secret}", url.PathEscape(text), "{name}", url.PathEscape(text), "{key}", url.PathEscape(text)).Replace(r.Path)
				if a := d.call(owner, r.Method, named, nil); a.status >= http.StatusInternalServerError {
					t.Errorf("%s: %d %.200s", named, a.status, a.body)
				}
			}
		}
	}
	t.Logf("%d questions, the longest took %v", asked, longest.Round(time.Millisecond))
	if after := d.fingerprint(); after != before {
		t.Errorf("reading has changed %s", differing(before, after))
	}
	if longest > 15*time.Second {
		t.Errorf("a question took %v", longest)
	}
}

// C37. What is searched for is found where it stands and nowhere else, however it
// is written: an oracle without a database says what is right.
func TestSearchFindsWhatStandsThere(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner := d.people[access.Owner]
	stored := map[string]string{} // the customer's name by id
	about := map[string]string{}  // and all that they are found by; a visitor is called by letters of an id that nobody has chosen
	for i, text := range slices.Concat(typed[:38], []string{"100%", "1003", "a_b", "axb", "O'Brien", "OBrien", "李四", "李四光", "NEAR", "AND", "or"}) {
		name := strings.TrimSpace(fmt.Sprintf("%s kunde%d", strings.Map(printable, text), i))
		m := d.waiting()
		_, err := customers.Edit(d.app, d.customerOf(m), customers.Change{Name: &name})
		d.must(err)
		stored[d.customerOf(m)] = name
		about[d.customerOf(m)] = strings.Join([]string{name, m.Contact, d.customerOf(m), canaryPhone, canaryEmail}, " ")
	}
	d.must(search.IndexRecords(d.app))
	for _, name := range stored {
		found := d.foundCustomers(owner, name)
		for id, other := range stored {
			has, holds := slices.Contains(found, id), strings.Contains(strings.ToLower(other), strings.ToLower(name))
			if holds && !has {
				t.Errorf("%q was searched for, %q not found", name, other)
			}
			if has && !holds && !sameLetters(about[id], name) {
				t.Errorf("%q was searched for, %q found", name, other)
			}
		}
	}
	for _, text := range []string{"%", "_", "*", "'", `"`, "' OR 1=1 --", "%%", "a OR b", "NOT kunde1"} {
		for _, id := range d.foundCustomers(owner, text) {
			if !sameLetters(about[id], text) {
				t.Errorf("%q finds %q", text, about[id])
			}
		}
	}
}

func printable(r rune) rune {
	if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
		return -1
	}
	return r
}

// sameLetters reports whether each of query's words, as far as letters and digits
// go, stands somewhere in text.
func sameLetters(text, query string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	whole := strings.Join(words(text), "")
	return len(words(query)) > 0 && !slices.ContainsFunc(words(query), func(w string) bool { return !strings.Contains(whole, w) })
}

func (d *theDesk) foundCustomers(who *somebody, query string) (ids []string) {
	d.t.Helper()
	for before := ""; ; {
		a := d.call(who, http.MethodGet, "/api/xiaoer/search?kind=customers&q="+url.QueryEscape(query)+"&before="+url.QueryEscape(before), nil)
		var out struct {
			Hits []struct{ ID string }
			Next string
		}
		if a.status != http.StatusOK {
			d.t.Fatalf("search for %q: %d %s", query, a.status, a.body)
		}
		d.must(json.Unmarshal(a.body, &out))
		for _, h := range out.Hits {
			ids = append(ids, h.ID)
		}
		if before = out.Next; before == "" {
			return ids
		}
	}
}

// notFilled is everything that some template language would fill in, and ours does
// not.
const notFilled = "{{.}} {{.Password}} ${7*7} <%= 7*7 %> #{7*7} {%customer%} {constructor} {__proto__} %s %d %!v(PANIC) $1 \\1 {{{规则}"

// C38. A note of a rule fills in what its page says and nothing else, once and as
// it is; what a channel, a question or a person says is said as it was written.
func TestOnlyWhatIsDocumentedIsFilledIn(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	_, err = escalation.Add(d.app, owner, escalation.Draft{
		Name: "{原因}{{.}}", Enabled: true, When: escalation.When{Words: &escalation.Words{Any: []string{"${7*7}退款"}}}, Then: escalation.Then{Note: "{规则}|" + notFilled + "|{规则}"},
	})
	d.must(err)
	who := d.arrive()
	said, err := conversations.PostAsVisitor(d.app, who.contact, conversations.Draft{ID: "t1", Kind: conversations.Text, Text: "${7*7}退款 " + notFilled})
	d.must(err)
	var texts []string
	d.must(d.app.DB().NewQuery("SELECT text FROM messages WHERE conversation = '" + said.Conversation + "' ORDER BY seq").Column(&texts))
	const name = "{原因}{{.}}"
	want := strings.ReplaceAll("{规则}|"+notFilled+"|{规则}", "{规则}", name)
	if !slices.Contains(texts, want) || !slices.Contains(texts, "${7*7}退款 "+notFilled) {
		t.Errorf("the thread reads %q, want %q in it", texts, want)
	}
}

// odd are texts that are hard to keep and to show, within what a message may have.
var odd = map[string]string{
	"bidi": "\u202eabc\u2066\u2069\u200f", "combining": "e" + strings.Repeat("\u0301", 4000), "one line": strings.Repeat("长", 5000), "emoji": strings.Repeat("👩‍🔧🏳️‍🌈", 500),
	"zero width": "a\u200b\u200c\u200d\ufeffb", "private": "\ue000\U0010fffd", "noncharacters": "\ufffe\uffff", "controls": "a\x01\x02\x1b[31mb\u0085\u2028\u2029c", "spaces": " \u00a0\u3000 a ",
	"NUL": "a\x00b", "replacement": "a\ufffdb", "old Korean": "ᄀᆞᆨ", "ligature": "ﷺ",
}

// C40. What people write is kept code point for code point, up to what a message
// may hold; half a character is kept as the mark for one; what is longer, or holds
// what no text can, is refused.
func TestTextIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	who := d.arrive()
	post := func(id, raw string) answered {
		r := d.request(http.MethodPost, "/api/xiaoer/visitor/messages", nil)
		r.Body, r.ContentLength = http.NoBody, 0
		body := `{"id":"` + id + `","kind":"text","text":` + raw + `}`
		r2, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL.String(), strings.NewReader(body))
		d.must(err)
		r2.Header.Set("Content-Type", "application/json")
		r2.Header.Set("Authorization", "Bearer "+who.token)
		return d.send(r2)
	}
	texts := maps.Clone(odd)
	raws := map[string]string{"lone surrogate": `"a\ud800b"`, "turned surrogates": `"\udc00\ud800"`, "pair": `"\ud83d\ude00"`, "solidus": `"\/a"`}
	texts["lone surrogate"], texts["turned surrogates"], texts["pair"], texts["solidus"] = "a\ufffdb", "\ufffd\ufffd", "😀", "/a"
	n := 0
	for name, text := range texts {
		n++
		raw := raws[name]
		if raw == "" {
			quoted, err := json.Marshal(text)
			d.must(err)
			raw = string(quoted)
		}
		a := post(fmt.Sprint("o", n), raw)
		var out struct{ Message struct{ Text string } }
		if a.status != http.StatusOK {
			t.Errorf("%s: %d %.200s", name, a.status, a.body)
			continue
		}
		d.must(json.Unmarshal(a.body, &out))
		if kept := d.row("messages", "client_id", fmt.Sprint("o", n)).GetString("text"); out.Message.Text != text || kept != text {
			t.Errorf("%s: %.60q was kept as %.60q", name, text, kept)
		}
	}
	for name, raw := range map[string]string{"too long": `"` + strings.Repeat("长", 5001) + `"`, "64 KB": `"` + strings.Repeat("a", 64<<10) + `"`, "nothing": `""`, "a number": `5`, "no string": `["a"]`} {
		n++
		if a := post(fmt.Sprint("b", n), raw); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %.200s", name, a.status, a.body)
		}
	}
	for _, word := range []string{"abc", "长", "a"} {
		if a := d.call(d.people[access.Owner], http.MethodGet, "/api/xiaoer/search?q="+url.QueryEscape(word), nil); a.status != http.StatusOK {
			t.Errorf("search for %q among them: %d", word, a.status)
		}
	}
}

// bombs are bodies that are made to cost.
func bombs() map[string][2]string {
	keys := make([]string, 0, 60_000)
	for i := range 60_000 {
		keys = append(keys, fmt.Sprintf(`"k%d":1`, i))
	}
	const object, form, parts = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	return map[string][2]string{
		"deep":         {object, strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)},
		"deep lists":   {object, `{"tags":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"},
		"many keys":    {object, "{" + strings.Join(keys, ",") + "}"},
		"same keys":    {object, "{" + strings.Repeat(`"name":"a",`, 50_000) + `"name":"b"}`},
		"huge numbers": {object, `{"id":1e308,"cap":1e309,"sort":-1e999,"due":99999999999999999999,"score":1e308}`},
		"long text":    {object, `{"name":"` + strings.Repeat("x", 900<<10) + `"}`},
		"longer text":  {object, `{"name":"` + strings.Repeat("x", 10<<20) + `"}`},
		"broken":       {object, `{"id":"e","text":"x"`},
		"no object":    {object, `[[[]]]`},
		"many fields":  {form, strings.Repeat("a=1&", 200_000)},
		"long field":   {form, "name=" + strings.Repeat("x", 900<<10)},
		"parts":        {parts, strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n", 10_000) + "--b--\r\n"},
		"headers":      {parts, "--b\r\n" + strings.Repeat("X-Y: z\r\n", 20_000) + "\r\n1\r\n--b--\r\n"},
		"no end":       {parts, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + strings.Repeat("x", 100_000)},
	}
}

// C72. No route is hurt by a body that is made to cost: it is answered soon, as
// a fault of whoever sends it or as what little of it makes sense.
func TestNoRouteIsHurtByBombs(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner, visitor := d.people[access.Owner], d.people[visitor]
	all := bombs()
	sent, longest, slowest := 0, time.Duration(0), ""
	for route, r := range d.table.All() {
		if r.Method == http.MethodGet || r.Path == "/sign-out" || r.Path == "/admin/backups" {
			continue
		}
		who := owner
		if strings.Contains(r.Path, "/visitor") {
			who = visitor
		}
		path := strings.NewReplacer("{id}", missing, "{secret}", "none", "{name}", "none.zip", "{key}", "none", "{merge}", missing, "{note}", missing, "{sign_in}", missing).Replace(r.Path)
		for i, name := range slices.Sorted(maps.Keys(all)) {
			if !some(route, i, 5) {
				continue
			}
			bomb := all[name]
			q, err := http.NewRequestWithContext(t.Context(), r.Method, d.server.URL+path, strings.NewReader(bomb[1]))
			d.must(err)
			q.Header.Set("Content-Type", bomb[0])
			if who.cookie != nil {
				q.AddCookie(who.cookie)
				q.Header.Set("Origin", d.server.URL)
			} else {
				q.Header.Set("Authorization", "Bearer "+who.token)
			}
			began := time.Now()
			answer, err := d.server.Client().Do(q)
			if err != nil {
				continue // it hung up before all was sent
			}
			_ = answer.Body.Close()
			sent++
			if took := time.Since(began); took > longest {
				longest, slowest = took, r.Method+" "+r.Path+" "+name
			}
			if answer.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s %s, %s: %d", r.Method, r.Path, name, answer.StatusCode)
			}
			if r.Path == "/password" || strings.HasPrefix(r.Path, "/account") {
				d.signIn(who) // it may have ended their sign-ins
			}
		}
	}
	t.Logf("%d bombs, the longest took %v: %s", sent, longest.Round(time.Millisecond), slowest)
	if longest > 20*time.Second {
		t.Errorf("%s took %v", slowest, longest)
	}
}

// formulas are what spreadsheets run, or take apart.
var formulas = []string{
	"=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", `"=1"`, "'=1", `=cmd|' /C calc'!A0`, `=HYPERLINK("http://evil.example","x")`, " =1", "a,b;c", `a"b`, "a\r\nb", "%0a=1", "|calc",
	strings.Repeat("长", 400),
}

// C36. No list that is handed out holds a cell that a spreadsheet would run, and
// each is what RFC 4180 says.
func TestListsAreSafeToOpen(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	for i, text := range formulas {
		_, err := quickreplies.Add(d.app, owner, quickreplies.Draft{Code: fmt.Sprint("f", i), Title: clip(text, 40), Text: text, Category: clip(text, 20), Scope: quickreplies.Shop})
		if err != nil {
			t.Logf("%q is refused before: %v", text, err)
		}
		if _, err = customers.AddTag(d.app, clip(text, 15)+strconv.Itoa(i), "gold", i); err != nil {
			t.Logf("%q is refused before: %v", text, err)
		}
	}
	lists := 0
	for _, r := range d.table.All() {
		if !strings.HasSuffix(r.Path, "/export") && !strings.HasSuffix(r.Path, ".csv") {
			continue
		}
		a := d.call(d.people[access.Owner], r.Method, strings.ReplaceAll(r.Path, "{id}", d.thing(r.Path, false)), d.bodyOf(r.Method+" "+r.Path))
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			continue // another kind of export, which its own test looks at
		}
		lists++
		if !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment;") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", r.Path, a.header)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(a.body, []byte("\ufeff")))).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Errorf("%s: %d rows, %v", r.Path, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if bare := strings.TrimLeft(cell, " \u00a0\u3000\""); bare != "" && strings.ContainsAny(string([]rune(bare)[0]), "=+-@\t\r\n＝＋－＠|%") {
					t.Errorf("%s: a spreadsheet runs %q", r.Path, cell)
				}
			}
		}
	}
	if lists < 3 {
		t.Errorf("only %d lists are handed out", lists)
	}
}

func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
