package team

import (
	"errors"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

func addRole(e *core.RequestEvent) error {
	by, typed := access.Of(e), typedRole(e, nil)
	_, err := access.AddRole(e.App, by, typed.Name, typed.Allowed)
	if err == nil {
		return web.Done(e, pathRoles, "team.role_added", "Name", typed.Name)
	}
	m := newRoleForm(e, by, typed)
	if fatal := wrongIn(e, &m.Form, err); fatal != nil {
		return fatal
	}
	return web.ShowStatus(e, fail.Invalid.Status(), team.RolePage(m), team.RoleFields(m))
}

// errReview is that people would be affected who have not been looked at yet.
var errReview = errors.New("the change is to be looked at first")

// editRole saves a role. Where it changes what people may do, it is said first
// who they are and what they gain and lose.
func editRole(e *core.RequestEvent) error {
	by, id := access.Of(e), e.Request.PathValue("id")
	r, err := access.RoleByID(e.App, id)
	if err != nil {
		return err
	}
	before, err := r.Permissions()
	if err != nil {
		return err
	}
	typed := typedRole(e, before)
	err = e.App.RunInTransaction(func(app core.App) error { return saveRole(e, app, by, typed) })
	if err == nil {
		return web.Done(e, pathRoles+"/"+id, "team.saved", "Name", typed.Name)
	}
	m, formErr := oneRole(e, r, typed)
	if formErr != nil {
		return formErr
	}
	if errors.Is(err, errReview) {
		m.Review = review(e, m.People, before, typed)
		return web.Show(e, team.RolePage(m), team.RoleFields(m))
	}
	if fatal := wrongIn(e, &m.Form, err); fatal != nil {
		return fatal
	}
	if web.IsConflict(err) {
		m.Form.Failed = ""
		m.Form.Conflict = roleConflict(e, role{r.Name(), before}, typed, id)
	}
	return web.ShowStatus(e, fail.Invalid.Status(), team.RolePage(m), team.RoleFields(m))
}

func saveRole(e *core.RequestEvent, app core.App, by *access.Person, typed role) error {
	r, err := access.RoleByID(app, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	now, err := r.Permissions()
	if err != nil {
		return err
	}
	if err = web.Unchanged(e, role{r.Name(), now}); err != nil {
		return err
	}
	if err = access.EditRole(app, by, r.Id, typed.Name, typed.Allowed); err != nil {
		return err
	}
	people, err := access.Having(app, r.Id)
	if err != nil {
		return err
	}
	gains, ends := difference(now, typed.Allowed)
	if len(people) > 0 && len(gains)+len(ends) > 0 && e.Request.PostFormValue("sure") != token(typed, len(people)) {
		return errReview // and with it nothing is saved
	}
	return nil
}

// token names what was looked at: the same change for as many people.
func token(typed role, people int) string {
	return web.Version(struct {
		role
		People int
	}{typed, people})
}

func difference(before, after []access.Permission) (gains, ends []access.Permission) {
	for _, p := range access.Permissions {
		had, has := slices.Contains(before, p), slices.Contains(after, p)
		switch {
		case has && !had:
			gains = append(gains, p)
		case had && !has:
			ends = append(ends, p)
		}
	}
	return gains, ends
}

func review(e *core.RequestEvent, people []team.Member, before []access.Permission, typed role) *team.Review {
	lang := web.Language(e)
	gains, ends := difference(before, typed.Allowed)
	v := &team.Review{Token: token(typed, len(people))}
	v.People = locale.In(lang).T("team.review_people", "Count", len(people), "Names", access.Nicknames(persons(people)))
	for _, p := range gains {
		v.Gains = append(v.Gains, access.Describe(p, lang))
	}
	for _, p := range ends {
		v.Ends = append(v.Ends, access.Describe(p, lang))
	}
	return v
}

func persons(members []team.Member) []*access.Person {
	list := make([]*access.Person, len(members))
	for i, m := range members {
		list[i] = &access.Person{ID: m.ID, Nickname: m.Nickname}
	}
	return list
}

func roleConflict(e *core.RequestEvent, now, typed role, id string) *ui.Conflict {
	lang := web.Language(e)
	say := locale.In(lang)
	c := changedMeanwhile(say, web.Version(now), pathRoles+"/"+id)
	if now.Name != typed.Name {
		c.Differences = append(c.Differences, ui.Difference{Label: say.T("team.role_name"), Theirs: now.Name, Yours: typed.Name})
	}
	yours, theirs := difference(now.Allowed, typed.Allowed)
	for _, p := range yours {
		c.Differences = append(c.Differences, ui.Difference{Label: access.Describe(p, lang), Theirs: say.T("team.no"), Yours: say.T("team.yes")})
	}
	for _, p := range theirs {
		c.Differences = append(c.Differences, ui.Difference{Label: access.Describe(p, lang), Theirs: say.T("team.yes"), Yours: say.T("team.no")})
	}
	return c
}

func restoreRole(e *core.RequestEvent) error {
	r, err := access.RoleByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if err := access.RestoreRole(e.App, access.Of(e), r.Id); err != nil {
		return err
	}
	return web.Done(e, pathRoles+"/"+r.Id, "team.role_restored", "Name", r.Name())
}

func deleteRole(e *core.RequestEvent) error {
	r, err := access.RoleByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if err := access.DeleteRole(e.App, access.Of(e), r.Id); err != nil {
		return err
	}
	return web.Done(e, pathRoles, "team.deleted", "Name", r.Name())
}
