package channels

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/channels"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	area = "channels"
	at   = "/admin/channels"
)

func routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: at, Handle: listPage},
		{Method: get, Path: at + "/new", Handle: newPage},
		{Method: post, Path: at, Handle: create},
		{Method: get, Path: at + "/{id}", Handle: editPage},
		{Method: post, Path: at + "/{id}", Handle: save},
		{Method: post, Path: at + "/{id}/default", Handle: makeDefault},
		{Method: post, Path: at + "/{id}/delete", Handle: remove},
		{Method: get, Path: at + "/{id}/install", Handle: installPage},
		{Method: get, Path: at + "/{id}/qr.svg", Handle: drawing},
		{Method: get, Path: at + "/{id}/qr.png", Handle: picture},
		{Method: get, Path: at + "/{id}/identity", Handle: identityPage},
		{Method: post, Path: at + "/{id}/identity", Handle: rotate},
		{Method: post, Path: at + "/{id}/identity/end", Handle: endSecret},
	}
	for i := range list {
		list[i].Permission = access.ChannelsEdit
	}
	return list
}

// find is the area's part of the search over everything.
func find(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := All(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, c := range all {
		if web.Matches(query, append(c.Origins(), c.Name(), c.Id)...) {
			hits = append(hits, layout.Hit{Title: c.Name(), Detail: strings.Join(c.Origins(), " "), Path: at + "/" + c.Id})
		}
	}
	return hits, nil
}

func listPage(e *core.RequestEvent) error {
	say := locale.In(web.Language(e))
	m := channels.List{Admin: web.Admin(e, area, say.T("channels.title")), List: web.ListOf(e, web.ListSpec{Sorts: []string{"added", "name"}})}
	all, err := All(e.App)
	if err != nil {
		return err
	}
	groups, err := access.Groups(e.App)
	if err != nil {
		return err
	}
	shown := web.Pick(&m.List, all, func(c *Channel) bool { return web.Matches(m.List.Query, append(c.Origins(), c.Name(), c.Id)...) },
		map[string]func(a, b *Channel) int{"name": func(a, b *Channel) int { return cmp.Compare(a.Name(), b.Name()) }})
	now, shop := time.Now(), settings.ShopOf(e.App)
	for _, c := range shown {
		open := c.Hours().In(shop.Zone)
		row := channels.Row{
			ID: c.Id, Name: c.Name(), Colour: cmp.Or(c.Colour(), shop.Colour), Default: c.IsDefault(), Always: open.Always(), Open: open.Open(now),
			Origins: c.Origins(), Entries: len(c.Entries()),
		}
		if i := slices.IndexFunc(groups, func(g *access.Group) bool { return g.Id == c.Group() }); i >= 0 {
			row.Group = groups[i].Name()
		}
		m.Rows = append(m.Rows, row)
	}
	return web.Show(e, channels.ListPage(m), channels.ListPart(m))
}

func newPage(e *core.RequestEvent) error {
	say := locale.In(settings.ShopOf(e.App).Language)
	return showForm(e, nil, New{Greeting: say.T("setup.greeting", "Shop", settings.ShopOf(e.App).Name), OffHours: say.T("channels.off_hours_example")}, nil)
}

func editPage(e *core.RequestEvent) error {
	c, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showForm(e, c, c.changeable(), nil)
}

// editing is the page of a channel's form, empty; c is nil for a new one.
func editing(e *core.RequestEvent, c *Channel) channels.Edit {
	say := locale.In(web.Language(e))
	scripts := []string{"js/admin/hours.js", "js/admin/channel.js"}
	if c == nil {
		return channels.Edit{Admin: web.Admin(e, area, say.T("channels.new"), scripts...), Form: ui.Form{Action: at}}
	}
	return channels.Edit{
		Admin: web.Admin(e, area, c.Name(), scripts...), ID: c.Id, Title: c.Name(), Default: c.IsDefault(),
		Form: ui.Form{Action: at + "/" + c.Id, Version: web.Version(c.changeable())},
	}
}

// showForm answers with the form of c, nil for a new channel, as it is or as it was
// sent and refused.
func showForm(e *core.RequestEvent, c *Channel, n New, refused error) error {
	m := editing(e, c)
	if err := fill(e, &m, n); err != nil {
		return err
	}
	var conflict func() *ui.Conflict
	if c != nil {
		conflict = func() *ui.Conflict {
			now := c.changeable()
			return web.Meanwhile(e, now, at+"/"+c.Id, differences(m, now, n)...)
		}
	}
	status, err := web.Returned(e, &m.Form, refused, fields, conflict)
	if err != nil {
		return err
	}
	m.Hours.Error = m.Form.Errors["hours"]
	return web.ShowStatus(e, status, channels.EditPage(m), channels.EditForm(m))
}
