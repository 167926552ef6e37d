package journeys_test

import (
	"testing"

	"github.com/chromedp/cdproto/input"
)

// What is held while a key is pressed.
const (
	alone = 0
	ctrl  = 2
	shift = 8
)

// hit presses a key that is a character, with what is held.
func (v *view) hit(key, code string, held int64) {
	v.p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		call(v.p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, Modifiers: held})
	}
}

// commands opens the palette and types a word.
func (v *view) commands(word string) {
	v.p.t.Helper()
	v.hit("k", "KeyK", ctrl)
	v.sees(".plt", "")
	v.write(".plt input", word)
}

// TestEverythingByTheKeyboard: an agent serves a customer without a mouse, by the
// palette and by single keys.
func TestEverythingByTheKeyboard(t *testing.T) {
	t.Parallel()
	d := prepared(t,
		`INSERT INTO tags (id, name, colour, sort) VALUES ('tagfragile00001', '易碎品破损', 'amber', 1)`,
		`INSERT INTO quick_replies (id, code, title, text, scope) VALUES ('quickdelivery01', 'kd', '快递说明', '顺丰今天发出', 'shop')`)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("瓶子碎了")
	a.sees(row, "瓶子碎了")

	a.hit("j", "KeyJ", alone) // the only one
	a.sees(".th h2", "")
	a.commands("转接")
	a.sees(".plt-i[aria-selected=true]", say("palette.do_transfer"))
	a.audit()
	for _, width := range []int64{1180, 390} {
		a.resize(width)
		if over := a.overflows(); over > 0 {
			t.Errorf("the palette is %v px wider than a window of %d", over, width)
		}
	}
	a.resize(1440)
	a.enter()
	a.sees("dialog h2", say("console.transfer"))
	a.escape()
	a.misses("dialog")

	a.commands("kd")
	a.sees(".plt-i[aria-selected=true]", "快递说明")
	a.enter()
	a.until("the quick reply in the composer", `document.querySelector("#composer-text")?.value.includes("顺丰今天发出")`)
	a.escape() // out of the composer
	a.hit("r", "KeyR", alone)
	a.until("the caret in the composer", `document.activeElement?.id === "composer-text"`)
	a.enter()
	v.sees(words, "顺丰今天发出")
	a.escape()

	a.hit("l", "KeyL", alone)
	a.sees(".tgs", "")
	a.audit()
	a.write(".tgs input", "易碎")
	a.enter()
	a.sees(".tgs [aria-selected=true]", "易碎品破损")
	a.escape()
	a.misses("dialog")
	a.sees(".th .tag", "易碎品破损")

	a.hit("?", "Slash", shift)
	a.sees(".sheets", say("palette.do_close_next"))
	a.audit()
	a.escape()
	a.misses("dialog")

	a.commands("") // what was done lately comes first
	a.sees(".plt-l [role=group]:first-child", say("palette.group_recent"))
	a.sees(".plt-l [role=group]:first-child .plt-i", say("palette.do_transfer"))
	a.escape()
	a.misses("dialog")
	a.hit("e", "KeyE", alone)
	v.sees(".vc-rate", "")
	a.commands(say("admin.area_front"))
	a.sees(".plt-i[aria-selected=true]", say("admin.area_front"))
	a.enter()
	a.until("the admin console", `location.pathname === "/admin"`)
}
