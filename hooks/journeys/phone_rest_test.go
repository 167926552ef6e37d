package journeys_test

import (
	"fmt"
	"testing"
)

// TestWhatAgentsRarelyDoIsDoneOnAPhoneToo: what lies behind a menu on a large
// screen is not further away on a small one, and its buttons are on the screen.
func TestWhatAgentsRarelyDoIsDoneOnAPhoneToo(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, "owner")
	a.phone()
	signIn(a, d, ownerMail)
	a.sees(".status", say("console.presence_online"))
	v, w := visitor(t, d, "visitor"), visitor(t, d, "another")
	v.asks("瓶子碎了怎么办")
	w.asks("一直打扰您")
	a.sees(row, "一直打扰您")
	inside := func(what, selector string) {
		t.Helper()
		if over := a.overflows(); over > 0 {
			t.Errorf("%s is %v pixels too wide", what, over)
		}
		a.until("the buttons of "+what+" on the screen", fmt.Sprintf(
			`((e) => { const r = e?.getBoundingClientRect(); return r?.height && r.top >= 0 && r.bottom <= innerHeight && r.right <= innerWidth; })(document.querySelector(%q))`, selector))
	}
	onCustomer := func(act string) {
		t.Helper()
		a.click(".panel-toggle", "")
		a.click(".prof .ib", say("panel.person_more"))
		a.click(".prof .menu button", act)
	}

	a.click(".filters [aria-haspopup=dialog]", "")
	a.click("dialog .chip", say("console.filter_unreplied"))
	inside("the filter", "dialog .dlg-f .pri")
	a.click("dialog .dlg-f .pri", "")
	a.misses("dialog")
	a.click(".filters .narrow-only", "")
	a.click(row, "瓶子碎了怎么办") // a tap chooses
	a.sees(".ls-bulk", say("list.bulk_chosen", "Count", 1))
	inside("what is done to many", ".ls-act:last-of-type")
	a.click(".filters .narrow-only", "")
	a.misses(".ls-bulk")

	a.opens("瓶子碎了怎么办")
	a.click(".th .narrow-only .ib", "")
	a.click(".th .menu button", say("console.find_within"))
	a.sees(".wthn", "")
	ask[any](a.view, `((e) => { e.value = "2024-06-01"; e.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector(".wthn input[type=date]"))`)
	a.sees(".msgs .lit", "")
	a.click(".wthn .ib:last-child", "")

	onCustomer(say("panel.merge"))
	a.write("dialog input", "访客")
	a.click(".found button", "")
	a.sees(".compare", "")
	inside("the merge", "dialog .dlg-f .pri")
	a.click("dialog .dlg-f .pri", say("panel.merge_do"))
	a.sees(".told", "")
	a.click(".told .as-link", say("panel.undo"))
	a.misses(".told")
	a.click("#customer .side-x", "")
	a.click(".th .back", "")

	a.opens("一直打扰您")
	onCustomer(say("panel.block"))
	a.click("dialog .chip", say("panel.block_abuse"))
	inside("the block", "dialog .dlg-f .pri")
	a.click("dialog .dlg-f .pri", say("panel.block_do"))
	a.sees(".bar-note", say("panel.block_abuse"))
	a.click("#customer .side-x", "")
	a.click(".th .back", "")

	me := func(act string) {
		t.Helper()
		a.click(".mob-nav [aria-haspopup=menu]", "")
		a.click(".mob-nav .menu button", act)
	}
	me(say("console.settings"))
	inside("the settings", ".settle .dlg-f .pri")
	a.click(".settle .dlg-f .pri", "")
	a.misses("dialog")
	me(say("console.palette"))
	a.write(".plt input", "碎了")
	a.click(".plt-i", "瓶子碎了怎么办")
	a.sees(bubbles, "瓶子碎了怎么办")
}
