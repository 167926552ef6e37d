package journeys_test

import (
	"encoding/json"
	"fmt"
	"image/color"
	"maps"
	"strings"
	"testing"
)

func init() { maps.Copy(scenes, contentScenes) }

// contentScenes are the admin pages of what is said to customers, and of the shop.
var contentScenes = map[string][]scene{
	"/admin/channels": {
		{name: "channels", as: ownerMail, path: "/admin/channels", sees: ".ad-rows"},
		{name: "channels, none found", as: ownerMail, path: "/admin/channels?q=zzz", sees: ".ad-empty"},
	},
	"/admin/channels/new": {
		{name: "new channel refused", as: ownerMail, path: "/admin/channels/new", sees: ".ch-preview", then: func(v *view) {
			v.mayLeave()
			v.click("[data-entries]>div>[data-row-add]", "")
			ask[any](v, `document.querySelector("#form").noValidate = true`)
			v.click(".ad-save .pri", "")
			v.sees(".pg-error", "")
		}},
	},
	"/admin/channels/{id}": {
		{name: "channel", as: ownerMail, path: "/admin/channels", sees: ".ad-rows", then: func(v *view) {
			v.click(".ad-who a", shopName)
			v.sees(".ad-items", "")
			v.until("the scripts", `document.readyState === "complete"`)
			v.mayLeave()
			v.click("[data-row] [data-row-remove]", "")
			v.sees(".ad-item-gone", "")
		}},
		{name: "no such channel", as: ownerMail, path: "/admin/channels/none", sees: "h1"},
	},
	"/admin/channels/{id}/install": {
		{name: "install a channel", as: ownerMail, path: "/admin/channels", sees: ".ad-rows", then: func(v *view) {
			v.click(".ad-rows .btn", say("channels.tab_install"))
			v.shows(".ch-qr", 1)
		}},
	},
	"/admin/channels/{id}/identity": {
		{name: "identity of a channel", as: ownerMail, path: "/admin/channels", sees: ".ad-rows", then: func(v *view) {
			v.click(".ad-who a", shopName)
			v.click(".ad-tabs a", say("channels.tab_identity"))
			v.sees("#secrets", "")
		}},
	},
	"/admin/channels/{id}/qr.svg": {{name: "no such code", as: ownerMail, path: "/admin/channels/none/qr.svg", sees: "h1"}},
	"/admin/channels/{id}/qr.png": {{name: "no such picture", as: ownerMail, path: "/admin/channels/none/qr.png", sees: "h1"}},
	"/admin/quick-replies": {
		{name: "quick replies", as: ownerMail, path: "/admin/quick-replies", sees: ".qr-table", then: func(v *view) {
			v.click("[data-pick-all]", "")
			v.sees("[data-picked]", "7")
		}},
		{name: "quick replies of an agent", as: agentMail, path: "/admin/quick-replies?scope=staff", sees: ".ad-empty"},
	},
	"/admin/quick-replies/new": {
		{name: "new quick reply", as: ownerMail, path: "/admin/quick-replies/new", sees: ".qr-vars", then: func(v *view) {
			v.mayLeave()
			v.click("[data-insert]", "客户昵称")
			v.write("#text", "{几号}")
			v.sees("[data-unknown]", "{几号}")
		}},
	},
	"/admin/quick-replies/{id}": {
		{name: "quick reply of the shop", as: agentMail, path: "/admin/quick-replies", sees: ".qr-table", then: func(v *view) {
			v.click(".qr-what a", "")
			v.sees("[role=alert]", say("quickreplies.read_only"))
		}},
	},
	"/admin/quick-replies/import": {{name: "import quick replies", as: ownerMail, path: "/admin/quick-replies/import", sees: ".ad-file"}},
	"/admin/fields": {
		{name: "fields, none yet", as: ownerMail, path: "/admin/fields", sees: ".fd-form"},
		{name: "fields", as: ownerMail, path: "/admin/fields", sees: ".fd-form", then: func(v *view) {
			v.write(".fd-form [name=name]", "口味")
			v.click(".fd-form [value=choice]", "")
			v.write(".fd-form [name=options]", "偏甜\n少糖")
			v.click(".fd-form [name=personal]", "")
			v.click(".fd-form .pri", "")
			v.sees(".fd-table", "口味")
			v.click(".fd-form [value=choice]", "")
			v.click(".fd-form .pri", "")
		}},
	},
	"/admin/fields/{id}": {{name: "field", as: ownerMail, path: "/admin/fields", sees: ".fd-table", then: func(v *view) {
		v.click(".fd-table a", "口味")
		v.sees(".fd-choice [name=options]", "")
	}}},
	"/admin/tags": {{name: "tags", as: ownerMail, path: "/admin/tags", sees: ".tg-table"}},
	"/admin/tags/{id}": {
		{name: "tag", as: ownerMail, path: "/admin/tags", sees: ".tg-table", then: func(v *view) {
			v.click(".tg-table .tag", "")
			v.sees("#merge-title", "")
		}},
	},
	"/admin/settings":        {{name: "settings", as: ownerMail, path: "/admin/settings", sees: "#zone"}},
	"/admin/settings/limits": {{name: "limits", as: ownerMail, path: "/admin/settings/limits", sees: ".st-limits"}},
	"/admin/settings/mail":   {{name: "mail", as: ownerMail, path: "/admin/settings/mail", sees: "#host"}},
	"/admin/settings/system": {{name: "system", as: ownerMail, path: "/admin/settings/system", sees: "#addresses"}},
}

