package journeys_test

import (
	"fmt"
	"testing"
)

const (
	hits   = ".srch .hit"
	seeker = ".srch input"
)

// years is a shop in which a customer has written once a day for 400 days, all
// before there was an index, and another one to a group that the agents are not in.
func years(t *testing.T) *program {
	t.Helper()
	insertTalk := func(id, contact, group string) string {
		return fmt.Sprintf("INSERT INTO conversations (id, contact, customer, channel, status, [group], priority, tags, last, preferred, deadlines, last_seq, opened, closed) "+
			"VALUES ('%s', '%s', 'cust%s', (SELECT id FROM channels LIMIT 1), 'closed', '%s', 'normal', '[]', 'null', 'null', 'null', 400, '2025-01-01 12:00:00.000Z', '2026-02-04 12:00:00.000Z')", id, contact, contact, group)
	}
	const insertMessages = "INSERT INTO messages (id, seq, conversation, contact, sender, kind, text, data, [from], time, staff_only, recalled) "
	return prepared(t,
		"INSERT INTO customers (id, name, phone, created, updated) VALUES ('custcontactshown01', '沈清越', '13800006027', '2025-01-01 12:00:00.000Z', '2025-01-01 12:00:00.000Z')",
		"INSERT INTO contacts (id, customer, channel, name) VALUES ('contactshown01', 'custcontactshown01', (SELECT id FROM channels LIMIT 1), '沈清越'), "+
			"('contacthidden1', 'custcontacthidden1', (SELECT id FROM channels LIMIT 1), '别人')",
		insertTalk("talkshown000001", "contactshown01", ""), insertTalk("talkhidden00001", "contacthidden1", "groupofothers01"),
		insertMessages+"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) SELECT printf('day%012d', i), i, 'talkshown000001', 'contactshown01', 'visitor:contactshown01', 'text', "+
			"CASE i WHEN 50 THEN '羊绒披肩还有吗，订单号 20261127000184' WHEN 300 THEN '我电话13812346027，披肩会起球吗' ELSE '第' || i || '天' END, 'null', "+
			"'{\"kind\":\"visitor\",\"id\":\"contactshown01\",\"name\":\"沈清越\"}', datetime('2025-01-01 12:00:00', '+' || (i - 1) || ' days') || '.000Z', FALSE, FALSE FROM n",
		insertMessages+"VALUES ('hidden000000001', 401, 'talkhidden00001', 'contacthidden1', 'visitor:contacthidden1', 'text', '披肩破了', 'null', '{\"kind\":\"visitor\"}', '2026-02-05 12:00:00.000Z', FALSE, FALSE)",
		"UPDATE sequence SET last = 500 WHERE id = 1", "UPDATE words_from SET seq = 402, upto = 500 WHERE id = 1")
}

// seeks types into the search over everything.
func (v *view) seeks(typed string) {
	v.p.t.Helper()
	ask[any](v, `document.querySelector(".srch input").value = ""`)
	v.write(seeker, typed)
}

// inSight waits until an entry stands on the screen.
func (v *view) inSight(entry string) {
	v.p.t.Helper()
	v.until(entry+" on the screen", fmt.Sprintf(`((e) => { if (!e) return false; const a = e.getBoundingClientRect(), b = document.querySelector(".msgs").getBoundingClientRect(); return a.top >= b.top && a.bottom <= b.bottom; })(document.querySelector('[data-entry="%s"]'))`, entry))
}

// marks waits until what was sought stands out in the thread.
func (v *view) marks(word string) {
	v.p.t.Helper()
	v.until(word+" marked", fmt.Sprintf(`[...(CSS.highlights.get("sought") ?? [])].some((r) => r.toString() === %q)`, word))
}

