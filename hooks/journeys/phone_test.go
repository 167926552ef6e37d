package journeys_test

import "testing"

func TestBothSidesWorkOnAPhone(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, "agent")
	a.phone()
	signIn(a, d, agentMail)
	fits := func(v *view, what string) {
		t.Helper()
		if more := v.overflows(); more > 0 {
			t.Errorf("%s is %v pixels too wide", what, more)
		}
	}
	fits(a.view, "the list")
	a.click(".callout .btn", say("console.start_serving"))
	a.misses(".callout")

	v := somebody(t, "visitor")
	v.phone()
	v.visit(d.url("/chat"))
	v.arrived()
	fits(v.view, "the chat")
	if size := ask[float64](v.view, `parseFloat(getComputedStyle(document.querySelector("#composer textarea")).fontSize)`); size < 16 {
		t.Errorf("a field of %v pixels makes an iPhone zoom", size)
	}
	v.asks("手机上也能聊吗？")
	fits(v.view, "the chat with words")

	a.sees(row, "手机上也能聊吗？")
	a.misses(".thread .comp")
	a.opens("手机上也能聊吗？")
	a.misses(row)
	fits(a.view, "the thread")
	a.answers("可以的")
	v.sees(words, "可以的")
	a.click(".panel-toggle", "")
	a.sees("#customer", say("console.field_phone"))
	fits(a.view, "the customer")
	a.click("#customer .side-x", "")
	a.sees(bubbles, "可以的")
	a.click(".th .back", "")
	a.sees(row, "可以的")
	a.sees(".mob-nav", say("console.me"))
}
