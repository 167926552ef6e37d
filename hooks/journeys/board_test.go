package journeys_test

import (
	"fmt"
	"testing"
)

// Of the board.
const (
	waiting = "[data-card=queue] .bd-line"
	due     = "[data-card=due] .bd-line"
	staff   = ".bd-person"
)

// boss is the owner in the console, at the board, and serves nobody.
func boss(t *testing.T, d *program) *person {
	t.Helper()
	p := somebody(t, "boss")
	signIn(p, d, ownerMail)
	p.chooses("offline") // owners begin on line, and would be given what waits
	p.click(".rail a", say("console.area_board"))
	p.sees("#board-title", say("console.board"))
	return p
}

// chooses sets one's own presence, with nobody left behind.
func (p *person) chooses(presence string) {
	p.t.Helper()
	p.click(".status", "")
	p.click(".menu button", say("console.presence_hint_"+presence))
	p.sees(".status", say("console.presence_"+presence))
}

// clicksOf clicks on something of a colleague's on the board.
func (v *view) clicksOf(name, within string) {
	v.p.t.Helper()
	v.until(within+" of "+name, fmt.Sprintf(`((e) => e && (e.setAttribute("data-here", ""), e))(all(%s, %s)[0]?.querySelector(%s))`, quote(staff), quote(name), quote(within)))
	v.click("[data-here]", "")
	ask[any](v, `document.querySelectorAll("[data-here]").forEach((e) => e.removeAttribute("data-here"))`)
}

func TestASupervisorSeesWhoWaitsAndWhyAndActs(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	a.chooses("break")
	b := boss(t, d)
	first, second := visitor(t, d, "first"), visitor(t, d, "second")
	first.asks("有人在吗？")
	first.sees(".vc-que", say("chat.queue_next"))
	second.asks("我也等着")
	second.sees(".vc-que", "")
	b.until("two who wait, in order", fmt.Sprintf(`all(%s).length === 2 && all(%s)[0].textContent.includes("1")`, quote(waiting), quote(waiting)))
	b.sees(waiting, say("console.why_break"))
	b.sees(".bd-tile", say("console.tile_queue"))
	b.sees(staff, agentName)
	b.audit()

	// Back on line by a word of the supervisor's, the agent is given both.
	b.clicksOf(agentName, ".bd-being")
	b.click(".bd-person .menu button", say("console.presence_hint_online"))
	a.sees(".status", say("console.presence_online"))
	a.sees(".toasts", say("routing.set_online", "Name", ownerName))
	b.misses(waiting)
	first.sees(".vc-sys", say("chat.serves_you", "Name", agentName))

	// One of them is assigned to a colleague, seen with what they have.
	c := agent(t, d, secondMail)
	b.clicksOf(agentName, "[aria-expanded]:not(.bd-being)")
	b.click(".bd-mine .bd-acts .btn", say("console.assign"))
	b.sees(".giving", "0/")
	b.audit()
	b.click(".giving button", secondName)
	c.sees(row, "访客")
	c.sees(".toasts", say("console.open"))
	b.until("one conversation each", fmt.Sprintf(`["1/", "1/"].every((x, i) => all(".bd-load")[i]?.textContent.includes(x)) && all(%s).length === 3`, quote(staff)))

	// A whisper is read by the colleague and by no customer.
	b.clicksOf(secondName, "[aria-expanded]:not(.bd-being)")
	b.clicksOf(secondName, ".bd-mine .bd-acts .ib")
	b.click(".menu button", say("console.whisper"))
	b.sees(".comp.isnote", "")
	b.write(editor, "先安抚，再查单号")
	b.enter()
	c.opens("访客")
	c.sees(".note", "先安抚，再查单号")
	if first.heard("先安抚") || second.heard("先安抚") {
		t.Error("a customer heard the whisper")
	}

	// The way back is the browser's own, and a key's.
	ask[any](b.view, "history.back()")
	b.sees("#board-title", "")
	ask[any](b.view, `document.activeElement.blur(), document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "b", bubbles: true }))`)
	b.sees(".list h1", "")
}

func TestTheBoardFitsEveryScreen(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("你好")
	a.sees(row, "你好")
	b := boss(t, d)
	b.sees(staff, agentName)
	b.clicksOf(agentName, "[aria-expanded]:not(.bd-being)")
	for _, width := range []int64{1440, 1180, 390} {
		b.resize(width)
		b.sees(".bd-mine", "")
		if over := b.overflows(); over > 0 {
			t.Errorf("%v px wider than a window of %d", over, width)
		}
		b.audit()
	}
	// Who may not see everything has no board, and no way to it.
	a.until("no board", `all(".rail a").length === 2`)
	ask[any](a.view, `document.activeElement.blur(), document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "b", bubbles: true }))`)
	a.sees(".list h1", "")
}

