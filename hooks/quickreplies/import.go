package quickreplies

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/quickreplies"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// line is one row of a list that is taken in.
type line struct {
	Line  int   `json:"line"`
	Draft Draft `json:"draft"`

	fault    error
	existing string // id of the one that has the code, or says the same
}

// columns are the headings that each part is found by.
var columns = struct{ code, title, text, category, scope, group []string }{
	code: []string{"快捷码", "短码", "快捷短语", "code", "shortcut"}, title: []string{"标题", "名称", "title", "name"},
	text: []string{"内容", "话术", "回复内容", "text", "content", "reply"}, category: []string{"分类", "分组", "类别", "category"},
	scope: []string{"范围", "谁可以用", "可见范围", "scope"}, group: []string{"客服组", "组", "group"},
}

// scopeWords are the ways to write a scope in a list.
var scopeWords = map[string]Scope{
	"店铺": Shop, "全店": Shop, "公共": Shop, "团队": Shop, "shop": Shop, "客服组": Group, "组": Group, "group": Group,
	"个人": Staff, "我的": Staff, "自己": Staff, "staff": Staff, "mine": Staff, "personal": Staff,
}

// read reads a list: whose its rows are where it does not say so is scope's.
func read(t *sheets.Table, scope Scope) ([]line, error) {
	text := t.Column(columns.text...)
	if text < 0 {
		return nil, fail.New(fail.Invalid, "quickreplies.no_text_column").On("file")
	}
	code, title, category := t.Column(columns.code...), t.Column(columns.title...), t.Column(columns.category...)
	whose, group := t.Column(columns.scope...), t.Column(columns.group...)
	lines := make([]line, 0, len(t.Rows))
	for _, row := range t.Rows {
		l := line{Line: row.Line, Draft: Draft{
			Code: row.Cell(code), Title: row.Cell(title), Text: row.Cell(text), Category: row.Cell(category), Scope: scope, Group: row.Cell(group),
		}}
		if word := row.Cell(whose); word != "" {
			l.Draft.Scope = Scope(word) // an unknown one is a fault of the row
			if known, ok := scopeWords[strings.ToLower(word)]; ok {
				l.Draft.Scope = known
			}
		}
		l.Draft = l.Draft.tidy()
		lines = append(lines, l)
	}
	return lines, nil
}

// judge finds out for each line whether p may keep it, and whether it is there
// already.
func judge(app core.App, p *access.Person, lines []line) error {
	all, err := For(app, p)
	if err != nil {
		return err
	}
	groups, err := access.Groups(app)
	if err != nil {
		return err
	}
	have := map[string]string{}
	for _, q := range all {
		have[identity(q.draft())] = q.Id
	}
	seen := map[string]bool{}
	for i := range lines {
		l := &lines[i]
		l.fault = l.check(p, groups)
		key := identity(l.Draft)
		if l.fault == nil && seen[key] {
			l.fault = fail.New(fail.Conflict, "quickreplies.twice")
		}
		seen[key] = true
		l.existing = have[key]
	}
	return nil
}

// identity is what two quick replies have in common that are the same one: the
// code, or all of the text, of the same owner.
func identity(d Draft) string {
	if d.Code != "" {
		return string(d.Scope) + "\n" + d.Group + "\n/" + d.Code
	}
	return string(d.Scope) + "\n" + d.Group + "\n" + d.Text
}

// check reports what is wrong with a line by itself, and puts the id in place of
// its group's name.
func (l *line) check(p *access.Person, groups []*access.Group) error {
	d := &l.Draft
	if !slices.Contains([]Scope{Shop, Group, Staff}, d.Scope) {
		return fail.New(fail.Invalid, "quickreplies.scope_wrong").On("scope")
	}
	if err := errors.Join(mayKeep(p, d.Scope), checkWords(*d)); err != nil {
		return err
	}
	if d.Scope != Group {
		d.Group = ""
		return nil
	}
	i := slices.IndexFunc(groups, func(g *access.Group) bool { return g.Id == d.Group || g.Key() == d.Group || g.Name() == d.Group })
	if i < 0 || d.Group == "" {
		return fail.New(fail.Invalid, "quickreplies.group_wrong").On("group")
	}
	d.Group = groups[i].Id
	return nil
}

// importStep is how many are saved in one transaction: messages wait for the
// same connection.
const importStep = 50

