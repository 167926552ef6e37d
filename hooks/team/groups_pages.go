package team

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const fieldHours = "hours"

// groupsPage lists the groups in the shop's order.
func groupsPage(e *core.RequestEvent) error {
	m, err := groupList(e)
	if err != nil {
		return err
	}
	return web.Show(e, team.GroupsPage(m), team.GroupList(m))
}

func groupList(e *core.RequestEvent) (team.Groups, error) {
	say := locale.In(web.Language(e))
	m := team.Groups{Admin: web.Admin(e, areaGroups, say.T("team.groups_title"))}
	r, err := rosterOf(e.App)
	if err != nil {
		return m, err
	}
	m.Sole = len(r.people) == 1
	list := web.ListOf(e, web.ListSpec{})
	list.Path = pathGroups
	for _, g := range web.Pick(&list, r.groups, func(g *access.Group) bool { return web.Matches(list.Query, g.Name()) }, nil) {
		row := team.GroupRow{ID: g.Id, Path: pathGroups + "/" + g.Id, Name: g.Name(), Hours: inShort(g.Hours(), say)}
		for _, p := range r.people {
			if p.InGroup(g.Id) {
				row.People = append(row.People, team.Member{ID: p.ID, Nickname: p.Nickname, Avatar: p.Avatar})
			}
		}
		if row.Waiting, err = conversations.InGroup(e.App, g.Id); err != nil {
			return m, err
		}
		if !list.Narrowed() {
			row.Up, row.Down = r.moved(g, -1), r.moved(g, 1)
		}
		m.Rows = append(m.Rows, row)
	}
	m.List = list
	return m, nil
}

// moved is the order of all groups with g moved by some places, "" where there
// is no such place.
func (r roster) moved(g *access.Group, by int) string {
	ids := make([]string, len(r.groups))
	for i, one := range r.groups {
		ids[i] = one.Id
	}
	at := slices.Index(ids, g.Id)
	if to := at + by; to >= 0 && to < len(ids) {
		ids[at], ids[to] = ids[to], ids[at]
		return strings.Join(ids, " ")
	}
	return ""
}

// inShort is a week in few words.
func inShort(w hours.Week, say locale.Speaker) string {
	switch {
	case w.Always():
		return say.T("team.hours_channel")
	case len(w.Spans) == 0:
		return say.T("team.hours_closed", "Count", len(w.Closed)+len(w.Days))
	}
	days := map[int]bool{}
	from, to := w.Spans[0].From, w.Spans[0].To
	same := true
	for _, s := range w.Spans {
		same = same && s.From == from && s.To == to && !days[int(s.Day)]
		days[int(s.Day)] = true
	}
	if same {
		return say.T("team.hours_days", "Count", len(days)) + " " + from.String() + "–" + to.String()
	}
	return say.T("team.hours_days", "Count", len(days))
}

// group is what the form of a group holds.
type group struct {
	Name    string
	Members []string
	Hours   hours.Week
	Leaving access.Leaving
}

// typedGroup reads the form. What is wrong with the hours is said with the rest.
func typedGroup(e *core.RequestEvent) (group, error) {
	g := group{Name: strings.TrimSpace(e.Request.PostFormValue("name")), Members: []string{}, Leaving: typedLeaving(e)}
	g.Members = append(g.Members, e.Request.PostForm["members"]...)
	var err error
	g.Hours, err = web.HoursOf(e, fieldHours)
	return g, err
}

func (g group) draft() access.GroupDraft {
	return access.GroupDraft{Name: g.Name, Hours: g.Hours, Leaving: &g.Leaving, Members: g.Members}
}

// groupOf is a group as it is kept.
func groupOf(app core.App, id string) (group, error) {
	g, err := access.GroupByID(app, id)
	if err != nil {
		return group{}, err
	}
	people, err := access.Everybody(app)
	kept := group{Name: g.Name(), Members: []string{}, Hours: g.Hours(), Leaving: g.Leaving()}
	for _, p := range people {
		if p.InGroup(id) {
			kept.Members = append(kept.Members, p.ID)
		}
	}
	return kept, err
}

