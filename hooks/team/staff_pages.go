package team

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

func newStaffPage(e *core.RequestEvent) error {
	role, err := access.RoleByKey(e.App, access.Agent)
	if err != nil {
		return err
	}
	by := access.Of(e)
	blank := account{Role: role.Id, Cap: strconv.Itoa(access.DefaultCap), Weight: strconv.Itoa(access.DefaultWeight)}
	if access.MayGive(by, role) != nil {
		blank.Role = ""
	}
	groups, err := access.Groups(e.App)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if access.MayPlace(by, g.Id) == nil {
			blank.Groups = append(blank.Groups, g.Id)
		}
	}
	m, err := newForm(e, by, blank)
	if err != nil {
		return err
	}
	return web.Render(e, team.NewStaffPage(m))
}

func newForm(e *core.RequestEvent, by *access.Person, a account) (team.StaffForm, error) {
	m, err := staffForm(e, by, a)
	if err != nil {
		return m, err
	}
	people, err := access.Everybody(e.App)
	if err != nil {
		return m, err
	}
	say := locale.In(web.Language(e))
	m.Admin = web.Admin(e, areaStaff, say.T("team.add"), scriptTeam)
	m.Form = ui.Form{Action: pathStaff, Files: true}
	m.Save, m.Sole = say.T("team.add_save"), len(people) == 1 && len(m.Groups.Options) == 0
	return m, nil
}

// onePage shows one account: as a form to who may change it.
func onePage(e *core.RequestEvent) error {
	p, err := access.Present(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := personPage(e, p, accountOf(p))
	if err != nil {
		return err
	}
	return web.Render(e, team.PersonPage(m))
}

func personPage(e *core.RequestEvent, p *access.Person, a account) (team.Person, error) {
	by, say := access.Of(e), locale.In(web.Language(e))
	m := team.Person{Admin: web.Admin(e, areaStaff, p.Nickname, scriptTeam)}
	r, err := rosterOf(e.App)
	if err != nil {
		return m, err
	}
	m.Member = r.row(e, by, p)
	if !by.May(access.StaffEdit) {
		return m, nil
	}
	if f, ok := errors.AsType[*fail.Error](access.MayManage(by, p)); ok {
		m.Why = f.Text(web.Language(e))
		return m, nil
	}
	form, err := staffForm(e, by, a)
	if err != nil {
		return m, err
	}
	form.Admin, form.Save = m.Admin, say.T("team.save")
	form.Form = ui.Form{Action: m.Member.Path, Files: true, Version: web.Version(accountOf(p))}
	form.Face.ID = p.ID
	m.Edit = &form
	if by.ID != p.ID {
		m.Acts = acts(say, m.Member)
	}
	return m, signInsOf(e, p, &m)
}

// acts are what can be done to an account, each with what it leads to.
func acts(say locale.Speaker, p team.Member) []ui.Question {
	back, no := say.T("team.back_to_queue", "Count", p.Load), say.T("admin.cancel")
	sentences := func(parts ...string) string {
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "")
	}
	if p.Load == 0 {
		back = ""
	}
	remove := ui.Question{
		Action: p.Path + "/delete", Label: say.T("team.delete"), Look: "ghost", Title: say.T("team.delete_ask", "Name", p.Nickname),
		Text: sentences(say.T("team.delete_text"), back, say.T("team.delete_final")), Yes: say.T("team.delete"), No: no,
	}
	if p.Disabled {
		return []ui.Question{{
			Action: p.Path + "/enable", Label: say.T("team.enable"), Title: say.T("team.enable_ask", "Name", p.Nickname), Text: say.T("team.enable_text"),
			Yes: say.T("team.enable"), No: no,
		}, remove}
	}
	return []ui.Question{{
		Action: p.Path + "/disable", Label: say.T("team.disable"), Title: say.T("team.disable_ask", "Name", p.Nickname),
		Text: sentences(say.T("team.disable_text"), back, say.T("team.disable_back")), Yes: say.T("team.disable"), No: no,
	}, remove}
}
