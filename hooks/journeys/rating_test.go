package journeys_test

import (
	"slices"
	"testing"
)

func TestAClosedConversationIsRatedAndTheNextWordOpensAnother(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("怎么开发票？")
	a.opens("怎么开发票？")
	a.answers("已经发到您邮箱了")
	v.sees(words, "已经发到您邮箱了")
	before := ask[string](a.view, "location.hash")

	a.click(".th .acts button", say("console.close"))
	v.sees(".vc-sys", say("chat.closed_by", "Name", agentName))
	v.sees(".vc-rate", say("chat.rate_title"))
	if n := len(v.texts(".vc-faces button")); n != 5 {
		t.Errorf("%d faces", n)
	}
	v.click(".vc-faces button:nth-child(4)", say("chat.score_4"))
	v.click(".vc-solved button", say("chat.yes"))
	v.write(".vc-rate textarea", "小客服很耐心")
	v.click(".vc-rate .vc-btn", say("chat.rate_send"))
	v.misses(".vc-rate")
	v.sees(".vc-sys", say("chat.rated", "Score", say("chat.score_4")))
	a.sees(".msgs .sys", "小客服很耐心")
	a.sees(".msgs .sys", say("console.rating_4"))
	a.sees(".msgs .sys", say("console.rated_solved"))

	// Thought better of it.
	v.click(".vc-sys button", say("chat.rate_change"))
	v.until("what was said", `document.querySelector(".vc-rate textarea").value === "小客服很耐心" && document.querySelectorAll(".vc-rate [aria-pressed=true]").length === 2`)
	v.click(".vc-faces button:nth-child(2)", say("chat.score_2"))
	v.click(".vc-solved button", say("chat.no"))
	v.click(".vc-rate .vc-btn", say("chat.rate_send"))
	v.misses(".vc-rate")
	v.sees(".vc-sys", say("chat.rated_anew", "Score", say("chat.score_2")))
	a.sees(".msgs .sys", say("console.event_rated_anew"))
	a.sees(".msgs .sys", say("console.rated_unsolved"))
	if n := len(v.texts(".vc-sys button")); n != 1 {
		t.Errorf("%d ratings can be changed", n)
	}

	v.asks("还有一个问题")
	a.click("#tab-mine", "")
	a.opens("还有一个问题")
	a.until("another conversation", "location.hash !== "+quote(before))
	a.sees(bubbles, "怎么开发票？") // the same visible thread
	a.answers("您说")
	v.sees(words, "您说")
	want := []string{"怎么开发票？", "已经发到您邮箱了", "还有一个问题", "您说"}
	for _, said := range [][]string{v.texts(words), a.texts(bubbles)} {
		said = slices.DeleteFunc(said, func(text string) bool { return !slices.Contains(want, text) })
		if !slices.Equal(said, want) {
			t.Errorf("the thread reads %q", said)
		}
	}
	v.misses(".vc-rate")
}