func TestWhatWasSaidYearsAgoIsFoundAndShownWhereItStands(t *testing.T) {
	t.Parallel()
	d := years(t)
	a := agent(t, d, agentMail)
	a.write("#narrow", "披")
	a.click(".all-of", "披")
	a.sees(hits, "我电话13812346027，披肩会起球吗")
	a.reads(hits+" mark", "披", "披") // another one is nobody's business here
	a.audit()
	a.seeks("披肩")
	a.reads(hits+" mark", "披肩", "披肩")
	a.seeks("20261127000184")
	a.reads(hits+" mark", "20261127000184")
	a.seeks("破了")
	a.sees(".srch .nothing", say("search.none_messages", "Typed", "破了"))
	a.click("#srch-customers", "")
	a.seeks("6027")
	a.sees(hits, "沈清越")
	a.sees(hits+" mark", "6027")
	if a.heard("13800006027") || containsText(a.said(), "13800006027") {
		t.Error("the number was told in full")
	}
	a.click("#srch-messages", "")
	a.seeks("羊绒")
	a.reads(hits+" mark", "羊绒")

	// Three hundred and fifty entries lie between it and the newest.
	a.enter()
	a.inSight("day000000000050")
	a.marks("羊绒")
	a.sees(".jump.long", say("console.to_newest"))
	a.until("newer ones as one scrolls on", `(() => { const m = document.querySelector(".msgs"); m.scrollTop = m.scrollHeight; return document.querySelector('[data-entry="day000000000090"]'); })()`)
	a.click(".jump", "")
	a.inSight("day000000000400")
	a.misses(".jump")
	a.commands("羊绒")
	a.sees(".plt-i mark", "羊绒")
	a.click(".plt-i", "羊绒披肩还有吗")
	a.inSight("day000000000050")

	// Within the thread, from place to place, and to a day.
	a.click(".th .acts button", say("console.find_within"))
	a.write(".wthn input[type=search]", "披肩")
	a.sees(".wthn-n", "1/2")
	a.inSight("day000000000300")
	a.marks("披肩")
	a.enter()
	a.sees(".wthn-n", "2/2")
	a.inSight("day000000000050")
	a.audit()
	toDay := func(day string) {
		ask[any](a.view, fmt.Sprintf(`((e) => { e.value = %q; e.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector(".wthn input[type=date]"))`, day))
	}
	toDay("2025-03-01")
	a.inSight("day000000000060")
	toDay("2024-06-01") // before there was anything
	a.inSight("day000000000001")
	toDay("2026-06-01")
	a.sees(".toast", say("conversations.nothing_since"))
	for _, width := range []int64{1180, 390} {
		a.resize(width)
		if over := a.overflows(); over > 0 {
			t.Errorf("the search is %v px wider than a window of %d", over, width)
		}
	}
}

func TestWhatIsTakenBackIsNotFoundAnyMore(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("优惠码是多少")
	a.opens("优惠码")
	a.answers("优惠码是芝麻开门")
	a.settled()
	a.click(".list .field button", say("console.search_all"))
	a.write(seeker, "芝麻")
	a.sees(hits, "优惠码是芝麻开门")
	a.click(".m.me .tools button", say("console.recall"))
	a.sees(".msgs .sys", say("console.recalled_you"))
	a.seeks("芝麻开")
	a.sees(".srch .nothing", say("search.none_messages", "Typed", "芝麻开"))
	a.escape()
	a.sees(row, "")
}

func TestSearchOnAPhone(t *testing.T) {
	t.Parallel()
	d := years(t)
	a := somebody(t, "phone")
	a.phone()
	signIn(a, d, agentMail)
	a.click(".list .field button", say("console.search_all"))
	a.write(seeker, "羊绒")
	a.sees(hits, "羊绒披肩还有吗")
	a.audit()
	a.click(hits, "羊绒披肩")
	a.inSight("day000000000050")
	a.click(".th .back", "")
	a.sees(hits, "羊绒披肩还有吗") // still there
	a.click(".srch .list-h button", say("search.back"))
	a.misses(".srch")
}
