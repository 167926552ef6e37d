package admin

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// The shop's own fields of customers are shown in the console and set here.
const (
	areaFields = "fields"
	pathFields = path + "/fields"
)

func fieldRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: pathFields, Handle: fieldList},
		{Method: post, Path: pathFields, Handle: addField},
		{Method: post, Path: pathFields + "/order", Handle: arrangeFields},
		{Method: post, Path: pathFields + "/restore", Handle: restoreField},
		{Method: get, Path: pathFields + "/{id}", Handle: fieldPage},
		{Method: post, Path: pathFields + "/{id}", Handle: saveField},
		{Method: post, Path: pathFields + "/{id}/delete", Handle: deleteField},
	}
	for i := range list {
		list[i].Permission = access.SettingsEdit
	}
	return list
}

func findFields(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := customers.AllFields(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, f := range all {
		if web.Matches(query, f.Name()) {
			hits = append(hits, layout.Hit{Title: f.Name(), Path: pathFields + "/" + f.Id})
		}
	}
	return hits, nil
}

// fieldTyped is what a form says of a field.
func fieldTyped(e *core.RequestEvent) customers.FieldDraft {
	form := e.Request.PostFormValue
	return customers.FieldDraft{
		Name: form("name"), Kind: customers.FieldKind(form("kind")), Personal: form("personal") == "on",
		Options: strings.Split(strings.ReplaceAll(form("options"), "\r\n", "\n"), "\n"),
	}
}

func showTyped(d customers.FieldDraft, say locale.Speaker) admin.FieldTyped {
	typed := admin.FieldTyped{Name: d.Name, Kind: string(d.Kind), Options: strings.Join(d.Options, "\n"), Personal: d.Personal}
	for _, k := range customers.FieldKinds {
		typed.Kinds = append(typed.Kinds, ui.Option{Value: string(k), Label: say.T("admin.fields_kind_" + string(k)), Hint: say.T("admin.fields_kind_" + string(k) + "_hint")})
	}
	return typed
}

func fieldList(e *core.RequestEvent) error {
	return showFields(e, customers.FieldDraft{Kind: customers.TextField}, nil)
}

// showFields answers with the list, and the form for another one as it was typed.
func showFields(e *core.RequestEvent, typed customers.FieldDraft, refused error) error {
	say := locale.In(web.Language(e))
	m := admin.Fields{Admin: web.Admin(e, areaFields, say.T("admin.fields_title")), Form: ui.Form{Action: pathFields}, New: showTyped(typed, say)}
	status, err := web.Returned(e, &m.Form, refused, []string{nameField, "kind", "options"}, nil)
	if err != nil {
		return err
	}
	if m.Rows, err = fieldRows(e.App); err != nil {
		return err
	}
	if refused != nil {
		return web.ShowStatus(e, status, admin.FieldsPage(m), admin.FieldAdd(m))
	}
	return web.ShowStatus(e, status, admin.FieldsPage(m), admin.FieldTable(m))
}

func fieldRows(app core.App) ([]admin.FieldRow, error) {
	all, err := customers.AllFields(app)
	if err != nil {
		return nil, err
	}
	uses, err := customers.FieldUses(app)
	if err != nil {
		return nil, err
	}
	rows := make([]admin.FieldRow, len(all))
	for i, f := range all {
		rows[i] = admin.FieldRow{ID: f.Id, Name: f.Name(), Kind: string(f.Kind()), Personal: f.Personal(), Customers: uses[f.Id]}
	}
	return rows, nil
}

func addField(e *core.RequestEvent) error {
	typed := fieldTyped(e)
	f, err := customers.AddField(e.App, typed)
	if err != nil {
		return showFields(e, typed, err)
	}
	return web.Done(e, pathFields, "admin.fields_added", "Name", f.Name())
}

func arrangeFields(e *core.RequestEvent) error {
	return arranged(e, pathFields, customers.ArrangeFields, fieldList)
}

func shownField(f *customers.Field) customers.FieldDraft {
	return customers.FieldDraft{Name: f.Name(), Kind: f.Kind(), Options: f.Options(), Personal: f.Personal()}
}

func fieldPage(e *core.RequestEvent) error {
	f, err := customers.FieldByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showField(e, f, shownField(f), nil)
}

func showField(e *core.RequestEvent, f *customers.Field, typed customers.FieldDraft, refused error) error {
	say, now := locale.In(web.Language(e)), shownField(f)
	m := admin.FieldEdit{
		Admin: web.Admin(e, areaFields, f.Name()), Typed: showTyped(typed, say),
		Row:  admin.FieldRow{ID: f.Id, Name: f.Name(), Kind: string(f.Kind()), Personal: f.Personal()},
		Form: ui.Form{Action: pathFields + "/" + f.Id, Version: web.Version(now)},
	}
	uses, err := customers.FieldUses(e.App)
	if err != nil {
		return err
	}
	m.Row.Customers = uses[f.Id]
	yes := func(on bool) string {
		return say.T(map[bool]string{true: "audit.value_true", false: "audit.value_false"}[on])
	}
	status, err := web.Returned(e, &m.Form, refused, []string{nameField, "options"}, func() *ui.Conflict {
		return web.Meanwhile(e, now, pathFields+"/"+f.Id, ui.Difference{Label: say.T("admin.fields_name"), Theirs: now.Name, Yours: typed.Name},
			ui.Difference{Label: say.T("admin.fields_options"), Theirs: strings.Join(now.Options, "\n"), Yours: strings.Join(typed.Options, "\n")},
			ui.Difference{Label: say.T("admin.fields_personal"), Theirs: yes(now.Personal), Yours: yes(typed.Personal)})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, admin.FieldPage(m), admin.FieldForm(m))
}

func saveField(e *core.RequestEvent) error {
	id, typed := e.Request.PathValue("id"), fieldTyped(e)
	err := e.App.RunInTransaction(func(app core.App) error {
		f, err := customers.FieldByID(app, id)
		if err != nil {
			return err
		}
		if err = web.Unchanged(e, shownField(f)); err == nil {
			_, err = customers.EditField(app, id, typed)
		}
		return err
	})
	if err != nil {
		f, lost := customers.FieldByID(e.App, id)
		if lost != nil {
			return lost
		}
		return showField(e, f, typed, err)
	}
	return web.Done(e, pathFields, "admin.fields_saved")
}

func deleteField(e *core.RequestEvent) error {
	f, err := customers.DeleteField(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return web.DoneUndo(e, pathFields, pathFields+"/restore?id="+f.Id, "admin.fields_deleted", "Name", f.Name())
}

func restoreField(e *core.RequestEvent) error {
	f, err := customers.RestoreField(e.App, e.Request.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return web.Done(e, pathFields, "admin.fields_restored", "Name", f.Name())
}
