package quickreplies

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/quickreplies"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

var fields = []string{"code", "title", "text", "category", "scope", "group", "file"}

func newPage(e *core.RequestEvent) error {
	d := Draft{Scope: Staff, Text: short(e.Request.URL.Query().Get("text"))}
	if access.Of(e).May(access.QuickRepliesEdit) {
		d.Scope = Shop
	}
	return showForm(e, nil, d, nil)
}

func editPage(e *core.RequestEvent) error {
	q, err := find(e.App, access.Of(e), e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showForm(e, q, q.draft(), nil)
}

// draft is the quick reply as its form shows it.
func (q *QuickReply) draft() Draft {
	return Draft{Code: q.Code(), Title: q.Title(), Text: q.Text(), Category: q.Category(), Scope: q.Scope(), Group: q.Group(), File: new(q.File())}
}

// shown is all that the form lets people change, for its version.
func (q *QuickReply) shown() any {
	return struct {
		Draft
		File string
	}{q.draft(), q.File()}
}

// showForm answers with the form, as it is or as it was sent and refused; q is
// nil for a new one.
func showForm(e *core.RequestEvent, q *QuickReply, d Draft, refused error) error {
	p, say := access.Of(e), locale.In(web.Language(e))
	m := quickreplies.Edit{Form: ui.Form{Action: at, Files: true}, Code: d.Code, Title: d.Title, Text: d.Text, Category: d.Category, Scope: string(d.Scope), Group: d.Group}
	title := say.T("quickreplies.new")
	var meanwhile func() *ui.Conflict
	if q != nil {
		meanwhile = func() *ui.Conflict {
			return web.Meanwhile(e, q.shown(), at+"/"+q.Id, differences(say, q.draft(), d)...)
		}
		title = say.T("quickreplies.edit")
		m.ID, m.Saved = q.Id, q.File() != ""
		m.Form.Action, m.Form.Version = at+"/"+q.Id, web.Version(q.shown())
		m.ReadOnly = mayKeep(p, q.Scope()) != nil
	}
	if d.File != nil {
		m.File, m.Saved = *d.File, q != nil && *d.File == q.File() && *d.File != ""
	}
	m.Admin = web.Admin(e, area, title, "js/admin/quick_replies.js")
	m.Shared, m.Variables, m.Unknown = p.May(access.QuickRepliesEdit), Variables, Unknown(d.Text)
	all, err := For(e.App, p)
	if err != nil {
		return err
	}
	m.Categories = categories(all)
	if m.Groups, err = groups(e.App, p); err != nil {
		return err
	}
	status, err := web.Returned(e, &m.Form, refused, fields, meanwhile)
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, quickreplies.EditPage(m), quickreplies.EditForm(m))
}

func differences(say locale.Speaker, theirs, yours Draft) []ui.Difference {
	return []ui.Difference{
		{Label: say.T("quickreplies.code"), Theirs: theirs.Code, Yours: yours.Code},
		{Label: say.T("quickreplies.name"), Theirs: theirs.Title, Yours: yours.Title},
		{Label: say.T("quickreplies.text"), Theirs: theirs.Text, Yours: yours.Text},
		{Label: say.T("quickreplies.category"), Theirs: theirs.Category, Yours: yours.Category},
		{Label: say.T("quickreplies.scope"), Theirs: say.T("quickreplies.scope_" + string(theirs.Scope)), Yours: say.T("quickreplies.scope_" + string(yours.Scope))},
	}
}

// sent reads the form. A picture is kept at once, so that it is not lost when
// something else is wrong; one that is never used is swept.
func sent(e *core.RequestEvent) (Draft, error) {
	text := e.Request.PostFormValue // reads the form, files included
	d := Draft{Code: text("code"), Title: text("title"), Text: text("text"), Category: text("category"), Scope: Scope(text("scope")), Group: text("group")}
	d = d.tidy()
	file := text("file")
	d.File = &file
	if text("drop_picture") == "on" {
		file = ""
	}
	body, about, err := e.Request.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	defer func() { _ = body.Close() }()
	f, err := files.Store(e.App, files.Upload{Owner: ownerOf(access.Of(e)), Purpose: files.ForQuickReply, Name: about.Filename, Body: body})
	if err != nil {
		return d, err
	}
	file = f.ID()
	return d, nil
}

func create(e *core.RequestEvent) error {
	d, err := sent(e)
	if err == nil {
		_, err = Add(e.App, access.Of(e), d)
	}
	if err != nil {
		return showForm(e, nil, d, err)
	}
	return web.Done(e, at, "quickreplies.added")
}

func update(e *core.RequestEvent) error {
	p, id := access.Of(e), e.Request.PathValue("id")
	d, err := sent(e)
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return saveOver(e, app, id, d) })
	}
	if err != nil {
		q, lost := find(e.App, p, id)
		if lost != nil {
			return lost
		}
		return showForm(e, q, d, err)
	}
	return web.Done(e, at, "quickreplies.saved")
}

// saveOver changes the quick reply unless somebody else has meanwhile.
func saveOver(e *core.RequestEvent, app core.App, id string, d Draft) error {
	q, err := editable(app, access.Of(e), id)
	if err != nil {
		return err
	}
	if err = web.Unchanged(e, q.shown()); err == nil {
		_, err = Edit(app, access.Of(e), id, d)
	}
	return err
}

// chosen are the quick replies that an act on several is about.
func chosen(e *core.RequestEvent) ([]string, error) {
	ids := slices.Compact(slices.Sorted(slices.Values(strings.Split(strings.Join(e.Request.Form["id"], ","), ","))))
	if len(ids) == 0 || ids[0] == "" || len(ids) > web.PageSize {
		return nil, fail.New(fail.Invalid, "quickreplies.choose", "Most", web.PageSize)
	}
	return ids, nil
}

func remove(e *core.RequestEvent) error {
	if err := e.Request.ParseForm(); err != nil {
		return err
	}
	ids, err := chosen(e)
	if err != nil {
		return err
	}
	if err := DeleteAll(e.App, access.Of(e), ids); err != nil {
		return err
	}
	return web.DoneUndo(e, at, at+"/restore?id="+url.QueryEscape(strings.Join(ids, ",")), "quickreplies.deleted", "Count", len(ids))
}

func bringBack(e *core.RequestEvent) error {
	if err := e.Request.ParseForm(); err != nil {
		return err
	}
	ids, err := chosen(e)
	if err != nil {
		return err
	}
	if err := Restore(e.App, access.Of(e), ids); err != nil {
		return err
	}
	return web.Done(e, at, "quickreplies.restored", "Count", len(ids))
}

func move(e *core.RequestEvent) error {
	if err := e.Request.ParseForm(); err != nil {
		return err
	}
	ids, err := chosen(e)
	if err != nil {
		return err
	}
	if err := Recategorize(e.App, access.Of(e), ids, e.Request.PostFormValue("to_category")); err != nil {
		return err
	}
	return web.Done(e, at, "quickreplies.moved", "Count", len(ids))
}
