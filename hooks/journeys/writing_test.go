package journeys_test

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

const alt = 1 // held while a key is pressed, like those of keys_test.go

// clears empties the composer.
func (v *view) clears() {
	v.p.t.Helper()
	ask[any](v, fmt.Sprintf(`((el) => { el.value = ""; el.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector(%s))`, quote(editor)))
}

// types puts text where the caret is.
func (v *view) types(text string) {
	v.p.t.Helper()
	call(v.p, input.InsertText, input.InsertTextParams{Text: text})
}

// holds waits until the composer's text is exactly that.
func (v *view) holds(text string) {
	v.p.t.Helper()
	v.until(fmt.Sprintf("the composer to hold %q", text), fmt.Sprintf("document.querySelector(%s)?.value === %s", quote(editor), quote(text)))
}

const noting = ".comp.isnote"

// Whatever an agent does on the way, what was written as a note reaches no
// customer: not by the keys, not with a picture, not after a reload, not when the
// conversation becomes theirs or leaves them meanwhile.
func TestANoteNeverGoesOutToTheCustomer(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("杯子碎了")
	a.opens("杯子碎了")
	a.answers("非常抱歉")

	a.hit("n", "KeyN", alt)
	a.sees(noting, "")
	a.write(editor, "机密一")
	_, picture := picture(t, "note.png", color.RGBA{R: 200, A: 255})
	a.paste(editor, picture)
	a.sees(".toast", say("console.note_no_files"))
	a.enter()
	a.sees(".note", "机密一")
	a.sees(noting, "") // the next word is a note, too
	a.types("机密二")
	a.enter()
	a.sees(".note", "机密二")

	a.types("机密三")
	a.sees(".comp", say("console.draft_saved"))
	a.reload()
	a.sees(noting, "")
	a.holds("机密三")
	a.escape()
	a.key("/", 191, "/")
	a.holds("/")
	a.escape()
	a.misses(noting)
	a.clears()
	a.write(editor, "给客户的话")
	a.hit("n", "KeyN", alt)
	a.holds("机密三")
	a.hit("n", "KeyN", alt)
	a.holds("给客户的话")
	a.enter()
	v.sees(words, "给客户的话")

	// A colleague writes a note and takes the conversation over in the middle of a
	// word; then it is handed to somebody who is writing one.
	o := somebody(t, "owner")
	signIn(o, d, ownerMail)
	o.click("#tab-colleagues", "")
	o.opens("访客")
	o.sees(noting, "")
	o.write(editor, "机密四")
	a.click(".th .acts button", say("console.transfer"))
	a.click("dialog .choice:has(input:enabled)", ownerName)
	a.click("dialog .dlg-f .pri", say("console.transfer"))
	a.misses("dialog")
	o.misses(".standing") // it is theirs
	o.sees(noting, "")
	o.holds("机密四")
	o.enter()
	o.sees(".note", "机密四")
	o.types("机密五")
	o.enter()
	o.sees(".note", "机密五")
	a.sees(".note", "机密五")

	o.click(".comp .md", say("console.reply"))
	o.answers("我来为您处理")
	v.sees(words, "我来为您处理")
	v.reload()
	v.arrived()
	v.sees(words, "我来为您处理")
	page := ask[string](v.view, "document.documentElement.outerHTML")
	for _, part := range []string{"一", "二", "三", "四", "五"} {
		if v.heard("机密"+part) || containsText(page, "机密"+part) {
			t.Errorf("the customer was sent note %s", part)
		}
	}
}

