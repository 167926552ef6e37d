package journeys_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
)

// figuresTo is where the table of what was measured is written, beside stdout.
var figuresTo = flag.String("figures", "", "file for the table of what benchmarks have measured")

// figure is one thing that was measured, of the program or of what it is held
// against.
type figure struct {
	What  string  `json:"what"`
	Of    string  `json:"of"` // "console", or "plain": the same in plain JavaScript
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
	Bar   float64 `json:"bar,omitempty"` // that it has to keep below, or above where it is a share
	Keeps *bool   `json:"keeps,omitempty"`
}

// figures is the table of a run, to which each benchmark adds its own.
var figures []figure

// below holds a value to a bar that it has to stay under; 0 is none.
func below(what, of, unit string, value, bar float64) figure {
	f := figure{What: what, Of: of, Unit: unit, Value: value, Bar: bar}
	if bar > 0 {
		f.Keeps = new(value < bar)
	}
	return f
}

// report adds to the table and writes it. What misses its bar fails.
func report(b *testing.B, list ...figure) {
	b.Helper()
	figures = append(figures, list...)
	for _, f := range list {
		b.ReportMetric(f.Value, f.Of+"-"+f.What)
		if f.Keeps != nil && !*f.Keeps {
			b.Errorf("%s of the %s is %.3g %s, the bar is %.3g", f.What, f.Of, f.Value, f.Unit, f.Bar)
		}
	}
	raw, err := json.MarshalIndent(map[string]any{"figures": figures}, "", "  ")
	if err != nil {
		b.Fatal(err)
	}
	raw = append(raw, '\n')
	_, _ = os.Stdout.Write(raw)
	if *figuresTo != "" {
		if err := os.WriteFile(filepath.Clean(*figuresTo), raw, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

const (
	openOnes  = 500
	bumps     = 100
	ticks     = 10
	settle    = 4      // seconds that a page is left alone before
	longWords = 10_000 // messages of the longest thread
)

// busyShop is one whose first agent has 500 open conversations, every other one
// with a customer who waits, and in one of them ten thousand messages.
func busyShop(b *testing.B) *program {
	b.Helper()
	const n = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	const at = "strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', 'now', "
	who := "(SELECT id FROM staff WHERE email = '" + agentMail + "')"
	channel := "(SELECT id FROM channels LIMIT 1)"
	each := func(count int, insert string) string { return fmt.Sprintf(n+insert, count) }
	statements := []string{
		each(openOnes, "INSERT INTO customers (id, name, level) SELECT printf('u%%014d', i), '客户' || i, CASE i %% 3 WHEN 0 THEN 'V4' ELSE '' END FROM n"),
		each(openOnes, "INSERT INTO contacts (id, customer, channel, name) SELECT printf('k%%014d', i), printf('u%%014d', i), "+channel+", '客户' || i FROM n"),
		each(openOnes, "INSERT INTO conversations (id, contact, customer, channel, status, assignee, owner, priority, tags, unread, waiting_since, last, last_seq, rev, opened, deadlines, preferred) "+
			"SELECT printf('c%%014d', i), printf('k%%014d', i), printf('u%%014d', i), "+channel+", 'open', "+who+", "+who+", 'normal', '[]', i %% 2, "+
			"CASE i %% 2 WHEN 1 THEN "+at+"'-' || (i %% 170) || ' seconds') ELSE '' END, "+
			"json_object('kind', 'text', 'text', '请问第 ' || i || ' 单什么时候发货？', 'from', 'visitor', 'time', strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', 'now', '-' || i || ' seconds')), "+
			"i, 20000 + i, "+at+"'-1 hour'), 'null', 'null' FROM n"),
		each(openOnes, "INSERT INTO messages (id, seq, conversation, contact, sender, kind, text, data, [from], time) "+
			"SELECT printf('m%%014d', i), i, printf('c%%014d', i), printf('k%%014d', i), 'visitor:' || printf('k%%014d', i), 'text', '请问第 ' || i || ' 单什么时候发货？', 'null', "+
			"json_object('kind', 'visitor', 'id', printf('k%%014d', i), 'name', '客户' || i), "+at+"'-' || i || ' seconds') FROM n"),
		each(longWords, "INSERT INTO messages (id, seq, conversation, contact, sender, kind, text, data, [from], time) "+
			"SELECT printf('l%%014d', i), 1000 + i, 'c00000000000002', 'k00000000000002', CASE i %% 3 WHEN 0 THEN 'staff:' || "+who+" ELSE 'visitor:k00000000000002' END, 'text', "+
			"CASE i %% 7 WHEN 0 THEN '这一句长一些：礼盒是易碎品，发货前会再检查一遍，路上如果有磕碰，收到后拍照给我们，马上补发，不用您承担运费。' ELSE '第 ' || i || ' 句' END, 'null', "+
			"CASE i %% 3 WHEN 0 THEN json_object('kind', 'staff', 'id', "+who+", 'name', '客服阿安') ELSE json_object('kind', 'visitor', 'id', 'k00000000000002', 'name', '客户2') END, "+
			at+"'-' || (20000 - i) || ' seconds') FROM n"),
		"UPDATE conversations SET last_seq = 11000, unread = 0, read_staff = 11000, waiting_since = '' WHERE id = 'c00000000000002'",
		"UPDATE sequence SET last = 30000", "UPDATE words_from SET upto = 30000",
		`INSERT INTO settings (id, key, value) VALUES ('nodeadlines0000', 'deadlines', '{"times":[]}')`, // their passing would move rows by itself
	}
	sessions := make([]string, callers)
	for i := range sessions {
		sum := sha256.Sum256([]byte(token(i)))
		sessions[i] = fmt.Sprintf("INSERT INTO visitor_sessions (contact, hash, seen, created) "+
			"VALUES (printf('k%%014d', %d), '%x', strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', 'now'), strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', 'now'))", 100+i, sum)
	}
	return prepared(b, slices.Concat(statements, sessions)...)
}

// callers are that many of its customers who speak without a browser.
const callers = 10

func token(i int) string {
	return base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{byte(i)}, 32)) // as the server makes them
}

// costs is what a page has worked since it was opened, in ms of the processor's time:
// what else the machine is busy with does not count.
type costs struct{ script, layout float64 }

func (p *person) costs() costs {
	p.t.Helper()
	var c costs
	for _, m := range call(p, performance.GetMetrics, cdp.Empty{}).Metrics {
		switch m.Name {
		case "ScriptDuration":
			c.script = m.Value * 1000
		case "LayoutDuration", "RecalcStyleDuration":
			c.layout += m.Value * 1000
		}
	}
	return c
}

// work is what a page works while something is done.
func (p *person) work(do func()) costs {
	p.t.Helper()
	before := p.costs()
	do()
	after := p.costs()
	return costs{after.script - before.script, after.layout - before.layout}
}

// rests lets so many seconds go by on the page.
func (v *view) rests(seconds int) {
	v.p.t.Helper()
	ask[any](v, fmt.Sprintf("await new Promise((done) => setTimeout(done, %d))", seconds*1000))
}

// says is a caller's word.
func (p *program) says(caller int, id, text string) {
	p.t.Helper()
	raw, err := json.Marshal(map[string]string{"id": id, "kind": "text", "text": text})
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url("/api/xiaoer/visitor/messages"), bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token(caller))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		p.t.Fatalf("what a caller says: %s", answer.Status)
	}
}

