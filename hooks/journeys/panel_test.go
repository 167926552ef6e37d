package journeys_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/network"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// everything is what the owner may do: they are at the console, and on line.
func everything(t *testing.T, d *program) *person {
	t.Helper()
	p := somebody(t, "owner")
	signIn(p, d, ownerMail)
	p.sees(".status", say("console.presence_online"))
	return p
}

func TestAShopKnowsWhatItWantsToKnow(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, "owner")
	signIn(a, d, ownerMail)
	add := func(name, kind string, then func()) {
		t.Helper()
		a.visit(d.url("/admin/fields"))
		a.write(".fd-form [name=name]", name)
		a.click(fmt.Sprintf(".fd-form [value=%s]", kind), "")
		if then != nil {
			then()
		}
		a.click(".fd-form .pri", say("admin.tags_add"))
		a.sees(".fd-table", name)
	}
	add("鞋码", "number", nil)
	add("口味", "choice", func() { a.write(".fd-form [name=options]", "偏甜\n少糖") })
	add("生日", "date", func() { a.click(".fd-form [name=personal]", "") })
	a.click(".fd-table .ib", say("admin.tags_up", "Name", "生日"))
	a.until("another order", `all(".fd-table td:first-child a").map((e) => e.textContent).join() === "鞋码,生日,口味"`)

	v := visitor(t, d, "visitor")
	v.asks("在吗？")
	a.visit(d.url("/desk"))
	a.opens("在吗？")
	fill := func(name string) {
		t.Helper()
		a.click(".kv .blank", name)
	}
	fill("鞋码")
	a.write(".kv input", "大")
	a.enter()
	a.sees(".toasts", say("customers.field_number", "Name", "鞋码"))
	fill("鞋码")
	a.write(".kv input", "41.5")
	a.enter()
	a.sees(".kv", "41.5")
	fill("口味")
	a.click(".kv .menu button", "少糖")
	a.sees(".kv", "少糖")
	fill("生日")
	ask[any](a.view, `document.querySelector(".kv input").value = "1990-05-20"`)
	a.enter()
	a.sees(".kv", "1****")
	a.click(".kv .see", say("console.reveal", "Name", "生日"))
	a.click(".why .chip", say("console.reveal_verify"))
	a.sees(".kv", "1990-05-20")
	a.audit()

	// A field that is deleted takes what was in it along, and brings it back.
	a.visit(d.url("/admin/fields"))
	a.click(".fd-table a", "鞋码")
	a.click(".ad-ask .btn", say("admin.tags_delete"))
	a.click("dialog .btn", say("admin.tags_delete"))
	a.sees(".ad-flash", say("admin.fields_deleted", "Name", "鞋码"))
	a.click(".ad-flash button", "")
	a.sees(".fd-table", "鞋码")
	a.visit(d.url("/desk"))
	a.opens("在吗？")
	a.sees(".kv", "41.5")
}

