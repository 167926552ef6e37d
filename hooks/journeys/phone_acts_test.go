package journeys_test

import (
	"testing"
)

// TestAllThatAnAgentDoesIsDoneOnAPhone: one act after the other, with a finger.
func TestAllThatAnAgentDoesIsDoneOnAPhone(t *testing.T) {
	t.Parallel()
	d := prepared(t,
		`INSERT INTO tags (id, name, colour, sort) VALUES ('tagfragile00001', '易碎品破损', 'amber', 1)`,
		`INSERT INTO quick_replies (id, code, title, text, scope) VALUES ('quickdelivery01', 'kd', '快递说明', '顺丰今天发出', 'shop')`)
	a := somebody(t, "owner")
	a.phone()
	signIn(a, d, ownerMail)
	a.sees(".status", say("console.presence_online"))
	v, w := visitor(t, d, "visitor"), visitor(t, d, "another")
	v.asks("瓶子碎了怎么办")
	w.asks("什么时候发货")
	a.sees(row, "什么时候发货")
	fits := func(what string) {
		t.Helper()
		if over := a.overflows(); over > 0 {
			t.Errorf("%s is %v pixels too wide", what, over)
		}
	}
	menu := func(name string) {
		t.Helper()
		a.click(".th .narrow-only .ib", "")
		a.click(".th .menu button", name)
	}

	a.opens("瓶子碎了怎么办")
	a.write(editor, "/kd")
	a.click(".slash li", "快递说明")
	a.click(".comp .send", "")
	v.sees(words, "顺丰今天发出")
	a.click(".comp .md", say("console.note"))
	a.write(editor, "老客户，破损要补发")
	fits("a note")
	a.click(".comp .send", "")
	a.sees(".note", "老客户，破损要补发")
	a.click(".comp .md", say("console.reply"))

	a.click(".m.me .line", "") // its tools come with a touch
	a.click(".m.me .tools [aria-label='"+say("console.quote")+"']", "")
	a.sees(".quoting", "顺丰今天发出")
	a.answers("单号稍后给您")
	v.sees(words, "单号稍后给您")
	a.settled()
	a.click(".m.me:last-of-type .line", "")
	a.until("the last word's tools", `all(".m.me .tools").length === 1`)
	a.click(".m.me .tools [aria-label='"+say("console.recall")+"']", "")
	a.sees(".msgs .sys", say("console.recalled_you"))
	v.until("it taken back", `!all("#thread .vc-bub", "单号稍后给您").length`)

	menu(say("console.tag_it"))
	a.write(".tgs input", "易碎")
	a.click(".tgs [role=option]", "易碎品破损")
	fits("the tags")
	a.click("dialog .pri", "")
	a.misses("dialog")
	menu(say("console.priority_urgent"))
	a.sees(".th .mk", say("console.priority_urgent"))
	menu(say("console.find_within"))
	a.sees("[type=search]", "")
	fits("the search within")
	a.escape()

	a.click(".panel-toggle", "")
	a.click("#customer .kv .blank", say("console.field_region"))
	a.write("#customer .kv input", "云南 大理")
	a.enter()
	a.sees("#customer .kv", "云南 大理")
	a.sees("#customer", "易碎品破损")
	fits("the customer")
	a.click("#customer .side-x", "")

	menu(say("console.later"))
	a.click(choosing, say("list.later_word"))
	a.sees(row, "什么时候发货") // what was put off is not looked at any more
	a.click("#tab-later", "")
	a.opens("易碎品破损")
	a.click(".ctx .as-link", say("console.later_now"))
	a.misses(".ctx .sleeps")
	menu(say("console.unread_again"))
	a.click("#tab-mine", "")
	a.sees(row+".un .count", "1")

	a.opens("什么时候发货")
	menu(say("console.transfer"))
	a.click("dialog .choice", say("access.group_after_sale"))
	fits("the transfer")
	a.click("dialog .pri", say("console.transfer"))
	a.misses("dialog")
	a.sees(".toast", "")
	a.click(".th .back", "")

	a.write("#narrow", "破损")
	a.click(".all-of", "")
	a.click(".srch [role=tab]", say("search.notes"))
	a.sees(".srch .hit", "老客户，破损要补发")
	fits("the search")
	a.click(".srch .hit", "")
	a.sees(".note", "老客户，破损要补发")
	menu(say("console.close"))
	v.sees(".vc-rate", "")
}
