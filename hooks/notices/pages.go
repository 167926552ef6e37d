package notices

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/notices"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	area = "robots"
	at   = "/admin/robots"
)

// RegisterPages adds the pages of robots to the admin console. They come after
// those of the features that robots tell about.
func RegisterPages(app core.App, t *web.Table) {
	t.Area(web.Area{Key: area, Section: web.Service, Icon: "robot", Path: at, Any: []web.Permission{access.SettingsEdit}, Find: find})
	p := &pages{trials: limits.NewWindow(6, time.Minute)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, p.routes()...)
		return e.Next()
	})
}

// pages are those of one app.
type pages struct {
	trials *limits.Window // test messages, a robot
}

func (p *pages) routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: at, Handle: listPage},
		{Method: get, Path: at + "/new", Handle: newPage},
		{Method: post, Path: at, Handle: create},
		{Method: post, Path: at + "/restore", Handle: bringBack},
		{Method: post, Path: at + "/pace", Handle: savePace},
		{Method: get, Path: at + "/{id}", Handle: editPage},
		{Method: post, Path: at + "/{id}", Handle: save},
		{Method: post, Path: at + "/{id}/turn", Handle: turn},
		{Method: post, Path: at + "/{id}/try", Handle: p.try},
		{Method: post, Path: at + "/{id}/delete", Handle: remove},
	}
	for i := range list {
		list[i].Permission = access.SettingsEdit
	}
	return list
}

// find is the area's part of the search over everything.
func find(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := Robots(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, b := range all {
		if web.Matches(query, b.Name()) {
			hits = append(hits, layout.Hit{Title: b.Name(), Path: at + "/" + b.Id})
		}
	}
	return hits, nil
}

func listPage(e *core.RequestEvent) error { return showList(e, PaceOf(e.App), nil) }

// showList answers with the list, and the pace as it is or as it was typed and
// refused.
func showList(e *core.RequestEvent, pace Pace, refused error) error {
	say := locale.In(web.Language(e))
	m := notices.Robots{
		Admin: web.Admin(e, area, say.T("notices.title")), NoAddress: web.PublicURL(e.App) == "",
		Pace: notices.Pace{
			Form:    ui.Form{ID: "pace", Action: at + "/pace", Version: web.Version(PaceOf(e.App))},
			Seconds: strconv.Itoa(pace.Seconds), Minutes: strconv.Itoa(pace.Minutes),
		},
	}
	for _, k := range Kinds {
		m.Kinds = append(m.Kinds, string(k))
	}
	status, err := web.Returned(e, &m.Pace.Form, refused, []string{"seconds", "minutes"}, func() *ui.Conflict { return web.Meanwhile(e, PaceOf(e.App), at) })
	if err != nil {
		return err
	}
	all, err := Robots(e.App)
	if err != nil {
		return err
	}
	groups, err := groupOptions(e.App)
	if err != nil {
		return err
	}
	for _, b := range all {
		m.Rows = append(m.Rows, b.row(e.App, say, groups))
	}
	return web.ShowStatus(e, status, notices.RobotsPage(m), notices.PaceForm(m))
}

// row is b as the list shows it.
func (b *Robot) row(app core.App, say locale.Speaker, groups []ui.Option) notices.Robot {
	r := notices.Robot{
		ID: b.Id, Name: b.Name(), Kind: string(b.Kind()), Enabled: b.Enabled(), Worked: b.Worked(), Failed: b.Failed(), Trouble: b.Trouble().In(say),
	}
	if to, err := b.target(app); err == nil {
		r.Address = to.masked(b.Kind())
	}
	for _, g := range groups {
		if slices.Contains(b.Groups(), g.Value) {
			r.Groups = append(r.Groups, g.Label)
		}
	}
	for _, c := range b.Codes() {
		r.Codes = append(r.Codes, nameOf(c, say))
	}
	return r
}

func groupOptions(app core.App) ([]ui.Option, error) {
	all, err := access.Groups(app)
	if err != nil {
		return nil, err
	}
	list := make([]ui.Option, len(all))
	for i, g := range all {
		list[i] = ui.Option{Value: g.Id, Label: g.Name()}
	}
	return list, nil
}

func newPage(e *core.RequestEvent) error {
	k := Kind(e.Request.URL.Query().Get("kind"))
	if !slices.Contains(Kinds, k) {
		return web.Elsewhere(at)
	}
	return showForm(e, nil, Draft{Kind: k}, nil)
}

func editPage(e *core.RequestEvent) error {
	b, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showForm(e, b, b.draft(e.App), nil)
}

// draft is b as its form shows it: a mailbox is no secret, all else stays closed.
func (b *Robot) draft(app core.App) Draft {
	d := Draft{Name: b.Name(), Kind: b.Kind(), Groups: b.Groups(), Codes: b.Codes()}
	if to, err := b.target(app); err == nil && b.Kind() == Mail {
		d.Address = to.address
	}
	return d
}

// showForm answers with the form, as it is or as it was sent and refused; b is
// nil for a new one.
func showForm(e *core.RequestEvent, b *Robot, d Draft, refused error) error {
	say := locale.In(web.Language(e))
	m := notices.Edit{
		Form: ui.Form{Action: at}, Kind: string(d.Kind), Signs: products[d.Kind].sign != nil, Name: d.Name, Address: d.Address, Unsigned: d.Unsigned,
		Codes:  ui.Many{Name: "codes", Label: say.T("notices.codes"), Hint: say.T("notices.codes_hint"), Values: d.Codes},
		Groups: ui.Many{Name: "groups", Label: say.T("notices.groups"), Hint: say.T("notices.groups_hint"), Values: d.Groups},
	}
	title := say.T("notices.new_title", "Kind", say.T("notices.kind_"+string(d.Kind)))
	var meanwhile func() *ui.Conflict
	if b != nil {
		meanwhile = func() *ui.Conflict {
			return web.Meanwhile(e, b.changeable(), at+"/"+b.Id, ui.Difference{Label: say.T("notices.name"), Theirs: b.Name(), Yours: d.Name})
		}
		title = b.Name()
		m.ID, m.Title = b.Id, b.Name()
		m.Form.Action, m.Form.Version = at+"/"+b.Id, web.Version(b.changeable())
		if to, err := b.target(e.App); err == nil {
			m.Kept, m.Signed = to.masked(b.Kind()), to.secret != ""
		}
	}
	m.Admin = web.Admin(e, area, title)
	status, err := web.Returned(e, &m.Form, refused, []string{"name", "address", "secret"}, meanwhile)
	if err != nil {
		return err
	}
	if m.Groups.Options, err = groupOptions(e.App); err != nil {
		return err
	}
	for _, c := range union(Alerts, d.Codes) {
		m.Codes.Options = append(m.Codes.Options, ui.Option{Value: c, Label: nameOf(c, say)})
	}
	return web.ShowStatus(e, status, notices.EditPage(m), notices.EditForm(m))
}

// union is a with what of b it lacks.
func union(a, b []string) []string {
	list := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// shown is what the form lets people change, for its version.
type shown struct {
	Name          string
	Target        [2]string // sealed
	Groups, Codes []string
}

func (b *Robot) changeable() shown {
	return shown{b.Name(), b.sealed(), b.Groups(), b.Codes()}
}