func newGroupPage(e *core.RequestEvent) error {
	m, err := groupForm(e, "", group{Members: []string{access.Of(e).ID}}) // somebody has to answer in it
	if err != nil {
		return err
	}
	return web.Render(e, team.GroupPage(m))
}

func groupPage(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	g, err := groupOf(e.App, id)
	if err != nil {
		return err
	}
	m, err := groupForm(e, id, g)
	if err != nil {
		return err
	}
	return web.Render(e, team.GroupPage(m))
}

// groupForm is the form of the group with id, or of a new one.
func groupForm(e *core.RequestEvent, id string, g group) (team.GroupForm, error) {
	by, say := access.Of(e), locale.In(web.Language(e))
	m := team.GroupForm{Name: g.Name, Members: g.Members, Hours: web.ShowHours(e, fieldHours, g.Hours, say.T("team.hours_channel"))}
	m.Leaving = leavingChoices(e, g.Leaving)
	m.Hours.Label, m.Hours.Hint = say.T("team.col_hours"), say.T("team.hours_hint")
	m.Hours.Today = web.HoursToday(say.Language, g.Hours.In(settings.ShopOf(e.App).Zone), clock.Now(e.App))
	people, err := access.Everybody(e.App)
	if err != nil {
		return m, err
	}
	for _, p := range people {
		m.People = append(m.People, candidateOf(e, by, p, id))
	}
	if id == "" {
		m.Admin, m.Title, m.Lead, m.Save = web.Admin(e, areaGroups, say.T("team.group_new"), scriptHours), say.T("team.group_new"), say.T("team.groups_lead"), say.T("team.group_add")
		m.Form = ui.Form{Action: pathGroups}
		return m, nil
	}
	kept, err := groupOf(e.App, id)
	if err != nil {
		return m, err
	}
	m.Admin, m.Title, m.Save = web.Admin(e, areaGroups, kept.Name, scriptHours), kept.Name, say.T("team.save")
	m.Form = ui.Form{Action: pathGroups + "/" + id, Version: web.Version(kept)}
	m.Leave, err = leaving(e, id, kept.Name)
	return m, err
}

func candidateOf(e *core.RequestEvent, by, p *access.Person, id string) team.Candidate {
	c := team.Candidate{Member: team.Member{ID: p.ID, Nickname: p.Nickname, Avatar: p.Avatar, Role: p.RoleName}}
	err := access.MayManage(by, p)
	if err == nil && id != "" && !p.InGroup(id) {
		err = access.MayPlace(by, id)
	}
	if f, ok := errors.AsType[*fail.Error](err); ok {
		c.Locked, c.Why = true, f.Text(web.Language(e))
	}
	return c
}

// leaving says what a deletion leads to, with the groups that can take over.
func leaving(e *core.RequestEvent, id, name string) (*team.Leave, error) {
	say := locale.In(web.Language(e))
	n, err := conversations.InGroup(e.App, id)
	if err != nil {
		return nil, err
	}
	led, err := channels.LeadingTo(e.App, id)
	if err != nil {
		return nil, err
	}
	all, err := access.Groups(e.App)
	if err != nil {
		return nil, err
	}
	v := &team.Leave{
		Action: pathGroups + "/" + id + "/delete", Title: say.T("team.group_delete_ask", "Name", name), Label: say.T("team.group_delete"),
		Text: say.T("team.group_delete_text", "Count", n, "Channels", len(led)),
		Heir: ui.Choice{Name: "heir", Label: say.T("team.group_heir"), Empty: say.T("team.group_heir_none")},
	}
	for _, g := range all {
		if g.Id != id {
			v.Heir.Options = append(v.Heir.Options, ui.Option{Value: g.Id, Label: g.Name()})
		}
	}
	return v, nil
}

// findGroups is what the search over everything finds here.
func findGroups(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := access.Groups(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, g := range all {
		if web.Matches(query, g.Name()) {
			hits = append(hits, layout.Hit{Title: g.Name(), Path: pathGroups + "/" + g.Id})
		}
	}
	return hits, nil
}
