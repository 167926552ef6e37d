package setup

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Categories of quick replies; the latter is a tag's name as well.
const (
	daily      = "daily"
	afterSales = "aftersales"
)

// returning goods is asked about, answered, and has a form.
const returning = "return"

// tags are what a shop begins to sort its customers with, by colour.
var tags = []struct{ key, colour string }{
	{"returning", "green"}, {"important", "gold"}, {afterSales, "amber"}, {"distributor", "violet"}, {"bargain", "blue"},
}

// replies are the sentences that every shop says every day. The code is what is
// typed behind the slash: the initials of the title's pinyin.
var replies = []struct{ key, code, category string }{
	{"hello", "nh", daily},
	{"moment", "qsd", daily},
	{"thanks", "gx", daily},
	{"where", "wl", afterSales},
	{"photo", "pz", afterSales},
	{returning, "th", afterSales},
	{"invoice", "fp", afterSales},
}

// supply gives a new shop tags and quick replies to begin with, which it then
// changes as it likes.
func supply(app core.App, owner, lang string) error {
	say := locale.In(lang)
	for i, t := range tags {
		if _, err := customers.AddTag(app, say.T("setup.tag_"+t.key), t.colour, i+1); err != nil {
			return err
		}
	}
	p, err := access.ByID(app, owner)
	if err != nil {
		return err
	}
	for _, r := range replies {
		_, err := quickreplies.Add(app, p, quickreplies.Draft{
			Code: r.code, Title: say.T("setup.reply_" + r.key), Text: say.T("setup.reply_" + r.key + "_text"),
			Category: say.T("setup.category_" + r.category), Scope: quickreplies.Shop,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
