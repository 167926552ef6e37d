package team

import (
	"cmp"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// States by which the list is narrowed down.
const (
	filterRole  = "role"
	filterGroup = "group"
	filterState = "state"
	sortRole    = filterRole

	stateActive   = "active"
	stateDisabled = "disabled"
	stateNever    = "never"
	stateOneStep  = "one_step" // signs in without a code
)

// roster is everybody with what a list of them says.
type roster struct {
	people []*access.Person
	groups []*access.Group
	roles  []*access.Role
	loads  map[string]int
	seen   map[string]time.Time
}

func rosterOf(app core.App) (r roster, err error) {
	if r.people, err = access.Everybody(app); err != nil {
		return r, err
	}
	if r.groups, err = access.Groups(app); err != nil {
		return r, err
	}
	if r.roles, err = access.Roles(app); err != nil {
		return r, err
	}
	if r.loads, err = conversations.Load(app); err != nil {
		return r, err
	}
	r.seen, err = access.LastSeen(app)
	return r, err
}

func (r roster) groupNames(p *access.Person) []string {
	var names []string
	for _, g := range r.groups {
		if p.InGroup(g.Id) {
			names = append(names, g.Name())
		}
	}
	return names
}

// staffPage lists who works here.
func staffPage(e *core.RequestEvent) error {
	by, say := access.Of(e), locale.In(web.Language(e))
	r, err := rosterOf(e.App)
	if err != nil {
		return err
	}
	list := web.ListOf(e, web.ListSpec{Sorts: []string{"name", sortRole, "load", "seen"}, Filters: []string{filterRole, filterGroup, filterState}})
	m := team.Staff{Admin: web.Admin(e, areaStaff, say.T("team.staff_title"), scriptTeam), MayEdit: by.May(access.StaffEdit), Alone: len(r.people) == 1}
	for _, p := range web.Pick(&list, r.people, r.match(by, list), r.orders()) {
		m.Rows = append(m.Rows, r.row(e, by, p))
	}
	m.List = list
	m.Filters = r.filters(say)
	return web.Show(e, team.StaffPage(m), team.StaffList(m))
}

func (r roster) match(by *access.Person, l web.List) func(*access.Person) bool {
	return func(p *access.Person) bool {
		texts := []string{p.Nickname, p.RealName}
		if by.May(access.StaffEdit) { // who sees them masked must not find out by trying
			texts = append(texts, p.Email, p.Phone)
		}
		return web.Matches(l.Query, texts...) && (l.Filters[filterRole] == "" || l.Filters[filterRole] == p.RoleID) &&
			(l.Filters[filterGroup] == "" || p.InGroup(l.Filters[filterGroup])) && r.inState(p, l.Filters[filterState])
	}
}

func (r roster) inState(p *access.Person, state string) bool {
	switch state {
	case stateActive:
		return !p.Disabled
	case stateDisabled:
		return p.Disabled
	case stateNever:
		return r.seen[p.ID].IsZero()
	case stateOneStep:
		return !p.Disabled && !p.TwoStep
	default:
		return true
	}
}

func (r roster) orders() map[string]func(a, b *access.Person) int {
	rank := map[string]int{}
	for i, role := range r.roles {
		rank[role.Id] = i
	}
	return map[string]func(a, b *access.Person) int{
		"name": func(a, b *access.Person) int {
			return cmp.Or(first(a.Disabled, b.Disabled), strings.Compare(a.Nickname, b.Nickname))
		},
		sortRole: func(a, b *access.Person) int { return rank[a.RoleID] - rank[b.RoleID] },
		"load":   func(a, b *access.Person) int { return r.loads[b.ID] - r.loads[a.ID] },
		"seen":   func(a, b *access.Person) int { return r.seen[b.ID].Compare(r.seen[a.ID]) },
	}
}

// first puts what is false before what is true.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func (r roster) row(e *core.RequestEvent, by, p *access.Person) team.Member {
	m := memberOf(e, by, p)
	m.Groups, m.Load = r.groupNames(p), r.loads[p.ID]
	if at := r.seen[p.ID]; !at.IsZero() {
		m.Seen = at
	}
	return m
}

// memberOf is p as by may see them: reach in full only for who keeps accounts.
func memberOf(e *core.RequestEvent, by, p *access.Person) team.Member {
	m := team.Member{
		ID: p.ID, Path: pathStaff + "/" + p.ID, Nickname: p.Nickname, RealName: p.RealName, Avatar: p.Avatar, Role: p.RoleName, Cap: p.Cap,
		Email: p.Email, Phone: p.Phone, Disabled: p.Disabled, Me: by.ID == p.ID,
	}
	if !by.May(access.StaffEdit) && !m.Me {
		m.Email, m.Phone = mask.Email(p.Email), mask.Phone(p.Phone)
	}
	switch routing.Presence(e.App, p) {
	case routing.Online:
		m.Presence = "online"
	case routing.OnBreak:
		m.Presence = "break"
	default:
		m.Presence = "offline"
	}
	return m
}

func (r roster) filters(say locale.Speaker) []ui.Filter {
	role := ui.Filter{Name: filterRole, Label: say.T("team.filter_role")}
	for _, one := range r.roles {
		role.Options = append(role.Options, ui.Option{Value: one.Id, Label: one.Name()})
	}
	group := ui.Filter{Name: filterGroup, Label: say.T("team.filter_group")}
	for _, one := range r.groups {
		group.Options = append(group.Options, ui.Option{Value: one.Id, Label: one.Name()})
	}
	state := ui.Filter{Name: filterState, Label: say.T("team.filter_state")}
	for _, one := range []string{stateActive, stateDisabled, stateNever, stateOneStep} {
		state.Options = append(state.Options, ui.Option{Value: one, Label: say.T("team.state_" + one)})
	}
	return []ui.Filter{role, group, state}
}

// findStaff is what the search over everything finds here.
func findStaff(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	by := access.Of(e)
	r, err := rosterOf(e.App)
	if err != nil {
		return nil, err
	}
	match := r.match(by, web.List{Query: query})
	var hits []layout.Hit
	for _, p := range r.people {
		if match(p) {
			hits = append(hits, layout.Hit{Title: p.Nickname, Detail: p.RoleName, Path: pathStaff + "/" + p.ID})
		}
	}
	return hits, nil
}
