package notices

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// message is what a robot says, in words that no product takes for markup.
type message struct {
	Language       string
	Shop, What     string   // whose it is; what kind of alert
	Lines          []string // what has happened, where, how often
	Link, LinkText string   // "" without one
}

// harmless takes from a text what makes it more than a text in one of the
// products: links, headings, quotes, and the calling of people by "@".
var harmless = strings.NewReplacer(
	"\r", " ", "\n", " ", "[", "［", "]", "］", "<", "＜", ">", "＞", "*", "＊", "`", "'", "#", "＃", "@", "＠", "|", "｜", "~", "～", "\\", "＼", "_", "＿", "!", "！",
)

func (m message) title() string { return harmless.Replace(m.Shop) + " · " + harmless.Replace(m.What) }

func (m message) lines() []string {
	list := make([]string, len(m.Lines))
	for i, line := range m.Lines {
		list[i] = harmless.Replace(line)
	}
	return list
}

// markdown is m with a title and quoted lines, each begun by what begins one in
// the product.
func (m message) markdown(begins string) string {
	parts := []string{"**" + m.title() + "**"}
	for _, line := range m.lines() {
		parts = append(parts, "> "+line)
	}
	if m.Link != "" {
		parts = append(parts, "["+m.LinkText+"]("+m.Link+")")
	}
	return strings.Join(parts, begins)
}

// messageOf is p in the shop's language.
func messageOf(app core.App, p *pending) message {
	shop := settings.ShopOf(app)
	say := locale.In(shop.Language)
	m := message{Language: say.Language, Shop: shop.Name, What: nameOf(p.Code, say), Lines: []string{p.Text}}
	if g, err := access.GroupByID(app, p.Group); err == nil && p.Group != "" {
		m.Lines = append(m.Lines, say.T("notices.say_group", "Group", g.Name()))
	}
	if p.Count > 1 {
		m.Lines = append(m.Lines, say.T("notices.say_more", "Count", p.Count-1))
	}
	if base := web.PublicURL(app); base != "" {
		m.Link, m.LinkText = base+"/desk", say.T("notices.say_desk")
		if p.Conversation != "" {
			m.Link, m.LinkText = base+"/desk#"+p.Conversation, say.T("notices.say_open")
		}
	}
	return m
}

// nameOf is what the alerts of a code are called.
func nameOf(code string, say locale.Speaker) string {
	key := "notices.code_" + code
	if name := say.T(key); name != key {
		return name
	}
	return say.T("notices.code_other")
}

// trial is what a robot says to show that it can.
func trial(app core.App) message {
	shop := settings.ShopOf(app)
	say := locale.In(shop.Language)
	m := message{Language: say.Language, Shop: shop.Name, What: say.T("notices.say_trial"), Lines: []string{say.T("notices.say_trial_text")}}
	if base := web.PublicURL(app); base != "" {
		m.Link, m.LinkText = base+"/desk", say.T("notices.say_desk")
	}
	return m
}
