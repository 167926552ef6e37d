package team

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// How much of the conversations a role sees, as one choice.
const (
	seesOwn   = "own"
	seesGroup = "group"
	seesAll   = "all"
)

func seeing(allowed []access.Permission) string {
	switch {
	case slices.Contains(allowed, access.ConversationsSeeAll):
		return seesAll
	case slices.Contains(allowed, access.ConversationsSeeGroup):
		return seesGroup
	default:
		return seesOwn
	}
}

func isSeeing(p access.Permission) bool {
	return p == access.ConversationsSeeGroup || p == access.ConversationsSeeAll
}

// rolesPage lists the roles with who has them.
func rolesPage(e *core.RequestEvent) error {
	say := locale.In(web.Language(e))
	roles, err := access.Roles(e.App)
	if err != nil {
		return err
	}
	list := web.ListOf(e, web.ListSpec{Filters: []string{"kind"}})
	kind := ui.Filter{Name: "kind", Label: say.T("team.filter_kind"), Options: []ui.Option{
		{Value: "preset", Label: say.T("team.role_preset")}, {Value: "own", Label: say.T("team.role_own")},
	}}
	m := team.Roles{Admin: web.Admin(e, areaRoles, say.T("team.roles_title")), Filters: []ui.Filter{kind}}
	match := func(r *access.Role) bool {
		is := "own"
		if r.Key() != "" {
			is = "preset"
		}
		return web.Matches(list.Query, r.Name()) && (list.Filters["kind"] == "" || list.Filters["kind"] == is)
	}
	for _, r := range web.Pick(&list, roles, match, nil) {
		row, err := roleRow(e, r, say)
		if err != nil {
			return err
		}
		m.Rows = append(m.Rows, row)
	}
	m.List = list
	return web.Show(e, team.RolesPage(m), team.RoleList(m))
}

func roleRow(e *core.RequestEvent, r *access.Role, say locale.Speaker) (team.RoleRow, error) {
	allowed, err := r.Permissions()
	if err != nil {
		return team.RoleRow{}, err
	}
	people, err := having(e, r)
	row := team.RoleRow{
		Path: pathRoles + "/" + r.Id, Name: r.Name(), Preset: r.Key() != "", Changed: changed(r, allowed), Sees: say.T("team.sees_" + seeing(allowed)),
		Allows: len(allowed), Of: len(access.Permissions), People: people,
	}
	if row.Preset {
		row.Hint = hintOf(r, say)
	}
	return row, err
}

// changed reports whether a preset allows something else than it did at first.
func changed(r *access.Role, allowed []access.Permission) bool {
	preset, ok := access.Preset(r.Key())
	return ok && !slices.Equal(preset, allowed)
}

func having(e *core.RequestEvent, r *access.Role) ([]team.Member, error) {
	people, err := access.Having(e.App, r.Id)
	if err != nil {
		return nil, err
	}
	list := make([]team.Member, len(people))
	for i, p := range people {
		list[i] = team.Member{ID: p.ID, Nickname: p.Nickname, Avatar: p.Avatar}
	}
	return list, nil
}

// role is what the form of a role holds.
type role struct {
	Name    string
	Allowed []access.Permission
}

// typedRole reads the form. Who sees all of them sees their group's too: a role
// that said only one of both keeps it so.
func typedRole(e *core.RequestEvent, before []access.Permission) role {
	r := role{Name: strings.TrimSpace(e.Request.PostFormValue("name"))}
	for _, one := range e.Request.PostForm["may"] {
		if p := access.Permission(one); !isSeeing(p) {
			r.Allowed = append(r.Allowed, p)
		}
	}
	switch e.Request.PostFormValue("sees") {
	case seesGroup:
		r.Allowed = append(r.Allowed, access.ConversationsSeeGroup)
	case seesAll:
		r.Allowed = append(r.Allowed, access.ConversationsSeeAll)
		if seeing(before) != seesAll || slices.Contains(before, access.ConversationsSeeGroup) {
			r.Allowed = append(r.Allowed, access.ConversationsSeeGroup)
		}
	}
	r.Allowed = access.Complete(r.Allowed)
	return r
}

func newRolePage(e *core.RequestEvent) error {
	by, say := access.Of(e), locale.In(web.Language(e))
	var r role
	from := e.Request.URL.Query().Get("from")
	if from != "" {
		model, err := access.RoleByID(e.App, from)
		if err != nil {
			return err
		}
		if r.Allowed, err = model.Permissions(); err != nil {
			return err
		}
		r.Name = say.T("team.role_copy_of", "Name", model.Name())
		r.Allowed = slices.DeleteFunc(slices.Clone(r.Allowed), func(p access.Permission) bool { return !by.May(p) })
	}
	return web.Render(e, team.RolePage(newRoleForm(e, by, r)))
}