// Quick replies are found by characters, pinyin and initials, and ask for what
// stands in braces; nothing goes out with a brace that nobody has seen.
func TestQuickRepliesAreFoundByPinyinAndAskForWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("退款什么时候到")
	a.opens("退款什么时候到")
	made := ask[int](a.view, `Promise.all([
		["tk1", "退款时效", "{客户昵称}，订单 {订单号} 的退款 {几天} 天内到账", "退款"],
		["", "银行信息", "请把开户行发给我", "财务"],
		["wl", "物流催查", "已催快递，{订单号} 明天更新", "物流"],
	].map(([code, title, text, category]) => fetch("/api/xiaoer/quick-replies", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code, title, text, category }) })))
		.then((all) => all.filter((x) => x.ok).length)`)
	if made != 3 {
		t.Fatalf("%d quick replies made", made)
	}
	a.reload()
	a.sees(bubbles, "退款什么时候到")
	for word, title := range map[string]string{
		"tuikuan": "退款时效", "tksx": "退款时效", "tuik": "退款时效", "退k": "退款时效", "yinhang": "银行信息", "kaihuhang": "银行信息", "kaihuxing": "银行信息", "caiwu": "银行信息",
	} {
		a.write(editor, "/"+word)
		a.sees(".slash li[aria-selected=true] b", title)
		a.clears()
		a.misses(".slash")
	}
	a.write(editor, "/tksx")
	a.audit()
	a.sees(".slash mark", "退款时效") // what was found is marked, though other letters were typed
	a.enter()
	a.sees(".blanks", "订单号")
	a.audit()
	a.types("HY8841")
	a.enter()
	a.types("3")
	a.enter()
	name := a.texts(".th h2")[0]
	a.holds(name + "，订单 HY8841 的退款 3 天内到账")
	a.enter()
	v.sees(words, "订单 HY8841 的退款 3 天内到账")

	a.write(editor, "/wlcc")
	a.sees(".slash", "物流催查")
	a.enter()
	a.holds("已催快递，HY8841 明天更新") // it has been said in this conversation
	a.enter()
	v.sees(words, "已催快递，HY8841 明天更新")

	a.write(editor, "单号是 {快递单号}")
	a.enter()
	a.sees(".blanks", say("console.blanks_send"))
	a.enter() // an empty field is no answer
	a.sees(".blanks", "快递单号")
	a.types("YT8830")
	a.enter()
	v.sees(words, "单号是 YT8830")
	if v.heard("{快递单号}") {
		t.Error("a brace went out that nobody had agreed to")
	}
	a.misses(".blanks")

	a.write(editor, "/")
	a.sees(".slash .heads", "物流")
	a.click(".slash .heads button", "财务")
	a.reads(".slash li b", "银行信息")
}

// Whoever is named in a note is told, also when they come much later, and finds
// the note by the mark in their list.
func TestWhoIsMentionedIsToldAndFindsTheNote(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a, b := agent(t, d, agentMail), somebody(t, "colleague")
	signIn(b, d, secondMail) // who is not on line, and is told all the same
	v := visitor(t, d, "visitor")
	v.asks("杯子碎了")
	a.opens("杯子碎了")
	a.hit("n", "KeyN", alt)
	a.write(editor, "麻烦@xiaoyu")
	a.reads(".slash.mention li b", secondName)
	a.audit()
	a.enter()
	a.holds("麻烦@" + secondName + " ")
	a.types("核查一下")
	a.enter()
	a.sees(".note .at", "@"+secondName)

	b.sees(".toast", say("console.mentioned_by", "Name", agentName))
	b.hears(`"mention"`)
	b.click(".toast button", say("console.open"))
	b.sees(".note.mine", "核查一下")
	b.sees(".note .at", "@"+secondName)
	b.misses(".at-me")

	// The next one finds them away.
	b.visit("about:blank")
	a.types("再看一眼 @" + secondName)
	a.click(".comp .send", "")
	a.sees(".note", "再看一眼")
	b.visit(d.url("/desk"))
	b.sees(".toast", say("console.mentioned_by", "Name", agentName))
	b.click("#tab-colleagues", "")
	b.sees(row, say("console.mentioned_me"))
	b.opens("访客")
	b.sees(".note.mine", "再看一眼")
	b.misses(".at-me")
	b.reload()
	b.sees(".note.mine", "再看一眼")
	b.misses(".at-me")
	v.asks("在吗")
	if v.heard("核查一下") || v.heard("再看一眼") {
		t.Error("the customer was told")
	}
}

