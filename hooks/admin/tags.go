package admin

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// Tags are on customers and on conversations, and so their pages belong to
// neither.
const (
	areaTags = "tags"
	pathTags = path + "/tags"
)

func tagRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: pathTags, Handle: tagList},
		{Method: post, Path: pathTags, Handle: addTag},
		{Method: post, Path: pathTags + "/order", Handle: arrangeTags},
		{Method: post, Path: pathTags + "/restore", Handle: restoreTag},
		{Method: get, Path: pathTags + "/{id}", Handle: tagPage},
		{Method: post, Path: pathTags + "/{id}", Handle: saveTag},
		{Method: post, Path: pathTags + "/{id}/merge", Handle: mergeTag},
		{Method: post, Path: pathTags + "/{id}/delete", Handle: deleteTag},
	}
	for i := range list {
		list[i].Permission = access.TagsEdit
	}
	return list
}

func findTags(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := customers.AllTags(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, t := range all {
		if web.Matches(query, t.Name()) {
			hits = append(hits, layout.Hit{Title: t.Name(), Path: pathTags + "/" + t.Id})
		}
	}
	return hits, nil
}

func tagList(e *core.RequestEvent) error { return showTags(e, "", customers.TagColours[1], nil) }

// showTags answers with the list, and the form for another one as it was typed.
func showTags(e *core.RequestEvent, name, colour string, refused error) error {
	say := locale.In(web.Language(e))
	m := admin.Tags{Admin: web.Admin(e, areaTags, say.T("admin.tags_title")), Name: name, Colour: colour, Colours: customers.TagColours, Form: ui.Form{Action: pathTags}}
	status, err := web.Returned(e, &m.Form, refused, []string{nameField, colourField}, nil)
	if err != nil {
		return err
	}
	if m.Rows, err = tagRows(e.App); err != nil {
		return err
	}
	if refused != nil {
		return web.ShowStatus(e, status, admin.TagsPage(m), admin.TagAdd(m))
	}
	return web.ShowStatus(e, status, admin.TagsPage(m), admin.TagTable(m))
}

func tagRows(app core.App) ([]admin.TagRow, error) {
	all, err := customers.AllTags(app)
	if err != nil {
		return nil, err
	}
	people, err := customers.TagUses(app)
	if err != nil {
		return nil, err
	}
	talks, err := conversations.TagUses(app)
	if err != nil {
		return nil, err
	}
	rows := make([]admin.TagRow, len(all))
	for i, t := range all {
		rows[i] = admin.TagRow{ID: t.Id, Name: t.Name(), Colour: t.Colour(), Customers: people[t.Id], Conversations: talks[t.Id]}
	}
	return rows, nil
}

func addTag(e *core.RequestEvent) error {
	name, colour := e.Request.PostFormValue("name"), e.Request.PostFormValue(colourField)
	t, err := customers.AppendTag(e.App, name, colour)
	if err != nil {
		return showTags(e, name, colour, err)
	}
	return web.Done(e, pathTags, "admin.tags_added", "Name", t.Name())
}

func arrangeTags(e *core.RequestEvent) error {
	return arranged(e, pathTags, customers.ArrangeTags, tagList)
}

// tagShown is what the form of a tag lets people change.
type tagShown struct{ Name, Colour string }

func tagPage(e *core.RequestEvent) error {
	t, err := customers.TagByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showTag(e, t, tagShown{t.Name(), t.Colour()}, nil)
}

func showTag(e *core.RequestEvent, t *customers.Tag, typed tagShown, refused error) error {
	say, now := locale.In(web.Language(e)), tagShown{t.Name(), t.Colour()}
	m := admin.TagEdit{
		Admin: web.Admin(e, areaTags, t.Name()), ID: t.Id, Name: typed.Name, Colour: typed.Colour, Colours: customers.TagColours,
		Form: ui.Form{Action: pathTags + "/" + t.Id, Version: web.Version(now)},
	}
	rows, err := tagRows(e.App)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID == t.Id {
			m.Row = r
			continue
		}
		m.Others = append(m.Others, ui.Option{Value: r.ID, Label: r.Name})
	}
	status, err := web.Returned(e, &m.Form, refused, []string{nameField, colourField}, func() *ui.Conflict {
		return web.Meanwhile(e, now, pathTags+"/"+t.Id, ui.Difference{Label: say.T("admin.tags_name"), Theirs: now.Name, Yours: typed.Name},
			ui.Difference{Label: say.T("admin.tags_colour"), Theirs: say.T("admin.tags_" + now.Colour), Yours: say.T("admin.tags_" + typed.Colour)})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, admin.TagPage(m), admin.TagForm(m))
}

func saveTag(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	typed := tagShown{e.Request.PostFormValue("name"), e.Request.PostFormValue(colourField)}
	err := e.App.RunInTransaction(func(app core.App) error {
		t, err := customers.TagByID(app, id)
		if err != nil {
			return err
		}
		if err = web.Unchanged(e, tagShown{t.Name(), t.Colour()}); err == nil {
			_, err = customers.EditTag(app, id, typed.Name, typed.Colour)
		}
		return err
	})
	if err != nil {
		t, lost := customers.TagByID(e.App, id)
		if lost != nil {
			return lost
		}
		return showTag(e, t, typed, err)
	}
	return web.Done(e, pathTags, "admin.tags_saved")
}

func mergeTag(e *core.RequestEvent) error {
	kept, err := customers.MergeTags(e.App, e.Request.PathValue("id"), e.Request.PostFormValue("into"))
	if err != nil {
		return err
	}
	return web.Done(e, pathTags, "admin.tags_merged", "Name", kept.Name())
}

func deleteTag(e *core.RequestEvent) error {
	t, err := customers.DeleteTag(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return web.DoneUndo(e, pathTags, pathTags+"/restore?id="+t.Id, "admin.tags_deleted", "Name", t.Name())
}

func restoreTag(e *core.RequestEvent) error {
	t, err := customers.RestoreTag(e.App, e.Request.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return web.Done(e, pathTags, "admin.tags_restored", "Name", t.Name())
}
