package admin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
	"github.com/dianxiaoer/xiaoer/views/admin"
)

// pageOfExport is how many entries are read at once.
const pageOfExport = 500

// exportAudit sends all that the page's filters let through, page by page, so
// that a long trail is never in memory. That it was taken out is an entry before
// the first line is sent.
func exportAudit(e *core.RequestEvent) error {
	if !access.Of(e).May(access.AuditSee) {
		return fail.New(fail.Forbidden, "fail.forbidden")
	}
	v, err := auditViewOf(e)
	if err != nil {
		return err
	}
	if err = audit.Add(e.App, audit.Entry{Act: "audit.exported", Object: audit.Object{Kind: audit.Collection}, Changes: asked(v)}); err != nil {
		return err
	}
	h := e.Response.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit-`+time.Now().In(v.zone).Format("20060102-150405")+`.csv"`)
	_ = http.NewResponseController(e.Response).SetWriteDeadline(time.Time{}) // a long trail on a slow line takes its time
	w := newAuditWords(e, v.zone)
	out, err := sheets.NewWriter(e.Response)
	if err != nil {
		return nil //nolint:nilerr // the reader has gone away
	}
	if err := w.export(e, v, out); err != nil { // the answer has begun: what is missing at its end is all that can be said
		e.App.Logger().Warn("export of the audit trail ended early", "error", err)
	}
	return nil
}

// asked is what the export was narrowed down to.
func asked(v auditView) []audit.Change {
	var list []audit.Change
	for _, name := range auditFilterNames {
		if value := v.list.Filters[name]; value != "" {
			list = append(list, audit.Change{Field: name, After: value})
		}
	}
	if v.list.Query != "" {
		list = append(list, audit.Change{Field: "text", After: "•"}) // might be somebody's name
	}
	return list
}

func (w *auditWords) export(e *core.RequestEvent, v auditView, out *sheets.Writer) error {
	head := make([]string, 0, 9)
	for _, column := range []string{"seq", "time", byWho, "who_kind", "address", byAct, byObject, "changes", "reason", "mac"} {
		head = append(head, w.say.T("audit.column_"+column))
	}
	if err := out.Row(head...); err != nil {
		return err
	}
	v.query.Limit, v.query.Before = pageOfExport, 0
	for {
		found, err := audit.Find(e.Request.Context(), e.App, v.query)
		if err != nil {
			return err
		}
		for i := range found.Entries {
			if err := out.Row(w.cells(&found.Entries[i])...); err != nil {
				return err
			}
		}
		if found.Older == 0 {
			return out.Flush()
		}
		v.query.Before = found.Older
	}
}

func (w *auditWords) cells(r *audit.Record) []string {
	row := w.row(r)
	changes := make([]string, len(row.Changes))
	for i, c := range row.Changes {
		changes[i] = w.line(c)
	}
	return []string{
		strconv.FormatInt(r.Seq, 10), row.Time, row.Who, w.say.T("audit.actor_" + r.ActorKind), r.Address, row.Act,
		strings.Trim(r.ObjectKind+":"+r.Object, ":"), strings.Join(changes, "\n"), row.Reason, r.MAC,
	}
}

// line is a change in one line of text.
func (w *auditWords) line(c admin.AuditChange) string {
	switch {
	case c.Note != "":
		return w.say.T("audit.line_note", "Field", c.Label, "Note", c.Note)
	case c.Listed:
		return w.say.T("audit.line_list", "Field", c.Label, "Before", none(w, c.Before), "After", none(w, c.After))
	default:
		return w.say.T("audit.line_change", "Field", c.Label, "Before", none(w, c.Before), "After", none(w, c.After))
	}
}

func none(w *auditWords, text string) string {
	if text == "" {
		return w.say.T("audit.none")
	}
	return text
}
