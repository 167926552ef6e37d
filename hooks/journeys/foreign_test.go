package journeys_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// strange is what a page may say to a frame that it has no business with.
const strange = `[null, 0, "", "x", [], {}, {xiaoer: 1}, {xiaoer: "1", type: "identify"}, {xiaoer: 1, type: "__proto__"}, {xiaoer: 1, type: "constructor", identity: {}}, {xiaoer: 1, type: "hasOwnProperty"},
	{xiaoer: 1, type: ["init"]}, {xiaoer: 1, type: "init", page: 5, identity: 5}, {xiaoer: 1, type: "page"}, {xiaoer: 1, type: "page", page: null}, {xiaoer: 1, type: "page", page: {url: "javascript:globalThis.pwned=1", title: {}}},
	{xiaoer: 1, type: "page", page: {url: "x".repeat(1e6)}}, {xiaoer: 1, type: "shown", shown: {}}, {xiaoer: 1, type: "identify", identity: {id: "evil", hmac: "0"}}, JSON.parse('{"xiaoer":1,"type":"shown","__proto__":{"pwned":1}}'),
	{xiaoer: 1, type: "close"}, {xiaoer: 1, type: "hello"}, {xiaoer: 1, type: "unread", count: "<img src=x onerror=globalThis.pwned=1>"}, {xiaoer: 1, type: "alive", alive: true, colour: "red;background:url(//evil)"}]`

// C39. A page of another site frames the chat, says what it likes to it and hears
// nothing of it; a page that is not the widget's cannot speak to a shop's either,
// and no wish in an address leads anywhere.
func TestForeignPagesSayWhatTheyLikeToTheChat(t *testing.T) {
	t.Parallel()
	d := desk(t)
	evil := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>evil</title><script>heard = []; addEventListener("message", (e) => heard.push(JSON.stringify(e.data)))</script>
			<iframe width=500 height=700 src="%s/chat?embed=1#host=%s"></iframe>`, d.url(""), r.URL.Query().Get("host"))
	}))
	for name, host := range map[string]string{
		"another origin": "https://shop.example", "no origin": "", "null": "null", "everybody": "*", "no address": "javascript:alert(1)",
	} {
		p := somebody(t, "evil, "+name)
		p.bears("does not match the recipient window's origin") // what the browser keeps from them
		p.visit(evil + "/?host=" + host)
		v := p.in("/chat?")
		v.arrived()
		ask[any](p.view, `(`+strange+`).forEach((one) => { for (const to of ["*", "`+d.url("")+`"]) document.querySelector("iframe").contentWindow.postMessage(one, to); })`)
		v.sees("#composer textarea", "")
		v.unhurt(name)
		if heard := strings.Join(ask[[]string](p.view, "heard"), " "); heard != "" {
			t.Errorf("%s: an evil page hears %s", name, heard)
		}
		if at := ask[string](v, "location.pathname"); at != "/chat" {
			t.Errorf("%s: the chat has gone to %s", name, at)
		}
		if polluted := ask[bool](v, `({}).pwned !== undefined`); polluted {
			t.Errorf("%s: every object has got something of theirs", name)
		}
		p.stays(d.listen, strings.TrimPrefix(evil, "http://"))
	}
}

// bears lets complaints of the browser's pass, whenever they come, that hold the
// text: they are what the journey is about.
func (p *person) bears(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.borne = append(p.borne, text)
}

// C39. The shop's own page, and what another frame in it says to the widget: it
// takes only what comes from its own frame.
func TestOthersSpeakToTheWidget(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := somebody(t, "visitor")
	site := shop(t, d, `data-colour="red;x" data-theme="x&channel=evil" data-lang="javascript:alert(1)"`)
	p.visit(site + "/product/honey")
	p.launch()
	v := p.panel()
	v.sees("#thread .vc-bub", shopName)
	ask[any](p.view, `(`+strange+`).forEach((one) => { postMessage(one, "*"); })`)
	ask[any](p.view, `["__proto__", "constructor", "toString", null, {}, "identify", "page"].forEach((call) => { try { Xiaoer(call, null); Xiaoer(call, 5); } catch {} })`)
	ask[any](v, `(`+strange+`).forEach((one) => { postMessage(one, "*"); })`)
	v.asks("还在吗？")
	p.badge("Minimise")
	v.unhurt("the panel")
	if was := ask[string](p.view, "location.href"); was != site+"/product/honey" {
		t.Errorf("the shop's page has gone to %s", was)
	}
	if channel := ask[string](v, `new URL(location.href).searchParams.get("channel") ?? ""`); channel != "" {
		t.Errorf("the panel is the channel %q", channel)
	}
	p.stays(d.listen, strings.TrimPrefix(site, "http://"))
}
