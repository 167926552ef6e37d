package journeys_test

import (
	"testing"
)

// TestWhoComesBackReplies: one note follows the other, but whoever has been
// elsewhere and comes back finds the reply, unless a note was begun; also on a new
// page. Nobody's answer is to end among colleagues because of what was done before.
func TestWhoComesBackReplies(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v, w := visitor(t, d, "visitor"), visitor(t, d, "another")
	v.asks("杯子碎了")
	w.asks("什么时候发货")
	a.opens("杯子碎了")
	a.answers("非常抱歉")
	a.hit("n", "KeyN", alt)
	a.sees(noting, "")
	a.write(editor, "老客户")
	a.enter()
	a.sees(".note", "老客户")
	a.sees(noting, "")
	a.opens("什么时候发货")
	a.misses(noting)
	a.opens("非常抱歉")
	a.misses(noting)
	a.answers("马上给您补发")
	v.sees(words, "马上给您补发")

	a.hit("n", "KeyN", alt)
	a.write(editor, "补发要拍照")
	a.opens("什么时候发货")
	a.opens("补发要拍照") // it stands in the row
	a.sees(noting, "")
	a.holds("补发要拍照")
	a.enter()
	a.sees(".note", "补发要拍照")
	a.reload()
	a.sees(".note", "补发要拍照")
	a.misses(noting)
}

// TestOfTwoMachinesTheNewestDraftWinsAndTheOtherIsOffered: what was written without
// a line comes in later than what was written elsewhere meanwhile.
func TestOfTwoMachinesTheNewestDraftWinsAndTheOtherIsOffered(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	visitor(t, d, "visitor").asks("在吗")
	a.opens("在吗")
	ask[any](a.view, `((real) => { window.fetch = (to, ...rest) => (String(to).includes("/draft") ? Promise.reject(new TypeError("no line")) : real(to, ...rest)); })(window.fetch)`)
	a.write(editor, "在家断网时写的")
	a.sees(".comp", say("console.draft_local"))

	b := somebody(t, "at the shop")
	signIn(b, d, agentMail)
	b.opens("在吗")
	b.holds("")
	b.write(editor, "在店里写的")
	b.sees(".comp", say("console.draft_saved"))

	a.sees("dialog", say("console.elsewhere_title"))
	signIn(a, d, agentMail)
	a.opens("在家断网时写的")
	a.holds("在家断网时写的")
	a.sees(".toast", say("console.draft_replaced"))
	a.click(".toast .as-link", say("console.draft_both"))
	a.holds("在家断网时写的\n在店里写的")
	a.sees(".comp", say("console.draft_saved"))
}
