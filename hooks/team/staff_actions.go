package team

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// addStaff makes the account and answers with its card: the one time that the
// password is to be seen.
func addStaff(e *core.RequestEvent) error {
	by := access.Of(e)
	a, lost := typedAccount(e)
	password := access.FirstPassword()
	s, err := hire(e, by, a.newcomer(password, ""))
	if err != nil {
		m, formErr := newForm(e, by, a)
		if formErr != nil {
			return formErr
		}
		if fatal := wrongIn(e, &m.Form, err); fatal != nil {
			return fatal
		}
		m.AvatarLost = lost
		return web.ShowStatus(e, fail.Invalid.Status(), team.NewStaffPage(m), team.StaffFields(m))
	}
	say := locale.In(web.Language(e))
	m := team.Cards{Title: say.T("team.card_title", "Name", s.Nickname()), Lead: say.T("team.card_lead"), Back: pathStaff, Again: pathStaff + "/new"}
	return showCards(e, m, []invited{{s.Nickname(), reach(s), password}})
}

// hire says all that is wrong at once, and keeps the picture only where nothing
// is.
func hire(e *core.RequestEvent, by *access.Person, n access.Newcomer) (*access.Staff, error) {
	faults, err := access.Faults(e.App, by, n)
	if err != nil {
		return nil, err
	}
	if n.Role == "" {
		faults = append(faults, fail.New(fail.Invalid, "access.role_missing").On("role"))
	}
	if len(faults) > 0 {
		all := make([]error, len(faults))
		for i, f := range faults {
			all[i] = f
		}
		return nil, errors.Join(all...)
	}
	id, err := picture(e, by)
	if err != nil {
		return nil, err
	}
	if id != "" {
		n.Avatar = id
	}
	return access.AddStaff(e.App, by, n)
}

// editStaff saves the form of an account.
func editStaff(e *core.RequestEvent) error {
	by, id := access.Of(e), e.Request.PathValue("id")
	a, lost := typedAccount(e)
	err := saveStaff(e, by, id, a)
	if err == nil {
		return web.Done(e, pathStaff+"/"+id, "team.saved", "Name", a.Nickname)
	}
	p, lookup := access.Present(e.App, id)
	if lookup != nil {
		return lookup
	}
	m, formErr := personPage(e, p, a)
	if formErr != nil || m.Edit == nil {
		return errors.Join(err, formErr)
	}
	if fatal := wrongIn(e, &m.Edit.Form, err); fatal != nil {
		return fatal
	}
	if web.IsConflict(err) {
		m.Edit.Form.Failed = ""
		m.Edit.Form.Conflict = conflict(e, p, a)
	}
	m.Edit.AvatarLost = lost
	return web.ShowStatus(e, fail.Invalid.Status(), team.PersonPage(m), team.StaffFields(*m.Edit))
}

func saveStaff(e *core.RequestEvent, by *access.Person, id string, a account) error {
	kept, err := picture(e, by)
	if err != nil {
		return err
	}
	if kept != "" {
		a.Avatar = kept
	}
	return e.App.RunInTransaction(func(app core.App) error {
		p, err := access.Present(app, id)
		if err != nil {
			return err
		}
		if err := web.Unchanged(e, accountOf(p)); err != nil {
			return err
		}
		return access.EditStaff(app, by, id, a.profile())
	})
}

// conflict lists what somebody else has made of the account meanwhile.
func conflict(e *core.RequestEvent, p *access.Person, a account) *ui.Conflict {
	say, now := locale.In(web.Language(e)), accountOf(p)
	c := changedMeanwhile(say, web.Version(now), pathStaff+"/"+p.ID)
	names := namesOf(e.App)
	for _, d := range []ui.Difference{
		{Label: say.T("team.nickname"), Theirs: now.Nickname, Yours: a.Nickname},
		{Label: say.T("team.real_name"), Theirs: now.RealName, Yours: a.RealName},
		{Label: say.T("team.email"), Theirs: now.Email, Yours: a.Email},
		{Label: say.T("team.phone"), Theirs: now.Phone, Yours: a.Phone},
		{Label: say.T("team.col_role"), Theirs: names[now.Role], Yours: names[a.Role]},
		{Label: say.T("team.col_groups"), Theirs: named(names, now.Groups), Yours: named(names, a.Groups)},
		{Label: say.T("team.cap"), Theirs: now.Cap, Yours: a.Cap},
		{Label: say.T("team.weight"), Theirs: now.Weight, Yours: a.Weight},
	} {
		if d.Theirs != d.Yours {
			c.Differences = append(c.Differences, d)
		}
	}
	return c
}

// changedMeanwhile is the notice on a form that somebody else was faster with.
func changedMeanwhile(say locale.Speaker, version, reload string) *ui.Conflict {
	return &ui.Conflict{
		Version: version, Notice: say.T("team.changed_meanwhile"), Over: say.T("team.save_mine"), Theirs: say.T("team.take_theirs"), Reload: reload,
	}
}

// namesOf are the names of roles and groups by id.
func namesOf(app core.App) map[string]string {
	names := map[string]string{}
	if roles, err := access.Roles(app); err == nil {
		for _, r := range roles {
			names[r.Id] = r.Name()
		}
	}
	if groups, err := access.Groups(app); err == nil {
		for _, g := range groups {
			names[g.Id] = g.Name()
		}
	}
	return names
}

func named(names map[string]string, ids []string) string {
	list := make([]string, 0, len(ids))
	for _, id := range ids {
		list = append(list, names[id])
	}
	slices.Sort(list)
	return strings.Join(list, "、")
}

func disableStaff(e *core.RequestEvent) error {
	p, err := onPerson(e, access.Disable)
	if err != nil {
		return err
	}
	path := pathStaff + "/" + p.ID
	return web.DoneUndo(e, path, path+"/enable", "team.disabled", "Name", p.Nickname)
}

func enableStaff(e *core.RequestEvent) error {
	p, err := onPerson(e, access.Enable)
	if err != nil {
		return err
	}
	return web.Done(e, pathStaff+"/"+p.ID, "team.enabled", "Name", p.Nickname)
}

func deleteStaff(e *core.RequestEvent) error {
	p, err := onPerson(e, access.DeleteStaff)
	if err != nil {
		return err
	}
	return web.Done(e, pathStaff, "team.deleted", "Name", p.Nickname)
}

// onPerson does to somebody what act does, and returns them as they were.
func onPerson(e *core.RequestEvent, act func(core.App, *access.Person, string) error) (*access.Person, error) {
	p, err := access.Present(e.App, e.Request.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return p, act(e.App, access.Of(e), p.ID)
}
