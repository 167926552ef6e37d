package quickreplies

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// handOut sends what the list shows as a file that can be taken in again.
func handOut(e *core.RequestEvent) error {
	p, say := access.Of(e), locale.In(web.Language(e))
	all, err := For(e.App, p)
	if err != nil {
		return err
	}
	_, found := wanted(e, all)
	groups, err := groups(e.App, p)
	if err != nil {
		return err
	}
	rows := [][]string{{
		say.T("quickreplies.code"), say.T("quickreplies.name"), say.T("quickreplies.text"), say.T("quickreplies.category"), say.T("quickreplies.scope"),
		say.T("quickreplies.group"), say.T("quickreplies.uses"), say.T("quickreplies.used"),
	}}
	zone := hours.Zone(settings.ShopOf(e.App).Zone)
	for _, q := range found {
		used := ""
		if !q.Used().IsZero() {
			used = q.Used().In(zone).Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{
			q.Code(), q.Title(), q.Text(), q.Category(), say.T("quickreplies.csv_" + string(q.Scope())), nameIn(groups, q.Group()), strconv.Itoa(q.Uses()), used,
		})
	}
	var out bytes.Buffer
	if err = sheets.Write(&out, rows); err != nil {
		return err
	}
	err = audit.Add(e.App, audit.Entry{Act: "quick_replies.exported", Object: audit.Object{Kind: Collection}, Changes: []audit.Change{{Field: "count", After: len(found)}}})
	if err != nil {
		return err
	}
	e.Response.Header().Set("Content-Disposition", `attachment; filename="quick-replies-`+time.Now().In(zone).Format("20060102")+`.csv"`)
	return e.Blob(http.StatusOK, "text/csv; charset=utf-8", out.Bytes())
}
