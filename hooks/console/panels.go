package console

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// panelView is a section that a feature adds to the side panel.
type panelView struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Icon  string `json:"icon"`
}

// panels serves what features add to the side panel, see [web.Panel].
type panels struct{ table *web.Table }

func (f panels) fill(v *deskView, e *core.RequestEvent) {
	v.Panels = []panelView{}
	say := locale.In(web.Language(e))
	for _, one := range f.table.PanelsFor(access.Of(e).May) {
		v.Panels = append(v.Panels, panelView{Key: one.Key, Title: say.T(one.Title), Icon: one.Icon})
	}
}

// show answers one section as HTML: 204 where there is nothing to show.
func (f panels) show(e *core.RequestEvent) error {
	who := access.Of(e)
	c, err := conversations.SeenBy(e.App, who, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	list := f.table.PanelsFor(who.May)
	i := slices.IndexFunc(list, func(one web.Panel) bool { return one.Key == e.Request.PathValue("key") })
	if i < 0 {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	drawn, err := list[i].Show(e, web.PanelOf{Conversation: c.ID, Contact: c.Contact, Customer: c.Customer})
	if err != nil {
		return err
	}
	if drawn == nil {
		return e.NoContent(http.StatusNoContent)
	}
	return web.Render(e, drawn)
}