// mayLeave lets a form be left without a question, whatever is typed into it.
func (v *view) mayLeave() {
	v.p.t.Helper()
	ask[any](v, `document.querySelector("#form").dataset.clean = ""`)
}

// writes puts text in the place of what stands in a field.
func (v *view) writes(css, text string) {
	v.p.t.Helper()
	ask[any](v, fmt.Sprintf("document.querySelector(%s).value = ''", quote(css)))
	v.write(css, text)
}

// owner is the owner on one of the admin pages.
func owner(t *testing.T, d *program, path string) *person {
	t.Helper()
	p := somebody(t, "owner")
	signIn(p, d, ownerMail)
	p.visit(d.url(path))
	return p
}

func TestWhatTheOwnerSetsIsWhatVisitorsSee(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/channels")
	p.click(".ad-who a", shopName)
	frame := p.in("/chat?preview")
	frame.sees(words, shopName)

	p.writes("#greeting", "欢迎光临，今天全场包邮")
	frame.sees(words, "欢迎光临，今天全场包邮") // before anything is saved
	p.click(".su-c5 input", "")
	p.click("[data-row] [data-row-remove]", "")
	p.click("[data-entries]>div>[data-row-add]", "")
	p.write("[data-entries]>ol>[data-row]:last-child .txt", "今天能发货吗？")
	p.write("[data-entries]>ol>[data-row]:last-child textarea", "16 点前下单，当天发货。")
	p.click("[data-entries]>ol>[data-row]:last-child>.ad-item-bar [data-row-move=up]", "")
	frame.sees(".vc-faq", "今天能发货吗？")
	p.click(".ch-preview [data-preview-theme=dark]", "")
	frame.until("the dark preview", `document.documentElement.dataset.theme === "dark"`)
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("channels.saved"))

	v := visitor(t, d, "visitor")
	v.sees(words, "欢迎光临，今天全场包邮")
	v.until("the colour", `document.getElementById("chat").dataset.colour === "#b83280"`)
	if list := v.texts(".vc-faq li"); len(list) != 5 || list[3] != "今天能发货吗？" {
		t.Errorf("questions: %q", list)
	}
	v.click(".vc-faq button", "今天能发货吗？")
	v.sees(words, "16 点前下单，当天发货。")
}

func TestQuickReplyIsMadeAndUsed(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/quick-replies/new")
	p.write("#code", "bz")
	p.write("#title", "包装")
	p.write("#text", "您好 ")
	p.click("[data-insert]", "客户昵称")
	p.write("#text", "，这是")
	p.click("[data-insert]", "店铺名")
	p.write("#text", "的包装")
	path, _ := picture(t, "box.png", color.RGBA{R: 40, G: 110, B: 80, A: 255})
	p.choose("#picture", path)
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("quickreplies.added"))
	p.sees(".qr-what", "您好 {客户昵称}，这是{店铺名}的包装")

	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.asks("包装是什么样的")
	a.opens("包装是什么样的")
	name := a.texts(".th h2")[0]
	a.write(editor, "/bz")
	a.sees(".slash", "包装")
	a.enter()
	a.until("the text", fmt.Sprintf("document.querySelector(%s).value === %s", quote(editor), quote("您好 "+name+"，这是"+shopName+"的包装")))
	a.shows(".comp img", 1)
	a.click(".comp .send", "")
	v.sees(words, "您好 "+name+"，这是"+shopName+"的包装")
	v.shows("#thread .vc-img img", 1)

	p.reload()
	p.sees(".qr-table", "")
	if uses := p.texts(".qr-table tr:has(code) td:nth-child(5)"); !strings.HasPrefix(strings.Join(uses, " "), "1") {
		t.Errorf("uses: %q", uses)
	}
}

func TestSecretIsTurnedOnThePage(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/channels")
	p.click(".ad-who a", shopName)
	p.click(".ad-tabs a", say("channels.tab_identity"))
	p.click(".ch-rotate .btn", "")
	p.click("#ask [value=yes]", "")
	p.sees("#fresh", "")
	shown := p.texts("#fresh")[0]
	var list []struct{ ID string }
	if err := json.Unmarshal([]byte(d.run("channel", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	if kept := strings.TrimSpace(d.run("channel", "show", list[0].ID, "--secret")); kept != shown {
		t.Errorf("shown %s, kept %s", shown, kept)
	}
	p.until("two secrets", `document.querySelectorAll(".ch-secrets code").length === 2`)
	p.reload()
	p.sees("#secrets", "")
	if n := ask[int](p.view, fmt.Sprintf("document.documentElement.outerHTML.split(%s).length - 1", quote(shown))); n != 0 {
		t.Error("the secret is there again after a reload")
	}
	p.click(".ch-secrets .btn", say("channels.secret_end"))
	p.click("#ask [value=yes]", "")
	p.sees(".ad-flash", say("channels.secret_ended"))
	if n := len(p.texts(".ch-secrets code")); n != 1 {
		t.Errorf("%d secrets sign", n)
	}
}
