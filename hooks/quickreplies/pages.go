package quickreplies

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/quickreplies"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	area = "quick_replies"
	at   = "/admin/quick-replies"
)

// routes are open to everybody who is signed in: all keep their own. What may be
// done to those of others is asked where it is done.
func routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: at, Permission: web.SignedIn, Handle: listPage},
		{Method: get, Path: at + "/new", Permission: web.SignedIn, Handle: newPage},
		{Method: post, Path: at, Permission: web.SignedIn, Handle: create},
		{Method: get, Path: at + "/{id}", Permission: web.SignedIn, Handle: editPage},
		{Method: post, Path: at + "/{id}", Permission: web.SignedIn, Handle: update},
		{Method: post, Path: at + "/delete", Permission: web.SignedIn, Handle: remove},
		{Method: post, Path: at + "/restore", Permission: web.SignedIn, Handle: bringBack},
		{Method: post, Path: at + "/move", Permission: web.SignedIn, Handle: move},
		{Method: get, Path: at + "/import", Permission: web.SignedIn, Handle: importPage},
		{Method: post, Path: at + "/import", Permission: web.SignedIn, Handle: takeIn},
		{Method: post, Path: at + "/export", Permission: access.ExportsMake, Handle: handOut},
	}
}

// search is the area's part of the search over everything.
func search(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := For(e.App, access.Of(e))
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, q := range all {
		if web.Matches(query, q.Code(), q.Title(), q.Text()) {
			hits = append(hits, layout.Hit{Title: cmp.Or(q.Title(), short(q.Text())), Detail: short(q.Text()), Path: at + "/" + q.Id})
		}
	}
	return hits, nil
}

func short(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return text
}

var orders = map[string]func(a, b *QuickReply) int{
	"uses":     func(a, b *QuickReply) int { return a.Uses() - b.Uses() },
	"used":     func(a, b *QuickReply) int { return a.Used().Compare(b.Used()) },
	"title":    func(a, b *QuickReply) int { return cmp.Compare(a.Title()+a.Text(), b.Title()+b.Text()) },
	"category": func(a, b *QuickReply) int { return cmp.Compare(a.Category(), b.Category()) },
}

// wanted are those of all that the list is narrowed down to.
func wanted(e *core.RequestEvent, all []*QuickReply) (web.List, []*QuickReply) {
	l := web.ListOf(e, web.ListSpec{Sorts: []string{"-uses", "used", "title", "category"}, Filters: []string{"scope", "group", "category"}})
	var found []*QuickReply
	for _, q := range all {
		if is(l, "scope", string(q.Scope())) && is(l, "group", q.Group()) && is(l, "category", q.Category()) && web.Matches(l.Query, q.Code(), q.Title(), q.Text()) {
			found = append(found, q)
		}
	}
	return l, found
}

func is(l web.List, filter, value string) bool {
	return l.Filters[filter] == "" || l.Filters[filter] == value
}

func listPage(e *core.RequestEvent) error {
	p, say := access.Of(e), locale.In(web.Language(e))
	all, err := For(e.App, p)
	if err != nil {
		return err
	}
	l, found := wanted(e, all)
	m := quickreplies.List{
		Admin: web.Admin(e, area, say.T("quickreplies.title"), "js/admin/quick_replies.js"), Export: p.May(access.ExportsMake), Categories: categories(all),
	}
	if m.Groups, err = groups(e.App, p); err != nil {
		return err
	}
	zone := hours.Zone(settings.ShopOf(e.App).Zone)
	for _, q := range web.Pick(&l, found, func(*QuickReply) bool { return true }, orders) {
		row := quickreplies.Row{
			ID: q.Id, Code: q.Code(), Title: q.Title(), Text: q.Text(), Category: q.Category(), Scope: string(q.Scope()), Uses: q.Uses(),
			Picture: q.File() != "", Mine: mayKeep(p, q.Scope()) == nil,
		}
		if q.Scope() == Group {
			row.Group = nameIn(m.Groups, q.Group())
		}
		if !q.Used().IsZero() {
			row.Used = q.Used().In(zone).Format("2006-01-02 15:04")
		}
		m.Rows = append(m.Rows, row)
	}
	m.List = l
	return web.Show(e, quickreplies.ListPage(m), quickreplies.ListPart(m))
}

// categories are the headings in use, to choose from.
func categories(all []*QuickReply) []string {
	var list []string
	for _, q := range all {
		if c := q.Category(); c != "" {
			list = append(list, c)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// groups are those whose quick replies p sees.
func groups(app core.App, p *access.Person) ([]ui.Option, error) {
	all, err := access.Groups(app)
	if err != nil {
		return nil, err
	}
	var list []ui.Option
	for _, g := range all {
		if p.May(access.QuickRepliesEdit) || p.InGroup(g.Id) {
			list = append(list, ui.Option{Value: g.Id, Label: g.Name()})
		}
	}
	return list, nil
}

func nameIn(options []ui.Option, value string) string {
	i := slices.IndexFunc(options, func(o ui.Option) bool { return o.Value == value })
	if i < 0 {
		return ""
	}
	return options[i].Label
}

// picture sends the picture of a quick reply to whoever can use it.
func picture(e *core.RequestEvent) error {
	q, err := find(e.App, access.Of(e), e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if q.File() == "" {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	f, err := files.ByID(e.App, q.File())
	if err != nil {
		return err
	}
	return files.Serve(e, f)
}
