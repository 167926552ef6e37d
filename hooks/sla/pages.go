package sla

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/sla"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	area   = "deadlines"
	at     = "/admin/deadlines"
	groups = at + "/groups/"
)

func (k *keeper) routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: at, Handle: shopPage},
		{Method: post, Path: at, Handle: k.saveShop},
		{Method: post, Path: at + "/undo", Handle: k.takeBack},
		{Method: post, Path: at + "/example", Handle: showExample},
		{Method: get, Path: groups + "{id}", Handle: groupPage},
		{Method: post, Path: groups + "{id}", Handle: k.saveGroup},
	}
	for i := range list {
		list[i].Permission = access.SettingsEdit
	}
	return list
}

func shopPage(e *core.RequestEvent) error {
	return showShop(e, formOf(web.Language(e), Of(e.App), ""), nil)
}

// showShop answers with the shop's deadlines, as they are or as they were sent
// and refused.
func showShop(e *core.RequestEvent, f form, refused error) error {
	say, now := locale.In(web.Language(e)), Of(e.App)
	all, err := access.Groups(e.App)
	if err != nil {
		return err
	}
	m := sla.Deadlines{
		Admin: web.Admin(e, area, say.T("sla.title")), Form: ui.Form{Action: at, Version: web.Version(now.shown(""))},
		Warn: f.fields[fieldWarn], After: f.fields[fieldAfter], Flags: f.flags,
		Experts: ui.Choice{Name: fieldExperts, Label: say.T("sla.experts"), Hint: say.T("sla.experts_hint"), Value: f.fields[fieldExperts], Empty: say.T("sla.experts_none")},
	}
	names := map[string]string{}
	for _, g := range all {
		names[g.Id] = g.Name()
		m.Experts.Options = append(m.Experts.Options, ui.Option{Value: g.Id, Label: g.Name()})
		m.Groups = append(m.Groups, sla.Group{Name: g.Name(), Path: groups + g.Id, Own: ownWords(say, now, g.Id)})
	}
	status, err := web.Returned(e, &m.Form, refused, fields(), func() *ui.Conflict {
		return web.Meanwhile(e, now.shown(""), at, differences(say, formOf(say.Language, now, ""), f, names)...)
	})
	if err != nil {
		return err
	}
	m.Table, m.Experts.Error = table(say, f, now, "", m.Form.Errors), m.Form.Errors[fieldExperts]
	if m.Example, err = supposed(e, ""); err != nil {
		return err
	}
	return web.ShowStatus(e, status, sla.Page(m), sla.Form(m))
}

func groupPage(e *core.RequestEvent) error {
	return showGroup(e, formOf(web.Language(e), Of(e.App), e.Request.PathValue("id")), nil)
}

// showGroup answers with what one group has of its own.
func showGroup(e *core.RequestEvent, f form, refused error) error {
	say, now, id := locale.In(web.Language(e)), Of(e.App), e.Request.PathValue("id")
	g, err := access.GroupByID(e.App, id)
	if err != nil {
		return err
	}
	m := sla.OfGroup{Admin: web.Admin(e, area, g.Name()), Name: g.Name(), Form: ui.Form{Action: groups + id, Version: web.Version(now.shown(id))}}
	status, err := web.Returned(e, &m.Form, refused, fields(), func() *ui.Conflict {
		return web.Meanwhile(e, now.shown(id), groups+id, differences(say, formOf(say.Language, now, id), f, nil)...)
	})
	if err != nil {
		return err
	}
	m.Table = table(say, f, now, id, m.Form.Errors)
	if m.Example, err = supposed(e, id); err != nil {
		return err
	}
	return web.ShowStatus(e, status, sla.GroupPage(m), sla.GroupForm(m))
}