func TestWhoLeavesIsAskedWhatIsToBecomeOfTheirCustomers(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗？")
	a.opens("在吗？")
	leave := func(hint string) {
		t.Helper()
		a.click(".status", "")
		a.click(".menu button", say("console.presence_hint_"+hint))
	}
	leave("break")
	a.sees("dialog h2", say("console.leaving_break_title", "Count", 1))
	a.audit()
	a.click(".answer", say("console.leaving_reply"))
	a.misses("dialog")
	a.sees(".status", say("console.presence_online"))
	a.answers("在的")

	leave("offline")
	a.sees("dialog h2", say("console.leaving_title", "Count", 1))
	a.audit()
	a.enter() // the first answer has the focus: finish them first
	a.sees(".status", say("console.reason_finish"))
	a.click(".th .acts button", say("console.close"))
	a.sees(".status", say("console.presence_offline"))
}

func TestAColleagueIsHandedWhatWasSaidBefore(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("杯子碎了")
	a.opens("杯子碎了")
	a.answers("马上为您查")
	b := agent(t, d, secondMail)
	a.click(".th .acts button", say("console.transfer"))
	a.click("dialog .choice:has(input:enabled)", secondName)
	a.write("dialog textarea", "已核实破损")
	a.click("dialog .dlg-f .pri", say("console.transfer"))
	a.misses("dialog")

	b.opens("访客")
	b.sees(".handover", "已核实破损")
	b.sees(".handover", say("console.owner_is", "Name", agentName))
	b.audit()

	// Whose question it was first follows it, and sees it marked.
	a.click("#tab-following", "")
	a.opens("访客")
	a.sees(".th .sub", say("console.owner_is", "Name", say("console.you_object")))
	a.click(".th .acts .ib", say("console.mark"))
	a.sees(".marking", "")
	a.audit()
	a.click(".marking button", say("console.priority_urgent"))
	b.sees(row+" .mk.urgent", "")
	b.sees(".msgs .sys", say("console.event_prioritized_by", "Name", agentName, "Priority", say("console.priority_urgent")))
	b.click(".th h2", "")
	ask[any](b.view, `document.activeElement.blur(), document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "m", bubbles: true }))`)
	a.sees(".th .mk.angry", "")
}

// A first answer that does not come turns from green to red before the agent's
// eyes, and calls the supervisor, who is led to it.
func TestALateAnswerIsSeenComingAndReachesTheSupervisor(t *testing.T) {
	t.Parallel()
	d := desk(t)
	o := somebody(t, "owner")
	signIn(o, d, ownerMail)
	o.visit(d.url("/admin/deadlines"))
	for field, value := range map[string]string{"normal_first": "8", "warn": "75", "after": "2"} {
		o.until(field, fmt.Sprintf(`((e) => e && ((e.value = %s), e.dispatchEvent(new Event("input", { bubbles: true })), true))(document.querySelector("[name=%s]"))`, quote(value), field))
	}
	o.click(".ad-save .pri", "")
	o.until("the deadlines to be kept", `fetch("/admin/deadlines").then((r) => r.text()).then((text) => new DOMParser().parseFromString(text, "text/html").querySelector("[name=normal_first]").value.startsWith("8"))`)
	a, b := agent(t, d, agentMail), boss(t, d)
	ask[any](a.view, `(() => {
		window.colours = [];
		const look = () => { const now = document.querySelector(".it .sla")?.classList[1]; if (now && now !== window.colours.at(-1)) window.colours.push(now); };
		new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
	})()`)
	v := visitor(t, d, "visitor")
	v.asks("有人管吗")
	a.sees(row, "有人管吗")
	a.sees(row+" .sla.over", say("console.overdue"))
	a.until("green, amber, light red, red", `window.colours.join() === "ok,warn,bad,over"`)
	a.sees(".toast.alarm", say("sla.breached_first"))
	b.sees(due+" .sla.over", "")
	b.sees(".bd-tile", say("console.tile_now", "Count", 1))
	b.sees(".toast.alarm", say("sla.escalated_first"))
	b.audit()
	b.click(".toast.alarm .as-link", say("console.open"))
	b.sees(".msgs .late", say("console.event_breached", "Kind", say("console.deadline_first")))
	b.sees(".msgs .sys", say("console.event_escalated_late", "Kind", say("console.deadline_first")))
	b.misses(".toast")

	// The answer ends it, for both.
	a.opens("有人管吗")
	a.answers("来了，让您久等")
	a.misses(row + " .sla")
	a.misses(".toast.alarm")
	b.misses(".th .sla")
}
