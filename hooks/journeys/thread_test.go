package journeys_test

import (
	"fmt"
	"image/color"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// A click on what is quoted goes to it, wherever it stands, and what was taken back
// is edited again where it came from.
func TestQuotesLeadToWhatTheyAnswer(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("第一个问题")
	a.opens("第一个问题")
	a.floods(120)
	a.until("the first question to be out of sight", `document.querySelector(".msgs").scrollHeight > 3000 && all(".msgs .bub", "第一个问题")[0].getBoundingClientRect().bottom < 0`)
	ask[any](a.view, `all(".msgs .bub", "第一个问题")[0].closest(".line").querySelector("button").click()`) // quotes it
	a.sees(".quoting", "第一个问题")
	a.answers("这是回答")
	a.sees(".quote", "第一个问题")
	a.click(".quote", "第一个问题")
	a.sees(".lit", "第一个问题")
	a.until("it to be on the screen", `((r) => r.top > 0 && r.bottom < innerHeight)(all(".msgs .bub", "第一个问题")[0].getBoundingClientRect())`)
	a.sees(".jump.far", "")
	a.click(".jump.far", "")
	a.until("the end", `((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80)(document.querySelector(".msgs"))`)

	recall := fmt.Sprintf(`all(".m.me .bub", "这是回答").at(-1)?.closest(".line").querySelector("[aria-label='%s']")`, say("console.recall"))
	a.until("it to be stored, and so to be recalled", recall+" != null")
	ask[any](a.view, recall+".click()")
	a.sees(".sys", say("console.recalled_you"))
	a.reload() // the server has forgotten it by now
	a.click(".sys .as-link", say("console.re_edit"))
	a.holds("这是回答")
	a.misses(noting)
}

// floods puts so many words into the open thread as it is drawn, without the
// server: what a page does with a long thread is the page's own.
func (v *view) floods(n int) {
	v.p.t.Helper()
	ask[any](v, fmt.Sprintf(`(async () => {
		const at = (name) => new URL(name, document.querySelector("script[type=module][src*=console]").src).href;
		const [threads, store] = await Promise.all([import(at("./threads.js")), import(at("./store.js"))]);
		const c = store.current.peek();
		for (let i = 0; i < %d; i++) threads.arrived({ id: "flood" + i, cursor: "flood" + i, conversation: c.id, time: new Date().toISOString(), kind: "text", from: { kind: "bot", name: "小二" }, text: "第 " + i + " 句，稍长一些，好占一点地方" });
	})()`, n))
}

// However long a thread is, the page holds three hundred of its entries, and
// scrolling neither jumps nor ends before the thread does.
func TestALongThreadIsDrawnInParts(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("很久以前的话")
	a.opens("很久以前的话")
	a.floods(1000)
	const drawn = `document.querySelectorAll(".msgs [data-entry]").length`
	a.until("the last words", `all(".msgs .bub", "第 999 句").length === 1 && `+drawn+` <= 300`)
	worst := ask[struct{ Most, Jump, Steps float64 }](a.view, `new Promise(async (done) => {
		const box = document.querySelector(".msgs");
		let most = 0, jump = 0, steps = 0;
		const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
		box.scrollTop -= 1000; // and the end is let go of
		await frame(); await frame();
		while (steps++ < 2000 && !all(".msgs .bub", "很久以前的话").length) {
			const before = [...box.querySelectorAll("[data-entry]")].find((el) => el.getBoundingClientRect().top > box.getBoundingClientRect().top + 200);
			const top = before.getBoundingClientRect().top, moved = Math.min(400, box.scrollTop);
			box.scrollTop -= moved;
			await frame(); await frame();
			if (before.isConnected) jump = Math.max(jump, Math.abs(before.getBoundingClientRect().top - top - moved));
			most = Math.max(most, document.querySelectorAll(".msgs [data-entry]").length);
		}
		done({ Most: most, Jump: jump, Steps: steps });
	})`)
	if worst.Most > 300 || worst.Jump > 2 || worst.Steps > 1500 {
		t.Errorf("at most %v entries drawn, %v px of a jump, %v steps to the beginning", worst.Most, worst.Jump, worst.Steps)
	}
	v.asks("新的话")
	a.sees(".jump", say("console.new_below", "Count", 1))
	a.click(".jump", "")
	a.sees(bubbles, "新的话")
	a.until("no more than is drawn", drawn+` <= 300`)
}

// Pictures are seen large, one after the other, by the keyboard alone.
func TestPicturesAreLookedAtOneAfterTheOther(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("看图")
	a.opens("看图")
	for i, name := range []string{"red.png", "blue.png"} {
		path, _ := picture(t, name, color.RGBA{R: uint8(200 * (1 - i)), B: uint8(200 * i), A: 255})
		a.choose(".comp input[type=file]", path)
		a.sees(".tray li", "")
		a.click(".comp .send", "")
		a.shows(".msgs .pic img", i+1)
	}
	a.settled()
	a.click(".msgs .pic", "")
	a.sees(".viewer-bar", "1 / 2")
	a.audit()
	a.hit("ArrowRight", "ArrowRight", alone)
	a.sees(".viewer-bar", "2 / 2")
	for range 9 {
		a.hit("+", "Equal", alone)
	}
	a.sees(".viewer-bar", "500%")
	a.hit("0", "Digit0", alone)
	a.sees(".viewer-bar", "100%")
	at := a.spot(".viewer img", "")
	for range 2 {
		call(a, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: at.X, Y: at.Y, DeltaX: 1, DeltaY: -100})
	}
	a.sees(".viewer-bar", "132%")
	a.hit("0", "Digit0", alone)
	a.sees(".viewer-bar", "100%")
	a.hit("ArrowLeft", "ArrowLeft", alone)
	a.sees(".viewer-bar", "1 / 2")
	a.escape()
	a.misses(".viewer")

	// One that went to a customer is worth keeping: with a title, as a quick reply.
	ask[any](a.view, fmt.Sprintf(`document.querySelector(".m.me [aria-label='%s']").click()`, say("console.quick_keep")))
	a.shows("dialog .quick-pic", 1)
	a.write("dialog [name=title]", "红色样品")
	a.write("dialog [name=text]", "这是红色的样品")
	a.click("dialog .dlg-f .pri", "")
	a.misses("dialog")
	a.write(editor, "/hsyp")
	a.sees(".slash li b", "红色样品")
	a.shows(".slash li img", 1)
	a.enter()
	a.shows(".tray img", 1)
	a.click(".comp .send", "")
	v.sees(words, "这是红色的样品")
	v.shows("#thread .vc-img img", 3)
}

