package team

import (
	"errors"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

func addGroup(e *core.RequestEvent) error {
	typed, err := typedGroup(e)
	if err == nil {
		_, err = access.AddGroup(e.App, access.Of(e), typed.draft())
	}
	if err == nil {
		return web.Done(e, pathGroups, "team.group_added", "Name", typed.Name)
	}
	return groupAgain(e, "", typed, err)
}

func editGroup(e *core.RequestEvent) error {
	by, id := access.Of(e), e.Request.PathValue("id")
	typed, err := typedGroup(e)
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return saveGroup(e, app, by, typed) })
	}
	if err == nil {
		return web.Done(e, pathGroups, "team.saved", "Name", typed.Name)
	}
	return groupAgain(e, id, typed, err)
}

func saveGroup(e *core.RequestEvent, app core.App, by *access.Person, typed group) error {
	id := e.Request.PathValue("id")
	now, err := groupOf(app, id)
	if err != nil {
		return err
	}
	if err = web.Unchanged(e, now); err != nil {
		return err
	}
	return access.EditGroup(app, by, id, typed.draft())
}

// groupAgain brings the form back with what was typed and what is wrong.
func groupAgain(e *core.RequestEvent, id string, typed group, err error) error {
	m, formErr := groupForm(e, id, typed)
	if formErr != nil {
		return errors.Join(err, formErr)
	}
	if fatal := wrongIn(e, &m.Form, err); fatal != nil {
		return fatal
	}
	m.Hours.Error = m.Form.Errors[fieldHours]
	for i := range m.Leaving {
		m.Leaving[i].Error = m.Form.Errors[m.Leaving[i].Name]
	}
	if web.IsConflict(err) {
		m.Form.Failed = ""
		if m.Form.Conflict, err = groupConflict(e, id, typed); err != nil {
			return err
		}
	}
	return web.ShowStatus(e, fail.Invalid.Status(), team.GroupPage(m), team.GroupFields(m))
}

func groupConflict(e *core.RequestEvent, id string, typed group) (*ui.Conflict, error) {
	say := locale.In(web.Language(e))
	now, err := groupOf(e.App, id)
	if err != nil {
		return nil, err
	}
	people, err := access.Everybody(e.App)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.ID] = p.Nickname
	}
	c := changedMeanwhile(say, web.Version(now), pathGroups+"/"+id)
	differences := []ui.Difference{
		{Label: say.T("team.group_name"), Theirs: now.Name, Yours: typed.Name},
		{Label: say.T("team.col_members"), Theirs: named(names, now.Members), Yours: named(names, typed.Members)},
		{Label: say.T("team.col_hours"), Theirs: inShort(now.Hours, say), Yours: inShort(typed.Hours, say)},
	}
	for _, why := range leavings {
		differences = append(differences, ui.Difference{
			Label: say.T(why.words), Theirs: leavingInWords(say, *why.of(&now.Leaving)), Yours: leavingInWords(say, *why.of(&typed.Leaving)),
		})
	}
	for _, d := range differences {
		if d.Theirs != d.Yours {
			c.Differences = append(c.Differences, d)
		}
	}
	return c, nil
}

// orderGroups moves a group; the list comes back in its new order.
func orderGroups(e *core.RequestEvent) error {
	if err := access.OrderGroups(e.App, access.Of(e), strings.Fields(e.Request.PostFormValue("order"))); err != nil {
		return err
	}
	if !web.WantsPart(e) {
		return web.Done(e, pathGroups, "team.groups_ordered")
	}
	m, err := groupList(e)
	if err != nil {
		return err
	}
	return web.Render(e, team.GroupList(m))
}

// deleteGroup moves what is not closed to the group that takes over, and then
// takes this one away; a conversation that comes in between is refused to be
// left behind.
func deleteGroup(e *core.RequestEvent) error {
	id, heir := e.Request.PathValue("id"), e.Request.PostFormValue("heir")
	g, err := access.GroupByID(e.App, id)
	if err != nil {
		return err
	}
	if heir != "" {
		if _, err := access.GroupByID(e.App, heir); err != nil {
			return err
		}
	}
	if err := access.MayDissolve(access.Of(e), id); err != nil {
		return err
	}
	if err := conversations.Regroup(e.App, id, heir); err != nil {
		return err
	}
	if err := access.DeleteGroup(e.App, access.Of(e), id, heir); err != nil {
		return err
	}
	return web.Done(e, pathGroups, "team.deleted", "Name", g.Name())
}