// table is the form's times, with what each that is left out inherits.
func table(say locale.Speaker, f form, now Settings, group string, wrong map[string]string) (t sla.Table) {
	if typed, err := f.settings(now, group); err == nil {
		now = typed
	}
	for _, kind := range conversations.DeadlineKinds {
		t.Kinds = append(t.Kinds, sla.Kind{Name: kind, Label: say.T("sla.kind_" + kind), Hint: say.T("sla.kind_" + kind + "_hint")})
	}
	for _, priority := range slices.Backward(conversations.Priorities) {
		row := sla.Row{Label: say.T("sla.priority_" + priority), Usual: priority == usual}
		for _, kind := range t.Kinds {
			name := cell(priority, kind.Name)
			row.Cells = append(row.Cells, sla.Cell{
				Name: name, Label: row.Label + " · " + kind.Label, Kind: kind.Label, Value: f.fields[name], Error: wrong[name],
				Inherits: saySpan(say, now.without(group, priority, kind.Name).Limit(group, priority, kind.Name)),
			})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// ownWords are what a group has of its own, in words; "" for nothing.
func ownWords(say locale.Speaker, s Settings, group string) string {
	var words []string
	for _, t := range s.Times {
		if t.Group != group {
			continue
		}
		for _, kind := range conversations.DeadlineKinds {
			if limit, said := t.Of[kind]; said {
				words = append(words, say.T("sla.own", "Priority", say.T("sla.priority_"+t.Priority), "Kind", say.T("sla.kind_"+kind), "Time", saySpan(say, limit)))
			}
		}
	}
	return strings.Join(words, say.T("sla.comma"))
}

// differences are what two forms do not have in common.
func differences(say locale.Speaker, theirs, yours form, groupNames map[string]string) (list []ui.Difference) {
	add := func(label, their, your string) {
		list = append(list, ui.Difference{Label: label, Theirs: their, Yours: your})
	}
	for _, priority := range conversations.Priorities {
		for _, kind := range conversations.DeadlineKinds {
			name := cell(priority, kind)
			add(say.T("sla.priority_"+priority)+" · "+say.T("sla.kind_"+kind), theirs.fields[name], yours.fields[name])
		}
	}
	if groupNames == nil {
		return list
	}
	add(say.T("sla.warn"), theirs.fields[fieldWarn], yours.fields[fieldWarn])
	add(say.T("sla.after"), theirs.fields[fieldAfter], yours.fields[fieldAfter])
	add(say.T("sla.experts"), groupNames[theirs.fields[fieldExperts]], groupNames[yours.fields[fieldExperts]])
	for _, flag := range flags {
		add(say.T("sla."+flag), onOff(say, theirs.flags[flag]), onOff(say, yours.flags[flag]))
	}
	return list
}

func onOff(say locale.Speaker, on bool) string { return say.T("sla.is_" + strconv.FormatBool(on)) }

// saveShop keeps the shop's deadlines.
func (k *keeper) saveShop(e *core.RequestEvent) error {
	f := typedIn(e)
	if err := k.save(e, "", f); err != nil {
		return showShop(e, f, err)
	}
	return web.DoneUndo(e, at, at+"/undo", "sla.saved")
}

// saveGroup keeps what one group has of its own.
func (k *keeper) saveGroup(e *core.RequestEvent) error {
	f, id := typedIn(e), e.Request.PathValue("id")
	g, err := access.GroupByID(e.App, id)
	if err != nil {
		return err
	}
	if err := k.save(e, id, f); err != nil {
		return showGroup(e, f, err)
	}
	return web.DoneUndo(e, at, at+"/undo", "sla.saved_group", "Name", g.Name())
}

// save changes what the form shows and nothing else, and remembers the way back.
func (k *keeper) save(e *core.RequestEvent, group string, f form) error {
	var before, after Settings
	err := e.App.RunInTransaction(func(app core.App) (err error) {
		before = Of(app)
		if after, err = f.settings(before, group); err != nil {
			return err
		}
		if err = web.Unchanged(e, before.shown(group)); err != nil {
			return err
		}
		if _, err = access.GroupByID(app, after.Experts); after.Experts != "" && err != nil {
			return errors.Join(errNoExperts, err)
		}
		if after, err = after.pruned(app); err != nil {
			return err
		}
		return Save(app, after)
	})
	if err == nil {
		k.undo.remember(before, after)
	}
	return err
}
