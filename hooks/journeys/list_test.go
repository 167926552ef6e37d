package journeys_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// while changes the database of a program that stands still for that long.
func (p *program) while(statement string) {
	p.t.Helper()
	p.stop()
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "data.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		p.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		p.t.Fatal(err)
	}
	p.start()
}

// outside presses a letter's key outside of all inputs.
func (v *view) outside(letter string) {
	v.p.t.Helper()
	ask[any](v, "document.activeElement?.blur()")
	v.hit(letter, "Key"+strings.ToUpper(letter), alone)
}

const choosing = "dialog .ls-time"

func TestAConversationIsPutOffUntilTheyWriteAndUntilATime(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a, v := agent(t, d, agentMail), visitor(t, d, "visitor")
	v.asks("礼盒什么时候有货？")
	a.opens("礼盒什么时候有货？")
	a.answers("到货了告诉您")
	a.outside("h")
	a.sees("dialog", say("list.later_text"))
	a.audit()
	a.click(choosing, say("list.later_word"))
	a.misses(row)
	a.click("#tab-later", "")
	a.sees(row, say("console.later_word"))
	if v.heard(`"later"`) {
		t.Error("the visitor heard that they were put off")
	}
	v.asks("到货了吗？")
	a.click("#tab-mine", "")
	a.opens("到货了吗？")
	a.sees(".msgs .sys", say("console.event_woken_word"))
	a.answers("下周一到")

	a.click(".th .acts .ib", say("console.later"))
	a.click(choosing, say("list.later_tomorrow"))
	a.misses(row)
	d.while("UPDATE conversations SET later_until = strftime('%Y-%m-%d %H:%M:%fZ', 'now', '+8 seconds') WHERE status = 'later'")
	a.misses(".linkbar")
	a.sees(".toast", say("routing.woken"))
	a.opens("下周一到")
	a.sees(".msgs .sys", say("console.event_woken_time"))
	a.audit()
}

func TestWhatIsMarkedUnreadStaysUnreadUntilItIsOpened(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a, v := agent(t, d, agentMail), visitor(t, d, "visitor")
	v.asks("能开发票吗？")
	a.opens("能开发票吗？")
	a.answers("可以的")
	tab := a.another()
	tab.visit(d.url("/desk"))
	tab.opens("可以的")
	tab.sees(bubbles, "可以的")
	tab.tells(`"type":"read"`) // else it would be its opening that makes it read,
	v.sees(words, "可以的")
	tab.write(editor, "稍等")
	v.sees(".vc-dots", "") // which has come before this, on the same socket
	tab.clears()
	a.outside("u")
	a.sees(row+".un .count", "1")
	a.misses(".th h2")
	tab.sees(row+".un .count", "1") // it is on the screen there, and not read for that
	a.reload()
	a.sees(row+".un .count", "1")
	a.opens("可以的")
	a.misses(row + ".un")
	tab.misses(row + ".un")
}

func TestSeveralAreHandedOnAtOnceAndARefusalIsToldByName(t *testing.T) {
	t.Parallel()
	d := prepared(t, "UPDATE staff SET cap = 2 WHERE email = '"+secondMail+"'")
	a := agent(t, d, agentMail)
	for i := range 3 {
		visitor(t, d, fmt.Sprintf("visitor-%d", i)).asks(fmt.Sprintf("第 %d 个问题", i+1))
		a.sees(row, fmt.Sprintf("第 %d 个问题", i+1))
	}
	agent(t, d, secondMail)
	a.click(".items li:first-child .pk", "")
	a.sees(".ls-bulk", say("list.bulk_chosen", "Count", 1))
	a.click(".ls-all input", "")
	a.sees(".ls-bulk", say("list.bulk_chosen", "Count", 3))
	a.audit()
	a.click(".ls-act", say("list.bulk_transfer"))
	a.click("dialog .choice:has(input:enabled)", secondName)
	a.click("dialog .dlg-f .pri", "")
	a.sees(".ls-out", say("list.did_transfer", "Count", 2))
	a.sees(".ls-out", say("list.bulk_refused", "Count", 1))
	a.sees(".ls-out li", say("fail.at_capacity"))
	a.sees(".ls-bulk", say("list.bulk_chosen", "Count", 1)) // it stays chosen
	a.until("one row to be left", `document.querySelectorAll(".items .it").length === 1`)
	a.audit()

	a.click(".ls-act", say("list.bulk_close"))
	a.sees("dialog", say("list.close_waiting", "Count", 1))
	a.audit()
	a.click("dialog .dlg-f .pri", "")
	a.misses(row)
}

func TestAViewIsSavedAppliedRenamedAndDropped(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	for i, text := range []string{"急事", "小事"} {
		v := visitor(t, d, fmt.Sprintf("visitor-%d", i))
		v.asks(text)
		a.opens(text)
	}
	a.opens("急事")
	a.outside("p")
	a.sees(row+" .mk.urgent", "")
	const filter = ".filters [aria-haspopup=dialog]"
	a.click(filter, "")
	a.click("dialog .chip", say("console.priority_urgent"))
	a.sees("dialog", say("list.filter_shows", "Count", 1))
	a.write("dialog .ls-save input", "售后急单")
	a.audit()
	a.click("dialog .ls-save .btn", "")
	a.sees("dialog .ls-view", "售后急单")
	a.escape()
	a.misses("dialog")
	a.reload()
	a.sees(".chip.view", "售后急单 1")
	a.sees(row, "小事")
	a.click(".chip.view", "售后急单")
	a.until("the urgent one alone", `document.querySelectorAll(".items .it").length === 1 && all(".items .it", "急事").length === 1`)

	a.click(filter, "")
	a.click("dialog .ls-views .ib", say("list.view_drop", "Name", "售后急单"))
	a.misses("dialog .ls-view")
	a.escape()
	a.misses("dialog")
	a.misses(".chip.view")
	a.click(".toasts .as-link", say("console.undo"))
	a.sees(".chip.view", "售后急单")
}

func TestOneAlertTellsOfAllWhoWaitAndLeadsToTheLongest(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	for i, text := range []string{"等得最久", "等得久"} {
		visitor(t, d, fmt.Sprintf("visitor-%d", i)).asks(text)
		a.sees(row, text)
	}
	d.while("UPDATE conversations SET deadlines = 'null', sweep = '', waiting_since = strftime('%Y-%m-%d %H:%M:%fZ', waiting_since, '-5 minutes')")
	a.misses(".linkbar")
	a.sees(".toast.warning", say("console.notice_waited_many", "Count", 2))
	a.until("one alert", `all(".toast.warning").length === 1`)
	a.click(".toast.warning .as-link", say("console.open"))
	a.sees(bubbles, "等得最久")
	a.answers("来了")
	a.until("the other one", `all(".toast.warning").length === 1 && !all(".toast.warning", "2").some((e) => e.textContent.includes("2 位"))`)
	a.click(".toast.warning .as-link", say("console.open"))
	a.sees(bubbles, "等得久")
	a.answers("我在")
	a.misses(".toast.warning")
}