func newRoleForm(e *core.RequestEvent, by *access.Person, r role) team.RoleForm {
	say := locale.In(web.Language(e))
	m := roleForm(e, by, r)
	m.Admin, m.Title, m.Lead, m.Save = web.Admin(e, areaRoles, say.T("team.role_new")), say.T("team.role_new"), say.T("team.role_new_lead"), say.T("team.role_add")
	m.Form = ui.Form{Action: pathRoles}
	return m
}

// roleForm shows what r allows, and what by can give.
func roleForm(e *core.RequestEvent, by *access.Person, r role) team.RoleForm {
	lang := web.Language(e)
	say := locale.In(lang)
	m := team.RoleForm{Name: r.Name, Sees: ui.Choice{Name: "sees", Label: say.T("team.sees"), Value: seeing(r.Allowed)}}
	for _, one := range []struct {
		value string
		needs access.Permission
	}{{seesOwn, ""}, {seesGroup, access.ConversationsSeeGroup}, {seesAll, access.ConversationsSeeAll}} {
		o := ui.Option{Value: one.value, Label: say.T("team.sees_" + one.value), Hint: say.T("team.sees_" + one.value + "_why")}
		o.Disabled = one.needs != "" && !by.May(one.needs) && m.Sees.Value != one.value
		m.Sees.Options = append(m.Sees.Options, o)
	}
	for _, a := range access.Areas {
		area := team.PermissionArea{Title: say.T("access.area_" + a.Key)}
		for _, p := range a.Permissions {
			if isSeeing(p) {
				continue
			}
			area.Permissions = append(area.Permissions, team.Allowed{
				Value: string(p), Text: access.Describe(p, lang), Why: access.Explain(p, lang), On: slices.Contains(r.Allowed, p),
				Sensitive: access.Sensitive(p), Lacks: !by.May(p),
			})
		}
		m.Areas = append(m.Areas, area)
	}
	return m
}

// rolePage shows one role.
func rolePage(e *core.RequestEvent) error {
	r, err := access.RoleByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	allowed, err := r.Permissions()
	if err != nil {
		return err
	}
	m, err := oneRole(e, r, role{r.Name(), allowed})
	if err != nil {
		return err
	}
	return web.Render(e, team.RolePage(m))
}

func oneRole(e *core.RequestEvent, r *access.Role, typed role) (team.RoleForm, error) {
	by, say := access.Of(e), locale.In(web.Language(e))
	m := roleForm(e, by, typed)
	m.Admin, m.Title, m.Save, m.Copy = web.Admin(e, areaRoles, r.Name()), r.Name(), say.T("team.save"), pathRoles+"/new?from="+r.Id
	if r.Key() != "" {
		m.Lead = hintOf(r, say)
	}
	allowed, err := r.Permissions()
	if err != nil {
		return m, err
	}
	m.Form = ui.Form{Action: pathRoles + "/" + r.Id, Version: web.Version(role{r.Name(), allowed})}
	if m.People, err = having(e, r); err != nil {
		return m, err
	}
	if f, ok := errors.AsType[*fail.Error](access.MayEdit(by, r)); ok {
		m.Why = f.Text(web.Language(e))
		return m, nil
	}
	m.Acts = roleActs(say, r, allowed, len(m.People))
	return m, nil
}

func roleActs(say locale.Speaker, r *access.Role, allowed []access.Permission, people int) []ui.Question {
	path, no := pathRoles+"/"+r.Id, say.T("admin.cancel")
	switch {
	case r.Key() != "" && changed(r, allowed):
		return []ui.Question{{
			Action: path + "/restore", Label: say.T("team.role_restore"), Icon: "rotate-clockwise", Title: say.T("team.role_restore_ask", "Name", r.Name()),
			Text: say.T("team.role_restore_text", "Count", people), Yes: say.T("team.role_restore"), No: no,
		}}
	case r.Key() == "" && people == 0:
		return []ui.Question{{
			Action: path + "/delete", Label: say.T("team.delete"), Look: "ghost", Title: say.T("team.role_delete_ask", "Name", r.Name()),
			Text: say.T("team.role_delete_text"), Yes: say.T("team.delete"), No: no,
		}}
	default:
		return nil
	}
}

// findRoles is what the search over everything finds here.
func findRoles(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	roles, err := access.Roles(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, r := range roles {
		if web.Matches(query, r.Name()) {
			hits = append(hits, layout.Hit{Title: r.Name(), Path: pathRoles + "/" + r.Id})
		}
	}
	return hits, nil
}