// Who is quicker than a slow line is asked all the same before a field is deleted.
func TestAQuickClickIsAskedToo(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, "owner")
	signIn(a, d, ownerMail)
	ask[any](a.view, `fetch("/admin/fields", { method: "POST", body: new URLSearchParams({ name: "鞋码", kind: "text" }) }).then((r) => r.text())`)
	call(a, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	call(a, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{URLPattern: "*://*:*/*/js/admin/main.js", Latency: 3000, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	a.visit(d.url("/admin/fields"))
	a.click(".fd-table a", "鞋码")
	a.click(".ad-ask .btn", say("admin.tags_delete"))
	a.sees("dialog h2", "鞋码")
	a.click("dialog .btn", say("admin.tags_delete"))
	a.sees(".ad-flash", say("admin.fields_deleted", "Name", "鞋码"))
}

func TestNotesComeBackAndSectionsStayFolded(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	v := visitor(t, d, "visitor")
	v.asks("在吗？")
	a.opens("在吗？")
	for _, text := range []string{"怕苦", "只收工作日"} {
		a.click(".sec .act", say("console.add"))
		a.write(".add-note textarea", text)
		a.click(".add-note .pri", "")
		a.sees(".nt", text)
	}
	a.sees(".nt", ownerName)
	a.click(".nt .as-link", say("console.note_delete"))
	a.reads(".nt .tx", "怕苦")
	a.click(".toast .as-link", say("panel.undo"))
	a.reads(".nt .tx", "只收工作日", "怕苦")

	a.click(".sec-h", say("console.notes"))
	a.misses(".nt")
	a.reload()
	a.sees(".sec-h[aria-expanded=false]", say("console.notes"))
	a.misses(".nt")
	a.click(".sec-h", say("console.notes"))
	a.sees(".nt", "怕苦")
}

func TestTheTrailIsFollowedLive(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	site := shop(t, d, "")
	p := somebody(t, "visitor")
	p.visit(site)
	p.until("the widget", `typeof Xiaoer === "function" && Xiaoer.here`)
	p.launch()
	v := p.in("/chat?")
	v.arrived()
	v.asks("这个有货吗？")
	a.opens("这个有货吗？")
	a.sees(".trail .here", say("panel.here_now"))
	for i, title := range []string{"秋梨膏", "购物车"} {
		ask[any](p.view, fmt.Sprintf(`Xiaoer("page", { url: "https://shop.example/p?token=secret&id=%d", title: %q })`, i, title))
		a.sees(".trail .here", title)
	}
	a.until("the pages in order", `all(".trail li").map((e) => e.querySelector(".trunc").textContent).slice(0, 2).join() === "购物车,秋梨膏"`)
	a.sees(".trail li:nth-child(2)", strings.TrimSpace(say("panel.stayed", "Time", "")))
	if a.heard("secret") {
		t.Error("what an address held besides is told")
	}
	a.audit()
}

// Two who are one are merged; both go on writing; then they are parted, and
// everything is where it was, what was written since with whom it came by.
func TestTwoCustomersAreMergedAndPartedAgain(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	one, other := visitor(t, d, "one"), visitor(t, d, "other")
	one.asks("我是一号")
	other.asks("我是二号")
	call := func(who, name, note string) {
		t.Helper()
		a.opens(who)
		a.click(".prof .ib", say("console.edit_field", "Name", say("console.field_name")))
		a.write(".prof input", name)
		a.enter()
		a.sees(".prof h3", name)
		a.click(".sec .act", say("console.add"))
		a.write(".add-note textarea", note)
		a.click(".add-note .pri", "")
		a.sees(".nt", note)
	}
	call("我是一号", "小明", "一号的备注")
	call("我是二号", "明明", "二号的备注")
	a.click(".kv .blank", say("console.field_region"))
	a.write(".kv input", "云南")
	a.enter()
	a.sees(".kv", "云南")

	a.opens("我是一号")
	a.sees(".prof h3", "小明")
	a.click(".prof .ib", say("panel.person_more"))
	a.click(".prof .menu button", say("panel.merge"))
	a.write("dialog input", "明明")
	a.click(".found button", "明明")
	a.sees(".compare", "云南")
	a.audit()
	a.until("the other one's region to be chosen", `all(".pick label.on").some((e) => e.textContent.includes("云南"))`)
	a.click("dialog .pri", say("panel.merge_do"))
	a.sees(".told", "明明")
	a.sees(".kv", "云南")
	a.until("both notes", `all(".nt .tx").length === 2`)
	a.until("both ways", `all(".ways li").length === 2`)
	a.audit()

	one.asks("一号又说")
	other.asks("二号又说")
	a.opens("二号又说")
	a.sees(".prof h3", "小明")
	a.click(".sec .act", say("console.add"))
	a.write(".add-note textarea", "合并后给二号写的")
	a.click(".add-note .pri", "")
	a.sees(".nt", "合并后给二号写的")
	a.click(".told .as-link", say("panel.undo"))
	a.misses(".told")

	a.sees(".prof h3", "明明")
	a.sees(".kv", "云南")
	a.reads(".nt .tx", "合并后给二号写的", "二号的备注")
	said := func(want ...string) {
		t.Helper()
		list := slices.DeleteFunc(a.texts(bubbles), func(text string) bool { return !strings.Contains(text, "号") })
		if !slices.Equal(list, want) {
			t.Errorf("the thread reads %q, want %q", list, want)
		}
	}
	said("我是二号", "二号又说")
	a.opens("一号又说")
	a.sees(".prof h3", "小明")
	a.reads(".nt .tx", "一号的备注")
	a.sees(".kv .blank", say("console.field_region"))
	said("我是一号", "一号又说")
}

func TestABlockedVisitorIsToldKindlyAndComesBack(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	v := visitor(t, d, "visitor")
	v.asks("你们都是骗子")
	a.opens("你们都是骗子")
	a.click(".prof .ib", say("panel.person_more"))
	a.click(".prof .menu button", say("panel.block"))
	a.click("dialog .dlg-f .pri", say("panel.block_do"))
	a.sees("dialog", say("panel.block_why")) // nothing is done without a reason
	a.audit()
	a.click("dialog .chip", say("panel.block_abuse"))
	a.click("dialog .chip", say("panel.block_hour"))
	a.click("dialog .dlg-f .pri", say("panel.block_do"))
	a.sees(".bar-note", say("panel.block_abuse"))
	a.sees(".bar-note", ownerName)
	a.sees(".th .tag", say("console.blocked"))
	a.sees(".msgs .sys", say("panel.block_abuse"))
	a.audit()

	v.misses(".vc-rate")
	v.write(composer, "还有话说")
	v.enter()
	v.sees("#thread", "抱歉，您暂时不能发送消息")
	if said := ask[string](v.view, "document.body.innerText"); containsText(said, say("panel.block_abuse")) {
		t.Error("the visitor reads why")
	}
	a.click(".bar-note .as-link", say("panel.unblock"))
	a.misses(".bar-note")
	a.misses(".th .tag")
	v.reload()
	v.arrived()
	v.asks("对不起，刚才太急了")
	a.sees(row, "对不起，刚才太急了")
}

// What features add to the panel is drawn by the server when it is opened, for
// whoever may see it, and says so where it fails.
func TestAFeaturesPanelIsShown(t *testing.T) {
	t.Parallel()
	chromium(t)
	app := desktest.Bare(t)
	table := hooks.Register(app, &hooks.Config{})
	broken := true
	table.Panel(web.Panel{Key: "orders", Title: "console.card_order", Icon: "package", Permission: access.CustomersSee, Show: func(_ *core.RequestEvent, of web.PanelOf) (templ.Component, error) {
		return templ.Raw("<p class=order>订单 20261127 · " + of.Customer + "</p>"), nil
	}})
	table.Panel(web.Panel{Key: "parcels", Title: "console.card_product", Icon: "package", Permission: access.CustomersSee, Order: 1, Show: func(*core.RequestEvent, web.PanelOf) (templ.Component, error) {
		if broken {
			return nil, fail.New(fail.Busy, "fail.busy")
		}
		return templ.Raw("<p class=parcel>已发货</p>"), nil
	}})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(access.EnsureGroups(app))
	must(access.EnsureRoles(app))
	_, err := channels.Add(app, channels.New{Name: "官网", Default: true})
	must(err)
	_, err = access.AddStaff(app, nil, access.Newcomer{Email: ownerMail, Nickname: ownerName, Password: password, Role: access.Owner})
	must(err)
	contact, _, _, err := customers.Arrive(app, customers.Arrival{})
	must(err)
	_, err = conversations.PostAsVisitor(app, contact, conversations.Draft{ID: "m1", Kind: conversations.Text, Text: "我的快递呢"})
	must(err)
	server := desktest.Serve(t, app)

	a := somebody(t, "owner")
	signIn(a, &program{t: t, listen: strings.TrimPrefix(server.URL, "http://")}, ownerMail)
	a.click("#tab-waiting", "")
	a.opens("我的快递呢")
	a.sees(".feature .order", "订单 20261127")
	a.sees(".sec [role=alert]", say("fail.busy"))
	broken = false
	a.click(".sec [role=alert] .as-link", say("console.retry"))
	a.sees(".feature .parcel", "已发货")
	a.click(".sec-h", say("console.card_order"))
	a.misses(".feature .order")
}

// What was said before is gone to in the same thread, with what it was rated.
func TestThePastIsGoneToInTheThread(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	v := visitor(t, d, "visitor")
	v.asks("第一次来")
	a.opens("第一次来")
	a.answers("欢迎")
	a.click(".th .acts button", say("console.close"))
	v.sees(".vc-rate", "")
	v.click(".vc-faces button:nth-child(5)", say("chat.score_5"))
	v.click(".vc-rate .vc-btn", say("chat.rate_send"))
	v.misses(".vc-rate")
	v.asks("第二次来")
	for range 30 {
		v.asks("还有问题")
	}
	a.click("#tab-mine", "")
	a.opens("还有问题")
	a.sees(".mini .tag", say("console.rating_5"))
	a.until("the second one to be open, at its end", `all(".msgs .bub", "还有问题").length && document.querySelector(".msgs").scrollTop > 200`)
	a.click(".mini button", "")
	a.until("the beginning of the first", `((box, word) => word && word.getBoundingClientRect().top > box.getBoundingClientRect().top && word.getBoundingClientRect().bottom < box.getBoundingClientRect().bottom)(document.querySelector(".msgs"), all(".msgs .bub", "第一次来")[0])`)
	a.sees(".standing", say("console.bar_closed"))
}

// A customer who asks to be forgotten is erased for good, by whoever may, after a
// plain warning; what is left is a receipt.
func TestACustomerIsErasedForGood(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	v := visitor(t, d, "visitor")
	v.asks("请删掉我的信息，QUARKcanary")
	a.opens("请删掉我的信息")
	a.click(".prof .pop-at .ib", "")
	a.click(".prof .menu button", say("panel.erase"))
	a.sees("dialog", say("panel.erase_backups"))
	a.sees("dialog", say("panel.erase_open")) // they are still spoken with
	a.sees("dialog .kv", say("panel.erase_messages"))
	a.audit()
	a.until("a question", `document.querySelector("dialog .pri").disabled`)
	a.click("dialog label", say("panel.erase_sure"))
	a.click("dialog .pri", say("panel.erase_end_do"))
	a.sees("dialog h2", say("panel.erase_done"))
	a.audit()
	a.click("dialog .pri", "")
	a.misses("dialog")
	a.misses(".th h2")
	a.click("#tab-closed", "")
	a.misses(row)
	a.visit(d.url("/admin/audit"))
	a.sees("main", say("audit.act_customers_erased"))
	d.await("the last byte of it to be gone", func() bool { return len(d.holding("QUARK")) == 0 })
	if strings.Contains(d.out.String(), "QUARK") {
		t.Error("the program's log tells what was said")
	}
}

// holding lists the files of the program's folder that have a text in them,
// wherever.
func (p *program) holding(text string) (list []string) {
	p.t.Helper()
	err := filepath.WalkDir(p.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // gone meanwhile
		}
		if raw, err := os.ReadFile(path); err == nil && bytes.Contains(raw, []byte(text)) {
			list = append(list, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}
