package journeys_test

import "testing"

// An agent with two customers is disabled by a command beside the server. Their
// page says so, the colleague finds both customers in the queue, and for these
// the thread goes on.
func TestAnAgentIsDisabledInTheMiddleOfTheirWork(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	first, second := visitor(t, d, "first"), visitor(t, d, "second")
	first.asks("杯子碎了")
	a.opens("杯子碎了")
	a.answers("马上为您处理")
	second.asks("什么时候发货")
	a.opens("什么时候发货")
	a.answers("今天就发")
	a.write(editor, "还没写完")
	a.sees(".comp", say("console.draft_saved"))
	b := somebody(t, "colleague")
	signIn(b, d, secondMail) // and is not online yet

	d.run("staff", "disable", agentMail)

	a.sees("dialog", say("console.signed_out_title"))
	a.click("dialog .pri", say("console.sign_in_again"))
	a.sees("button.pri", say("access.sign_in_button"))
	a.write("[name=identity]", agentMail)
	a.write("[name=password]", password)
	a.click("button.pri", say("access.sign_in_button"))
	a.sees("main", say("access.sign_in_wrong"))

	b.sees(".toasts", say("protocol.returned_disabled", "Name", agentName, "Count", 2))
	b.sees(".queue", say("console.queue_people", "Count", 2))
	first.sees(".vc-que", "")
	b.click(".queue button", say("console.take"))
	b.sees(bubbles, "马上为您处理")
	b.sees(".msgs .sys", say("console.left_disabled", "Name", agentName))
	b.answers("我是小雨，接着为您处理")
	first.sees(words, "我是小雨，接着为您处理")
	first.asks("好的，谢谢")
	b.sees(bubbles, "好的，谢谢")
	if first.heard(`"reason"`) || containsText(ask[string](first.view, "document.documentElement.outerHTML"), "停用") {
		t.Error("the visitor learns what is the shop's own business")
	}

	// Whoever comes back, still on line by their last word, finds what they had
	// begun to write.
	d.run("staff", "enable", agentMail)
	signIn(a, d, agentMail)
	a.opens("还没写完")
	a.until("the draft", `document.querySelector("#composer-text").value === "还没写完"`)
}
