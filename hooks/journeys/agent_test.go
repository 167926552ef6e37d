package journeys_test

import (
	"fmt"
	"slices"
	"testing"
)

func TestNothingIsLostOrDoubledWhenPagesReloadAndTheServerRestarts(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	greeting := v.texts(words)

	said := slices.Clone(greeting)
	same := func() {
		t.Helper()
		v.reads(words, said...)
		a.reads(bubbles, said...)
		v.settled()
		a.settled()
	}
	ask := func(text string) { t.Helper(); said = append(said, text); v.asks(text) }
	answer := func(text string) { t.Helper(); said = append(said, text); a.answers(text) }

	ask("在吗？")
	a.opens("在吗？")
	answer("在的")
	same()

	a.reload()
	same() // the address names the conversation that was open
	answer("刚才刷新了一下")
	v.reload()
	v.arrived()
	same()

	for i, end := range []func(){d.stop, d.kill, d.kill} {
		end()
		// Who writes at the same time is shown in the order of the commits,
		// which is not known here: each is waited for by itself.
		ask(fmt.Sprintf("掉线时说的 %d", i))
		v.sees(".vc-st.pending", "")
		a.write(editor, fmt.Sprintf("掉线时回的 %d", i))
		a.enter()
		a.sees(".linkbar", "")
		d.start()
		if i == 2 { // what was written outlives the page, too
			v.reload()
			a.reload()
			a.sees(".th h2", "")
		}
		a.misses(".linkbar")
		reply := fmt.Sprintf("掉线时回的 %d", i)
		v.sees(words, reply)
		a.sees(bubbles, fmt.Sprintf("掉线时说的 %d", i))
		if now := v.texts(words); now[len(now)-1] == reply {
			said = append(said, reply)
		} else {
			said = slices.Insert(said, len(said)-1, reply)
		}
		same()
		ask(fmt.Sprintf("回来了 %d", i))
		answer(fmt.Sprintf("我也回来了 %d", i))
		same()
	}

	// What the pages keep is also what the database has.
	a.reload()
	v.reload()
	v.arrived()
	same()
	again := v.another()
	again.visit(d.url("/chat"))
	again.reads(words, said...)
}

func TestAColleagueTakesOverWithANoteThatTheVisitorNeverSees(t *testing.T) {
	t.Parallel()
	const hidden, remark = "客户很着急，已核实破损", "上次也是他，注意语气"
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("杯子碎了")
	a.opens("杯子碎了")
	a.answers("非常抱歉，马上为您处理")

	a.click(".comp .md", say("console.note"))
	a.write(editor, remark)
	a.enter()
	a.sees(".note", remark)

	b := agent(t, d, secondMail)
	a.click(".th .acts button", say("console.transfer"))
	a.sees("dialog .choice:has(input:enabled)", secondName) // once the colleague is on line
	a.click("dialog .choice:has(input:enabled)", secondName)
	a.write("dialog textarea", hidden)
	a.click("dialog .dlg-f .pri", say("console.transfer"))
	a.misses("dialog")

	b.opens("访客")
	b.sees(".note", remark)
	b.sees(".msgs", hidden)
	b.sees(".msgs .sys", say("console.event_transferred", "By", agentName, "To", say("console.you_object")))
	v.sees(".vc-sys", say("chat.handed_to", "Name", secondName))
	v.sees("#who", secondName)
	b.answers("我是小雨，已为您安排补发")
	v.sees(words, "我是小雨，已为您安排补发")
	a.sees(".standing", say("console.bar_colleague", "Name", secondName))

	v.reload() // all that a visitor can load, too
	v.arrived()
	v.sees(words, "我是小雨，已为您安排补发")
	if v.frameCount() < 10 {
		t.Errorf("only %d frames recorded", v.frameCount())
	}
	page := ask[string](v.view, "document.documentElement.outerHTML")
	for _, secret := range []string{hidden, remark} {
		if v.heard(secret) || containsText(page, secret) {
			t.Errorf("the visitor saw %q", secret)
		}
		if !b.heard(secret) && !containsText(b.said(), secret) {
			t.Errorf("the colleague did not see %q", secret)
		}
	}
}

func TestTheQueueIsSeenByWhoeverWaitsAndWhoeverCouldHelp(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, "agent")
	signIn(a, d, agentMail)
	a.click(".callout .btn", say("console.start_serving"))
	a.sees(".status", say("console.presence_online"))
	a.click(".status", "")
	a.click(".menu button", say("console.presence_hint_break"))
	a.sees(".status", say("console.presence_break"))

	first := visitor(t, d, "first")
	first.asks("有人在吗？")
	first.sees(".vc-que", say("chat.queue_next"))
	a.sees(".queue", say("console.queue_people", "Count", 1))
	a.until("a count in the title", `document.title.startsWith("(1)")`)
	second := visitor(t, d, "second")
	second.asks("我也等着")
	second.sees(".vc-que", say("chat.queue_place", "Count", 1))
	a.sees(".queue", say("console.queue_people", "Count", 2))
	a.until("a count in the title", `document.title.startsWith("(2)")`)
	a.hears(`"notice"`)

	a.click(".queue button", say("console.take"))
	a.sees(bubbles, "有人在吗？")
	a.answers("让您久等了")
	first.sees(words, "让您久等了")
	first.sees(".vc-sys", say("chat.serves_you", "Name", agentName))
	first.misses(".vc-que")
	second.sees(".vc-que", say("chat.queue_next"))
	a.sees(".queue", say("console.queue_people", "Count", 1))

	// Whoever comes back from the break is given the next one.
	a.click(".status", "")
	a.click(".menu button", say("console.presence_hint_online"))
	a.misses(".queue")
	second.misses(".vc-que")
	a.opens("我也等着")
	a.answers("您请讲")
	second.sees(words, "您请讲")
}
