// Package export hands out all that is kept of one customer as one file, for the
// shop to give to whoever asks for theirs. What belongs in, and what does not, is
// told at [customers.ExportEvent]; each package adds what it keeps.
//
// The file is a zip of
//
//	index.html, index-2.html…  to be read in any browser, without a network
//	data.json                  the same for programs, see below
//	files/                     what was sent, each under a name of its own
//	manifest.json              counts, and the SHA-256 of each of the above
//
// data.json is one object: format, version, made, shop, language; customer; and the
// lists contacts, notes, pages, conversations, messages, reminders. Times are
// ISO 8601 in UTC; an entry of messages names its conversation, a file its path in
// the zip; what is unknown is left out. testdata/data.json is one in full. What is
// added later is added to it; what is there keeps its meaning, or version grows.
//
// It is written while it is read, some hundred rows at a time and without holding
// a transaction, so that neither memory nor the database's log grow with what
// somebody has said, however slow the line is. What is said meanwhile is not in it.
// Where it cannot be finished the connection is cut, so that nobody takes a part for
// the whole.
package export

import (
	"math"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// ActExported is what the audit trail calls it.
const ActExported = "customers.exported"

// desk bounds how much leaves the shop: an export reveals all of a customer, and
// there may be as many in an hour as there may be reveals.
type desk struct{ most *limits.Window }

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		l := settings.LimitsOf(app)
		d := &desk{limits.NewWindow(l.Reveals, l.RevealWindow)}
		t.API(e.Router, web.Route{Method: http.MethodGet, Path: "/api/xiaoer/customers/{id}/export", Permission: access.CustomersExport, Handle: tell})
		t.Pages(e.Router, web.Route{Method: http.MethodPost, Path: "/desk/customers/{id}/export", Permission: access.CustomersExport, Handle: d.send})
		return e.Next()
	})
}

// asked is what the request asks for, of a customer of whom the asker may see all.
func asked(e *core.RequestEvent) (*customers.ExportEvent, error) {
	p := access.Of(e)
	c, err := conversations.CustomerSeenBy(e.App, p, e.Request.PathValue("id"))
	if err != nil {
		return nil, err
	}
	all, err := conversations.AllSeenBy(e.App, p, c.Id)
	if err != nil {
		return nil, err
	}
	if !all { // a copy with gaps would be none
		return nil, fail.New(fail.Forbidden, "export.unseen")
	}
	return customers.Exported(e.App, c, locale.In(web.Language(e)), hours.Zone(settings.ShopOf(e.App).Zone))
}

// told is how much there is.
type told struct {
	Customer string         `json:"customer"`
	Rows     map[string]int `json:"rows"`
	Bytes    int64          `json:"bytes"` // of the files
}

func telling(x *customers.ExportEvent) (told, error) {
	t := told{Customer: x.Customer.Id, Rows: map[string]int{}}
	for _, p := range x.Parts {
		if p.Count > 0 {
			t.Rows[p.Name] = p.Count
		}
	}
	for _, c := range x.Contacts {
		n, bytes, err := files.SentTo(x.App, c.Id)
		if err != nil {
			return t, err
		}
		t.Rows[files.Collection] += n
		t.Bytes += bytes
	}
	return t, nil
}

// tell says how much there would be.
func tell(e *core.RequestEvent) error {
	x, err := asked(e)
	if err != nil {
		return err
	}
	t, err := telling(x)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, t)
}

// send hands it out. That it was is an entry before the first byte leaves.
func (d *desk) send(e *core.RequestEvent) error {
	x, err := asked(e)
	if err != nil {
		return err
	}
	l := settings.LimitsOf(e.App)
	d.most.Resize(l.Reveals, l.RevealWindow) // they may have changed
	if ok, wait := d.most.Allow(access.Of(e).ID); !ok {
		return fail.New(fail.Limit, "export.limit", "Minutes", int(math.Ceil(wait.Minutes()))).In(wait)
	}
	t, err := telling(x)
	if err != nil {
		return err
	}
	if err = audit.Add(e.App, entry(t)); err != nil {
		return err
	}
	now := clock.Now(e.App)
	h := e.Response.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="customer-`+x.Customer.Id+now.In(x.Zone).Format("-20060102-150405")+`.zip"`)
	_ = http.NewResponseController(e.Response).SetWriteDeadline(time.Time{}) // all that somebody has sent takes its time on a slow line
	c := &copied{ExportEvent: x, told: t, now: now, by: access.Of(e).Nickname, shop: settings.ShopOf(e.App).Name}
	if err = c.write(e.Request.Context(), e.Response); err != nil {
		if e.Request.Context().Err() == nil {
			e.App.Logger().Error("export of a customer ended early", "customer", x.Customer.Id, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// entry is what the audit trail is told: how much left the shop, and nothing of it.
func entry(t told) audit.Entry {
	e := audit.Entry{Act: ActExported, Object: audit.Object{Kind: customers.Customers, ID: t.Customer}}
	for _, what := range []string{"messages", "conversations", files.Collection, customers.Notes, customers.Contacts} {
		if n := t.Rows[what]; n > 0 {
			e.Changes = append(e.Changes, audit.Change{Field: what, After: n})
		}
	}
	return e
}
