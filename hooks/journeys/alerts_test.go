package journeys_test

import (
	"testing"

	"github.com/chromedp/cdproto/page"
)

// recorder stands in for what no test can hear or see: it notes the waves of the
// notes that sound, and the notifications of the system.
const recorder = `(() => {
	if (window.top !== window) return;
	window.played = [];
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (...at) { played.push(this.type); start.apply(this, at); };
	window.shown = [];
	window.Notification = class {
		static permission = "granted";
		static requestPermission() { return Promise.resolve("granted"); }
		constructor(title, { body }) { shown.push(title + "：" + body); }
		close() {}
	};
})()`

// listens has every page of the tab recorded.
func (p *person) listens() {
	p.t.Helper()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: recorder})
}

// TestOneTabRingsAndShowsEvenWhileOneLooks: of two tabs one tells, with the sound
// that was chosen; what is new always rings, what one has made quiet does not; and
// the other tab takes over when the first one goes.
func TestOneTabRingsAndShowsEvenWhileOneLooks(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, agentMail)
	a.listens()
	signIn(a, d, agentMail)
	a.click(".callout .btn", say("console.start_serving"))
	a.misses(".callout")
	a.settles()
	a.click("[name=sound][value=knock]", "")
	a.until("a sound to try", `played.includes("triangle")`)
	a.click(".settle-s", say("settle.ring_messages")) // which makes it quiet
	a.click(".settle .dlg-f .pri", "")
	a.misses("dialog")
	tab := a.another()
	tab.listens()
	tab.visit(d.url("/desk"))
	tab.click("#tab-waiting", "") // a touch: it may sound
	tab.click("#tab-mine", "")
	tab.until("its place behind the other one", `(await navigator.locks.query()).pending.filter((l) => l.name.startsWith("xiaoer.")).length === 2`)

	a.until("quiet", "(played.length = 0) === 0")
	v := visitor(t, d, "visitor")
	v.asks("有人在吗？")
	a.sees(row, "有人在吗？")
	a.until("what was chosen", `played.includes("triangle") && !played.includes("sine")`)
	a.until("a notification although the page has the focus", `document.hasFocus() && shown.some((s) => s.includes("有人在吗？"))`)
	a.until("the title", `document.title.startsWith("(1) ")`)
	tab.sees(row, "有人在吗？")
	tab.until("nothing", "!played.length && !shown.length")

	a.until("quiet", "(played.length = 0) === 0")
	v.asks("在不在呀")
	a.until("it shown", `shown.some((s) => s.includes("在不在呀"))`)
	a.until("no sound for what was made quiet", "!played.length")
	visitor(t, d, "another visitor").asks("我是新来的")
	a.until("a sound for somebody new all the same", `shown.some((s) => s.includes("我是新来的")) && played.length`)

	a.visit("about:blank")
	tab.until("its turn", `(await navigator.locks.query()).held.filter((l) => l.name.startsWith("xiaoer.")).length === 2`)
	visitor(t, d, "a third visitor").asks("第三个")
	tab.until("the sound and the notification", `played.includes("triangle") && shown.some((s) => s.includes("第三个"))`)
}

// TestWhatNobodyLooksAtIsToldToEverybody: the owner says how long, and everybody's
// console tells of a customer at whom nobody has looked by then, until one does.
func TestWhatNobodyLooksAtIsToldToEverybody(t *testing.T) {
	t.Parallel()
	d := desk(t)
	o := owner(t, d, "/admin/escalation")
	const form, save = "#unseen", "#unseen .btn.pri"
	o.until("how it is at first", `document.querySelector("#unseen [name=seconds]").value === "60"`)
	o.writes(form+" [name=seconds]", "5")
	o.writes(form+" [name=groups]", "0")
	o.click(save, "")
	o.sees(form+" .pg-error", say("escalation.unseen_wrong"))
	o.writes(form+" [name=seconds]", "90")
	o.click(save, "")
	o.sees(".ad-flash", say("escalation.unseen_saved"))
	o.until("what was typed", `document.querySelector("#unseen [name=seconds]").value === "90"`)
	o.audit()
	o.visit(d.url("/desk"))
	o.chooses("offline")

	a := agent(t, d, agentMail)
	visitor(t, d, "visitor").asks("没人理我吗")
	a.sees(row, "没人理我吗")
	d.while("UPDATE unseen SET due = strftime('%Y-%m-%d %H:%M:%fZ', 'now')")
	for _, p := range []*person{a, o} {
		p.misses(".linkbar")
		p.sees(".toast.warning", "还没有人打开会话")
	}
	a.opens("没人理我吗")
	a.answers("在的")
	for _, p := range []*person{a, o} {
		p.misses(".toast.warning")
	}
}