// What has not left is counted wherever one is, listed over all conversations, and
// is still there after a reload.
func TestWhatIsUnsentStaysAndIsListed(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	first, second := visitor(t, d, "first"), visitor(t, d, "second")
	first.asks("第一位")
	a.opens("第一位")
	second.asks("第二位")
	a.opens("第二位")

	broken := filepath.Join(t.TempDir(), "broken.png")
	if err := os.WriteFile(broken, []byte("<html>no picture</html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.choose(".comp input[type=file]", broken)
	a.sees(".tray li", "")
	a.click(".comp .send", "")
	a.sees(".m.failed", "")
	a.sees(".unsent .count", "1")
	a.reload()
	a.sees(".unsent.bad .count", "1")

	a.opens("第一位")
	d.stop()
	a.write(editor, "断线时写的")
	a.enter()
	a.sees(".m.pending", "断线时写的")
	a.sees(".unsent .count", "2")
	a.click(".rail .unsent", "")
	a.sees("dialog .un-list li", "断线时写的")
	a.sees("dialog .un-list li", say("console.unsent_waits"))
	a.escape()
	a.misses("dialog")
	d.start()
	first.sees(words, "断线时写的")
	a.sees(".unsent .count", "1")

	a.click(".rail .unsent", "")
	a.reads("dialog .un-list li .un-w", say("console.kind_image"))
	a.audit()
	a.click("dialog .un-to", "")
	a.sees(bubbles+", .msgs .pic", "")
	a.sees(".it[aria-current]", "第二位")
	a.click(".rail .unsent", "")
	a.click("dialog .un-list button", say("console.delete"))
	a.sees("dialog", say("console.unsent_none"))
	a.escape()
	a.misses(".unsent")
	a.reload()
	a.sees(".th h2", "")
	a.misses(".m.failed")
}

// What a visitor types is shown before it is sent only where the channel says so
// and the visitor is told; it is kept nowhere.
func TestTypingIsShownWhereVisitorsAreToldSo(t *testing.T) {
	t.Parallel()
	const unsent = "我再想想要不要投诉"
	d := desk(t)
	d.run("channel", "add", "官网", "--typing-preview", "--default")
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.sees("#privacy", say("chat.typing_preview"))
	v.asks("在吗")
	a.opens("在吗")
	v.write(composer, unsent)
	a.sees(".ghost-b", unsent)
	a.until("its kind to be told", `document.querySelector(".ghost-b").getAttribute("aria-label") === `+quote(say("console.typing_preview")))
	ask[any](v.view, `((el) => { el.value = ""; el.dispatchEvent(new Event("input", { bubbles: true })); })(document.querySelector("#composer textarea"))`)
	a.misses(".ghost-b")
	if a.texts(bubbles)[0] != "在吗" && !strings.Contains(strings.Join(a.texts(bubbles), " "), "在吗") {
		t.Error("what was sent is gone")
	}
	d.stop()
	for _, name := range []string{"data.db", "data.db-wal", "auxiliary.db", "auxiliary.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(d.dir, name))
		if err == nil && strings.Contains(string(raw), unsent) {
			t.Errorf("%s keeps what was never sent", name)
		}
	}
	if strings.Contains(d.out.String(), unsent) {
		t.Error("the log tells what was never sent")
	}
}

// Nothing is shown, nor sent, where the channel does not say so.
func TestTypingIsHiddenWhereTheChannelIsSilent(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗")
	a.opens("在吗")
	v.write(composer, "还没想好")
	a.sees(".ghost-b", "")
	if a.heard("还没想好") || len(v.texts("#privacy")) > 0 {
		t.Error("unsent words were told")
	}
}

// Which key sends is each one's own choice, said below, and kept.
func TestWhichKeySendsIsAChoice(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗")
	a.opens("在吗")
	a.click(".send-by", "")
	a.sees(".menu button", "Ctrl")
	a.audit()
	a.click(".menu button", "Ctrl")
	a.sees(".comp .bot", "Ctrl")
	a.write(editor, "第一行")
	a.enter()
	a.types("第二行")
	a.holds("第一行\n第二行")
	a.hit("Enter", "Enter", ctrl)
	v.sees(words, "第二行")
	a.reload()
	a.sees(".comp .bot", "Ctrl")
	a.click(".send-by", "")
	a.click(".menu button[aria-checked=false]", "Enter")
	a.answers("回车就发")
	v.sees(words, "回车就发")
}

// A draft is the same in all tabs of a person, and the words of each kind stay
// apart.
func TestDraftsAreSharedBetweenTabs(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗")
	a.opens("在吗")
	b := a.another()
	b.visit(d.url("/desk"))
	b.opens("在吗")
	a.write(editor, "这是回复")
	b.holds("这是回复")
	a.hit("n", "KeyN", alt)
	a.write(editor, "这是备注")
	b.sees(noting, "")
	b.holds("这是备注")
	b.hit("n", "KeyN", alt)
	b.holds("这是回复")
	a.misses(noting)
	a.holds("这是回复")
	b.click(editor, "")
	b.enter()
	v.sees(words, "这是回复")
	a.holds("")
	a.hit("n", "KeyN", alt)
	a.holds("这是备注")
}

// What was begun on one machine goes on at the next, and back.
func TestADraftGoesOnAtAnotherMachine(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("在吗")
	a.opens("在吗")
	a.write(editor, "在家写的")
	a.sees(".comp", say("console.draft_saved"))
	b := somebody(t, "at the shop")
	signIn(b, d, agentMail)
	b.opens("在家写的") // it stands in the row
	b.holds("在家写的")
	b.hit("End", "End", alone)
	b.write(editor, "，在店里接着写")
	b.sees(".comp", say("console.draft_saved"))
	text := ask[string](b.view, `document.querySelector("#composer-text").value`)
	a.sees("dialog", say("console.elsewhere_title"))
	signIn(a, d, agentMail)
	a.opens("在店里接着写")
	a.holds(text)
}
