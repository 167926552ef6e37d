package team

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// hashing is what one password costs.
const hashing = 60 * time.Millisecond

func importPage(e *core.RequestEvent) error { return web.Render(e, team.ImportPage(importForm(e, ""))) }

func importForm(e *core.RequestEvent, text string) team.Import {
	say := locale.In(web.Language(e))
	m := team.Import{Admin: web.Admin(e, areaStaff, say.T("team.import"), scriptTeam), Text: text}
	m.Form = ui.Form{Action: pathStaff + "/import", Files: true}
	for _, c := range columns {
		m.Columns = append(m.Columns, say.T("team.column_"+c.field))
	}
	return m
}

// importTemplate is an empty sheet with an example.
func importTemplate(e *core.RequestEvent) error {
	say := locale.In(web.Language(e))
	head, example := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		head[i], example[i] = say.T("team.column_"+c.field), say.T("team.example_"+c.field)
	}
	var out strings.Builder
	if err := sheets.Write(&out, [][]string{head, example}); err != nil {
		return err
	}
	e.Response.Header().Set("Content-Disposition", `attachment; filename="staff.csv"`)
	return e.Blob(http.StatusOK, "text/csv; charset=utf-8", []byte(out.String()))
}

// previewImport shows what would be added, with what is wrong beside its cell.
func previewImport(e *core.RequestEvent) error {
	text, err := sheetOf(e)
	var list []*candidate
	if err == nil {
		list, err = candidatesOf(text)
	}
	if err != nil {
		m := importForm(e, e.Request.PostFormValue("text"))
		if fatal := wrongIn(e, &m.Form, err); fatal != nil {
			return fatal
		}
		m.Form.Failed = ""
		return web.ShowStatus(e, fail.Invalid.Status(), team.ImportPage(m), team.ImportFields(m))
	}
	if err := inspect(e.App, access.Of(e), list); err != nil {
		return err
	}
	m := preview(e, text, list)
	return web.Show(e, team.ImportPage(m), team.ImportFields(m))
}

// sheetOf is what was uploaded, else what was pasted.
func sheetOf(e *core.RequestEvent) (string, error) {
	body, _, err := e.Request.FormFile("file")
	if err == nil {
		defer body.Close() //nolint:errcheck // it was read
		raw, broken := io.ReadAll(io.LimitReader(body, mostImportBytes+1))
		if broken != nil || len(raw) > 0 {
			return string(raw), broken
		}
	} else if !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return "", err
	}
	text := e.Request.PostFormValue("text")
	if strings.TrimSpace(text) == "" {
		return "", fail.New(fail.Invalid, "team.import_nothing").On("file")
	}
	return text, nil
}

func preview(e *core.RequestEvent, text string, list []*candidate) team.Import {
	lang := web.Language(e)
	m := importForm(e, rewritten(text))
	m.Preview, m.Good = true, len(good(list))
	m.Seconds = int((time.Duration(m.Good)*hashing + time.Second) / time.Second)
	for _, c := range list {
		row := team.ImportRow{Line: c.line, Faulty: len(c.faults) > 0}
		for _, column := range columns {
			cell := team.ImportCell{Text: c.cells[column.field], Label: locale.In(lang).T("team.column_" + column.field)}
			if f := c.faults[column.field]; f != nil {
				cell.Fault = f.Text(lang)
			}
			row.Cells = append(row.Cells, cell)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// rewritten is a sheet as plain text, in whichever way it was written: it goes
// back with the form, since nothing is kept here between preview and import.
func rewritten(text string) string {
	sheet, err := sheets.Read(strings.NewReader(text))
	if err != nil {
		return text
	}
	rows := [][]string{sheet.Head}
	for _, r := range sheet.Rows {
		rows = append(rows, r.Cells)
	}
	var out strings.Builder
	if err := sheets.Write(&out, rows); err != nil {
		return text
	}
	return strings.TrimPrefix(out.String(), "\ufeff")
}

// runImport adds all of them or none; "good" leaves those out of the sheet that
// something is wrong with. The answer has everybody's card, this once.
func runImport(e *core.RequestEvent) error {
	by, say := access.Of(e), locale.In(web.Language(e))
	text := e.Request.PostFormValue("text")
	list, err := candidatesOf(text)
	if err != nil {
		return err
	}
	if err = inspect(e.App, by, list); err != nil {
		return err
	}
	fine := good(list)
	if len(fine) < len(list) && e.Request.PostFormValue("only") != "good" || len(fine) == 0 {
		m := preview(e, text, list)
		return web.ShowStatus(e, fail.Invalid.Status(), team.ImportPage(m), team.ImportFields(m))
	}
	newcomers := make([]access.Newcomer, len(fine))
	for i, c := range fine {
		newcomers[i] = c.who
	}
	all, err := access.AddAllStaff(e.App, by, newcomers)
	if refused, ok := errors.AsType[*access.RefusedError](err); ok { // somebody else was faster
		f := fail.Of(refused.Err)
		fine[refused.At].faults[f.Field] = f
		m := preview(e, text, list)
		return web.ShowStatus(e, fail.Invalid.Status(), team.ImportPage(m), team.ImportFields(m))
	}
	if err != nil {
		return err
	}
	people := make([]invited, len(all))
	for i, s := range all {
		people[i] = invited{s.Nickname(), reach(s), newcomers[i].Password}
	}
	m := team.Cards{Title: say.T("team.cards_title", "Count", len(all)), Lead: say.T("team.card_lead"), Back: pathStaff}
	return showCards(e, m, people)
}
