package journeys_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // to furnish a shop before it opens
)

// prepared is a shop in whose database something was changed before it opens.
func prepared(t testing.TB, statements ...string) *program {
	t.Helper()
	chromium(t)
	from, err := furnished()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err = os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err = db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err = db.Close(); err != nil {
		t.Fatal(err)
	}
	return launch(t, dir)
}

// Of the visitor's panel while they wait, and of the console.
const (
	place    = ".vc-que"
	leaving  = ".vc-leave"
	promised = ".promises .pm"
)

// serves answers what the row says, and ends the conversation.
func (v *view) serves(text string) {
	v.p.t.Helper()
	v.opens(text)
	v.answers("好的，" + text)
	v.ends()
}

func (v *view) ends() {
	v.p.t.Helper()
	v.click(".th .acts > .btn", say("console.close"))
	v.sees(".toasts", "会话")
}

func TestWhoWaitsKnowsTheirPlaceAndKeepsIt(t *testing.T) {
	t.Parallel()
	d := prepared(t, "UPDATE staff SET cap = 1 WHERE email = '"+agentMail+"'")
	a := agent(t, d, agentMail)
	regular := visitor(t, d, "regular")
	for _, text := range []string{"第一个问题", "第二个问题", "第三个问题"} { // by which is known how long one takes
		regular.asks(text)
		a.serves(text)
	}
	served := visitor(t, d, "served")
	served.asks("我先来的")
	a.opens("我先来的")
	a.answers("在的")

	first, second, third := visitor(t, d, "first"), visitor(t, d, "second"), visitor(t, d, "third")
	first.asks("我是第一位")
	first.sees(place, say("protocol.wait_next"))
	second.asks("我是第二位")
	third.asks("我是第三位")
	about := say("protocol.wait_about", "Place", say("protocol.wait_place", "Count", 1), "Time", say("protocol.about_minute"))
	second.sees(place, about)
	third.sees(place, say("protocol.wait_place", "Count", 2))
	second.audit()

	// A reload, a second tab and a restart keep it.
	second.reload()
	second.arrived()
	second.sees(place, about)
	tab := second.another()
	tab.visit(d.url("/chat"))
	tab.arrived()
	tab.sees(place, say("protocol.wait_place", "Count", 1))
	for _, end := range []func(){d.stop, d.kill} {
		end()
		d.start()
		second.reload()
		second.arrived()
		second.sees(place, say("protocol.wait_place", "Count", 1))
		third.sees(place, say("protocol.wait_place", "Count", 2))
	}

	// The one before is taken, and everybody moves up.
	a.misses(".linkbar")
	a.sees(bubbles, "我先来的")
	a.ends()
	first.sees(".vc-sys", say("chat.serves_you", "Name", agentName))
	second.sees(place, say("protocol.wait_next"))
	third.sees(place, say("protocol.wait_place", "Count", 1))
}

func TestWhoCannotWaitLeavesAMessage(t *testing.T) {
	t.Parallel()
	d := prepared(t, `INSERT INTO settings (id, key, value) VALUES ('offerafteroffer', 'routing', '{"offer_after":2000000000}')`)
	v := visitor(t, d, "visitor")
	v.asks("有人在吗？")
	v.sees(leaving, say("protocol.leave_busy"))
	v.audit()
	v.click(leaving+" button", say("chat.leave"))
	v.click(leaving+" [type=submit]", "")
	v.sees(leaving+" .vc-err", say("chat.leave_text_missing"))
	v.write(leaving+" textarea", "茶叶罐碎了，请联系我")
	v.write(leaving+" input[type=tel]", "138")
	v.click(leaving+" [type=submit]", "")
	v.sees(leaving+" .vc-err", say("customers.phone_wrong"))
	v.audit()
	v.reload() // what was written is still there
	v.arrived()
	v.until("the draft", `document.querySelector(".vc-leave textarea")?.value === "茶叶罐碎了，请联系我"`)
	v.write(leaving+" input[type=tel]", " 1234 6027")
	v.click(leaving+" [type=submit]", "")
	v.sees(place, say("chat.left_title"))
	v.sees(words, "茶叶罐碎了，请联系我")
	v.misses(leaving)
	v.audit()
	d.kill()
	d.start()
	v.reload()
	v.arrived()
	v.sees(place, say("protocol.left_open"))

	a := agent(t, d, agentMail)
	a.opens("茶叶罐碎了")
	a.sees(".sys", "138****6027")
	a.sees(".kv", "138****6027")
	if a.heard("1234 6027") {
		t.Error("the number came in full")
	}
	a.audit()
	v.asks("我又回来了") // and the chat simply goes on
	a.sees(bubbles, "我又回来了")
	a.answers("马上为您处理")
	v.sees(words, "马上为您处理")
}

func TestAPromiseIsKeptByWhoeverServes(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("杯子碎了怎么办？")
	a.opens("杯子碎了怎么办？")
	a.answers("非常抱歉，我核实一下，明天上午给您答复")
	a.sees(".offer .chip", say("console.tomorrow")+" 10:00")
	a.audit()
	a.click(".offer .chip", say("console.tomorrow"))
	a.sees(promised, "明天上午给您答复")
	a.sees(row, say("console.row_promise_open"))
	a.click(".offer.set .chip", "") // another moment at a second click
	a.click(".menu.times button", say("console.time_hour"))
	a.until("the moment to have changed", `!document.querySelector(".promises .at").textContent.includes("10:00")`)
	a.audit()

	c := agent(t, d, secondMail)
	a.click(".th .acts .ib", say("console.transfer"))
	a.click(".choice", secondName)
	a.click(".dlg-f .pri", say("console.transfer"))
	c.opens("非常抱歉")
	c.sees(promised, "明天上午给您答复")
	c.sees(promised, say("console.promised_by", "Name", agentName))
	c.click(".rail .nv", say("console.promises_mine"))
	c.sees("dialog .pm", "明天上午给您答复")
	c.audit()
	c.escape()
	c.click(".promises .btn", say("console.promise_done"))
	c.misses(promised)
	c.sees(".toasts", say("console.promise_done_toast"))
	c.click(".toasts .as-link", say("console.undo"))
	c.sees(promised, "明天上午给您答复")

	// Closing asks first; what stays open is there when the customer is back.
	c.click(".th .acts > .btn", say("console.close"))
	c.sees("dialog", say("console.unkept_title", "Count", 1))
	c.audit()
	c.click(".dlg-f .btn", say("console.unkept_keep"))
	v.sees(".vc-rate", "")
	v.asks("有消息了吗？")
	a.opens("有消息了吗？") // theirs, because the question was
	a.sees(promised, "明天上午给您答复")
	if v.heard("promised") {
		t.Error("the visitor heard of it")
	}
}