// Import keeps the lines that nothing is wrong with. Those that are there already
// are changed to what the list says, or left alone.
func keep(app core.App, p *access.Person, lines []line, update bool) (added, changed int, err error) {
	for some := range slices.Chunk(lines, importStep) {
		err = app.RunInTransaction(func(app core.App) error {
			for _, l := range some {
				if l.fault != nil || l.existing != "" && !update {
					continue
				}
				if l.existing != "" {
					_, err = Edit(app, p, l.existing, l.Draft)
					changed++
				} else {
					_, err = Add(app, p, l.Draft)
					added++
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return added, changed, err
		}
	}
	return added, changed, nil
}

func importPage(e *core.RequestEvent) error { return showImport(e, quickreplies.Import{}, nil) }

func showImport(e *core.RequestEvent, m quickreplies.Import, refused error) error {
	p, status := access.Of(e), http.StatusOK
	m.Admin = web.Admin(e, area, locale.In(web.Language(e)).T("quickreplies.import"))
	m.Form = ui.Form{Action: at + "/import", Files: true}
	m.Shared = p.May(access.QuickRepliesEdit)
	if m.Scope == "" {
		m.Scope = string(Staff)
		if m.Shared {
			m.Scope = string(Shop)
		}
	}
	if refused != nil {
		if err := web.Refusal(e, refused, &m.Form, "file"); err != nil {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return web.ShowStatus(e, status, quickreplies.ImportPage(m), quickreplies.ImportForm(m))
}

// takeIn shows what a list would do, and does it when it is sent again. The rows
// travel in the page, and are judged anew: nothing is kept in between.
func takeIn(e *core.RequestEvent) error {
	p := access.Of(e)
	m := quickreplies.Import{Scope: e.Request.PostFormValue("scope"), Update: e.Request.PostFormValue("same") == "update"}
	lines, err := linesSent(e, Scope(m.Scope))
	if err == nil {
		err = judge(e.App, p, lines)
	}
	if err != nil {
		return showImport(e, m, err)
	}
	if e.Request.PostFormValue("rows") != "" && e.Request.PostFormValue("go") == "yes" {
		added, changed, err := keep(e.App, p, lines, m.Update)
		if err != nil {
			return err
		}
		return web.Done(e, at, "quickreplies.imported", "Added", added, "Changed", changed)
	}
	return showImport(e, preview(e, m, lines), nil)
}

// linesSent are the rows of a file, or those that the page was given back.
func linesSent(e *core.RequestEvent, scope Scope) (lines []line, err error) {
	if rows := e.Request.PostFormValue("rows"); rows != "" {
		if err = json.Unmarshal([]byte(rows), &lines); err != nil {
			return nil, err
		}
		if len(lines) > sheets.MaxRows {
			return nil, fail.New(fail.TooLarge, "sheets.too_many", "Most", sheets.MaxRows).On("file")
		}
		return lines, nil
	}
	body, _, err := e.Request.FormFile("file")
	if err != nil {
		return nil, fail.New(fail.Invalid, "quickreplies.no_file").On("file").Because(err)
	}
	defer func() { _ = body.Close() }()
	t, err := sheets.Read(body)
	if err != nil {
		return nil, err
	}
	return read(t, scope)
}

// mostShown of the rows are shown; the faults come first.
const mostShown = 200

func preview(e *core.RequestEvent, m quickreplies.Import, lines []line) quickreplies.Import {
	raw, err := json.Marshal(lines)
	if err != nil {
		panic(err) // plain data
	}
	lang := web.Language(e)
	m.Sent = string(raw)
	for _, l := range lines {
		row := quickreplies.ImportRow{Line: l.Line, Code: l.Draft.Code, Title: l.Draft.Title, Text: l.Draft.Text, Same: l.existing != ""}
		switch {
		case l.fault != nil:
			row.Fault = fail.Of(l.fault).Text(lang)
			m.Faults++
		case row.Same:
			m.Same++
		default:
			m.New++
		}
		m.Rows = append(m.Rows, row)
	}
	slices.SortStableFunc(m.Rows, func(a, b quickreplies.ImportRow) int {
		switch {
		case (a.Fault == "") == (b.Fault == ""):
			return 0
		case a.Fault != "":
			return -1
		default:
			return 1
		}
	})
	m.Rows = m.Rows[:min(len(m.Rows), mostShown)]
	return m
}