// BenchmarkListOf500 moves rows to the top of a list of 500 open conversations, and
// lets its clocks tick; in the console, and in a list of plain JavaScript that was
// written for nothing else.
func BenchmarkListOf500(b *testing.B) {
	d := busyShop(b)
	a := agent(b, d, agentMail)
	call(a, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	a.until("all of them", fmt.Sprintf(`document.querySelectorAll(".items .it").length >= %d`, openOnes))
	a.rests(settle)
	tick := a.work(func() { a.rests(ticks) })
	perTick := func(c costs) float64 { return (c.script + c.layout) / ticks }

	a.click(".sort", "")
	took := ask[float64](a.view, "performance.now()")
	bump := a.work(func() {
		for i := range bumps {
			text := fmt.Sprintf("第 %d 次", i)
			d.says(i%callers, fmt.Sprintf("m%d", i), text)
			a.until("it on top", fmt.Sprintf(`document.querySelector(".items .pv").textContent.includes(%s)`, quote(text)))
		}
	})
	took = ask[float64](a.view, "performance.now()") - took
	script := bump.script - tick.script/ticks*took/1000 // that the clocks went on meanwhile is not the bumps'

	p := somebody(b, "plain")
	p.visit("about:blank")
	call(p, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	ask[any](p.view, fmt.Sprintf("(%s)(%d)", plainList, openOnes))
	plainTick := p.work(func() { p.rests(ticks) })
	plainBump := p.work(func() { ask[any](p.view, fmt.Sprintf("await bumpAll(%d)", bumps)) })

	report(b,
		below("bump", "console", "ms of script", script/bumps, 5),
		below("tick", "console", "ms of script and layout", perTick(tick), 4),
		below("bump", "plain", "ms of script", plainBump.script/bumps, 0),
		below("tick", "plain", "ms of script and layout", perTick(plainTick), 0),
	)
}

// plainList is the list as plain JavaScript does it best: a keyed Map of rows of one
// height that are skipped where they are not seen, and one interval.
const plainList = `(count) => {
	const style = new CSSStyleSheet();
	style.replaceSync("ul{height:640px;width:308px;overflow-y:auto;margin:0;padding:0;font:14px/1.5 sans-serif}li{height:68px;display:grid;grid-template-columns:40px 1fr;gap:12px;align-items:center;content-visibility:auto;contain:strict}.av{width:40px;height:40px;border-radius:12px;background:#6f8df0}.l1{display:flex;gap:6px}.sla{margin-left:auto;padding:0 7px;border-radius:10px;background:#e5f5ec}");
	document.adoptedStyleSheets = [style];
	const list = document.body.appendChild(document.createElement("ul"));
	const rows = new Map();
	const began = Date.now();
	const two = (n) => String(n).padStart(2, "0");
	const clock = (ms) => two(Math.floor(ms / 60000)) + ":" + two(Math.floor(ms / 1000) % 60);
	for (let i = 0; i < count; i++) {
		const li = list.appendChild(document.createElement("li"));
		li.innerHTML = '<span class="av"></span><div><div class="l1"><b></b><span class="sla"></span></div><p></p></div>';
		const row = { li, name: li.querySelector("b"), clock: li.querySelector(".sla").appendChild(new Text("")), words: li.querySelector("p").appendChild(new Text("")), since: i % 2 ? began - (i % 170) * 1000 : 0, level: "" };
		row.name.textContent = "客户" + i;
		row.words.data = "请问第 " + i + " 单什么时候发货？";
		rows.set(i, row);
	}
	setInterval(() => {
		const now = Date.now();
		for (const row of rows.values()) {
			if (!row.since) continue;
			const ms = now - row.since;
			row.clock.data = clock(ms);
			const level = ms < 60000 ? "ok" : ms < 120000 ? "warn" : ms < 180000 ? "bad" : "over";
			if (level !== row.level) row.clock.parentNode.className = "sla " + (row.level = level);
		}
	}, 1000);
	window.bumpAll = async (times) => {
		for (let i = 0; i < times; i++) {
			await new Promise((done) => setTimeout(done, 20));
			const row = rows.get((i * 37) % count);
			row.words.data = "第 " + i + " 次";
			row.since ||= Date.now();
			list.prepend(row.li);
		}
	};
}`

// scrolling moves through a thread as a wheel does, until its beginning or for so
// many seconds, and tells of the longest script, how many of the frames came within
// 33 ms, and how many entries were loaded and are on the page at most.
const scrolling = `async (seconds) => {
	const box = document.querySelector(".msgs");
	let longest = 0, most = 0;
	const seen = new Set();
	const watch = new PerformanceObserver((list) => {
		for (const e of list.getEntries()) for (const s of e.scripts ?? [{ duration: e.duration }]) longest = Math.max(longest, s.duration);
	});
	watch.observe({ type: PerformanceObserver.supportedEntryTypes.includes("long-animation-frame") ? "long-animation-frame" : "longtask" });
	const frames = [];
	let last = performance.now();
	const end = last + seconds * 1000;
	while (last < end) {
		const now = await new Promise(requestAnimationFrame);
		frames.push(now - last);
		last = now;
		box.scrollTop -= 150;
		if (frames.length % 20) continue;
		const shown = box.querySelectorAll("[data-entry]");
		most = Math.max(most, shown.length);
		for (const e of shown) seen.add(e.dataset.entry);
		if (box.scrollTop === 0 && seen.size >= 10000) break;
	}
	watch.disconnect();
	return { longest, share: frames.filter((ms) => ms <= 33.4).length / frames.length * 100, seen: seen.size, most };
}`

// BenchmarkThreadOf10000 scrolls up through a thread of ten thousand messages, which
// are paged in meanwhile.
func BenchmarkThreadOf10000(b *testing.B) {
	d := busyShop(b)
	a := agent(b, d, agentMail)
	a.visit(d.url("/desk#c00000000000002"))
	a.sees(".msgs .bub", "第 10000 句")
	a.rests(settle)
	got := ask[struct{ Longest, Share, Seen, Most float64 }](a.view, fmt.Sprintf("await (%s)(%d)", scrolling, 20))
	frames := below("frames_within_33ms", "console", "% of frames while scrolling", got.Share, 0)
	frames.Bar, frames.Keeps = 95, new(got.Share >= 95)
	report(b,
		below("longest_script", "console", "ms of one script while scrolling", got.Longest, 50),
		frames,
		below("bubbles", "console", "entries on the page at most", got.Most, 301),
		below("seen", "console", "entries seen", got.Seen, 0),
	)
}

var historyOf = flag.Int("history", 1_000_000, "messages that the search is measured over")

// searching asks so often for each of some words, as the page does, and tells of
// each how long 95 of 100 answers took, in ms.
const searching = `async (words, sort, times) => {
	const out = [];
	for (const word of words) {
		const took = [];
		for (let i = 0; i < times; i++) {
			const began = performance.now();
			const answer = await (await fetch("/api/xiaoer/search?kind=messages&sort=" + sort + "&q=" + encodeURIComponent(word))).json();
			took.push(performance.now() - began);
			if (!answer.hits.length) throw new Error("nothing found for " + word);
		}
		out.push(took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)]);
	}
	return out;
}`

// BenchmarkSearchOf1000000 searches all that was ever said.
func BenchmarkSearchOf1000000(b *testing.B) {
	d := desk(b)
	d.stop()
	d.run("seed", "--messages", strconv.Itoa(*historyOf), "--seed", "7")
	d.start()
	p := somebody(b, "owner")
	signIn(p, d, ownerMail)
	p.rests(settle)
	words := [][2]string{{"one_character", "我"}, {"two_characters", "退款"}, {"two_words", "退款 发票"}, {"rare_word", "羊绒披肩"}, {"order_number", "20240101000000001"}, {"phone_tail", "6027"}}
	typed := make([]string, len(words))
	for i, w := range words {
		typed[i] = w[1]
	}
	raw, err := json.Marshal(typed)
	if err != nil {
		b.Fatal(err)
	}
	for sort, bar := range map[string]float64{"newest": 100, "best": 0} {
		for i, took := range ask[[]float64](p.view, fmt.Sprintf("await (%s)(%s, %q, %d)", searching, raw, sort, 20)) {
			report(b, below("search_"+sort+"_"+words[i][0], "console", "ms to the answer, 95th of 100", took, bar))
		}
	}
}