// A message that was worth keeping becomes a quick reply with a title of its own.
func TestAMessageIsKeptWithATitle(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("怎么补发")
	a.opens("怎么补发")
	a.answers("您好，补发顺丰今天寄出，单号稍后给您")
	a.settled()
	ask[any](a.view, fmt.Sprintf(`document.querySelector(".m.me [aria-label='%s']").click()`, say("console.quick_keep")))
	a.until("a proposed title", `document.querySelector("dialog [name=title]")?.value === "补发顺丰今天寄出"`)
	a.click("dialog .dlg-f .pri", "")
	a.misses("dialog")
	a.write(editor, "/bfsf")
	a.sees(".slash li b", "补发顺丰今天寄出")
}

// Emoji are found by their names' letters, and the ones used last come first.
func TestEmojiAreFoundByName(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗")
	a.opens("在吗")
	a.click(".comp .bar button", say("console.emoji"))
	a.sees(".emoji-g button", "")
	a.audit()
	a.write(".emoji input", "kuaidi")
	a.reads(".emoji-g button", "📦")
	a.enter()
	a.holds("📦")
	a.enter()
	v.sees(words, "📦")
	a.click(".comp .bar button", say("console.emoji"))
	a.sees(".emoji small", say("console.emoji_recent"))
	a.until("the one used last", `document.querySelector(".emoji-g button").textContent === "📦"`)
	a.hit("ArrowDown", "ArrowDown", alone)
	a.until("the first to have the focus", `document.activeElement === document.querySelector(".emoji-g button")`)
	a.escape()
	a.misses(".emoji")
}
