package admin

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

var auditFilterNames = []string{byWho, byAct, byObject, "from", "to"}

// Kinds of objects that are asked for by name.
const (
	ofConversations = "conversations"
	byWho           = "who"
	byAct           = "act"
	byObject        = "object"
)

const (
	auditPath = path + "/audit"
	dateForm  = "2006-01-02"
	// mostRelated is of how many of a customer's conversations the acts are shown
	// with the customer's own.
	mostRelated = 200
)

func auditRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: auditPath, Permission: access.AuditSee, Handle: auditPage},
		{Method: http.MethodPost, Path: auditPath + "/verify", Permission: access.AuditSee, Handle: verifyAudit},
		{Method: http.MethodPost, Path: auditPath + "/export", Permission: access.ExportsMake, Handle: exportAudit},
	}
}

// ActKinds are the kinds of acts as they are offered to choose from; each has its words under
// audit.acts_….
var ActKinds = []string{
	"sign_ins", "staff", "roles", "groups", "customers", "contacts", "notes", "conversations", "reminders", "tags", "customer_fields", "quick_replies", "escalation_rules", "channels", "robots", "settings",
	"backup", "outbox", "audit", "pocketbase", "superusers",
}

// auditView is what of the trail somebody wants to see, read from the address.
type auditView struct {
	list  ui.List
	query audit.Query
	zone  *time.Location
}

func auditViewOf(e *core.RequestEvent) (auditView, error) {
	v := auditView{
		list: web.ListOf(e, web.ListSpec{Filters: auditFilterNames}),
		zone: hours.Zone(settings.ShopOf(e.App).Zone),
	}
	v.list.Path = auditPath
	f := v.list.Filters
	v.query = audit.Query{Act: f[byAct], Text: v.list.Query}
	if n, err := strconv.ParseInt(e.Request.URL.Query().Get("before"), 10, 64); err == nil && n > 0 {
		v.query.Before = n
	}
	if kind, isKind := strings.CutPrefix(f[byWho], "kind:"); isKind {
		v.query.ActorKind = audit.ActorKind(kind)
	} else {
		v.query.Actor = f[byWho]
	}
	v.query.From, v.query.To = v.day("from", 0), v.day("to", 1)
	if f[byObject] == "" {
		return v, nil
	}
	on := audit.ParseObject(f[byObject])
	v.query.On = []audit.Object{on}
	if on.Kind != customers.Customers {
		return v, nil
	}
	list, err := conversations.OfCustomer(e.App, on.ID, mostRelated)
	for _, c := range list {
		v.query.On = append(v.query.On, audit.Object{Kind: ofConversations, ID: c.ID})
	}
	return v, err
}

// day is midnight of the day in a filter, or so many days later; a date that is
// none is taken out of the address.
func (v auditView) day(filter string, later int) time.Time {
	at, err := time.ParseInLocation(dateForm, v.list.Filters[filter], v.zone)
	if err != nil {
		delete(v.list.Filters, filter)
		return time.Time{}
	}
	return at.AddDate(0, 0, later)
}

func auditPage(e *core.RequestEvent) error {
	v, err := auditViewOf(e)
	if err != nil {
		return err
	}
	found, err := audit.Find(e.Request.Context(), e.App, v.query)
	if err != nil {
		return err
	}
	p, say := access.Of(e), locale.In(web.Language(e))
	m := admin.Audit{Admin: web.Admin(e, "audit", say.T("audit.title")), List: v.list}
	w := newAuditWords(e, v.zone)
	for i := range found.Entries {
		m.Rows = append(m.Rows, w.row(&found.Entries[i]))
	}
	if found.Older > 0 {
		m.Older = v.list.Address("before", strconv.FormatInt(found.Older, 10))
		m.Short = len(found.Entries) < audit.PageSize
	}
	if v.query.Before > 0 {
		m.Newest = v.list.Address()
	}
	if p.May(access.ExportsMake) {
		m.Export = strings.Replace(v.list.Address(), auditPath, auditPath+"/export", 1)
	}
	if web.WantsPart(e) {
		return web.Render(e, admin.AuditList(m))
	}
	if m.Filters, err = auditFilters(e, w, v); err != nil {
		return err
	}
	if m.Integrity, err = integrity(e.Request.Context(), e.App, w); err != nil {
		return err
	}
	return web.Render(e, admin.AuditPage(m))
}

func auditFilters(e *core.RequestEvent, w *auditWords, v auditView) ([]ui.Filter, error) {
	who := ui.Filter{Name: byWho, Label: w.say.T("audit.any_who")}
	people, err := access.Everybody(e.App)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		who.Options = append(who.Options, ui.Option{Value: p.ID, Label: p.Nickname})
	}
	if id := v.query.Actor; id != "" && !slices.ContainsFunc(who.Options, func(o ui.Option) bool { return o.Value == id }) {
		who.Options = append(who.Options, ui.Option{Value: id, Label: cmp.Or(w.nickname(id), id)})
	}
	for _, kind := range audit.ActorKinds {
		who.Options = append(who.Options, ui.Option{Value: "kind:" + string(kind), Label: w.say.T("audit.any_" + string(kind))})
	}
	acts := ui.Filter{Name: byAct, Label: w.say.T("audit.any_act")}
	for _, kind := range ActKinds {
		acts.Options = append(acts.Options, ui.Option{Value: kind + ".", Label: w.say.T("audit.acts_" + kind)})
	}
	if act := v.query.Act; act != "" && !strings.HasSuffix(act, ".") {
		acts.Options = append(acts.Options, ui.Option{Value: act, Label: w.act(act, "…")})
	}
	filters := []ui.Filter{who, acts}
	if len(v.query.On) > 0 {
		on := v.query.On[0]
		name := w.object(&audit.Record{ObjectKind: on.Kind, Object: on.ID})
		filters = append(filters, ui.Filter{Name: byObject, Label: w.say.T("audit.any_object"), Options: []ui.Option{{Value: v.list.Filters[byObject], Label: name}}})
	}
	return append(filters,
		ui.Filter{Name: "from", Label: w.say.T("audit.from"), Date: true}, ui.Filter{Name: "to", Label: w.say.T("audit.to"), Date: true}), nil
}

// integrity tells how the trail was when it was verified last.
func integrity(ctx context.Context, app core.App, w *auditWords) (admin.Integrity, error) {
	n, err := audit.Length(app)
	if err != nil {
		return admin.Integrity{}, err
	}
	m := admin.Integrity{Count: grouped(n)}
	last, err := audit.Find(ctx, app, audit.Query{Act: audit.ActVerified, Limit: 1})
	if err != nil || len(last.Entries) == 0 {
		return m, err
	}
	r := &last.Entries[0]
	m.Checked, m.By = w.time(r.Time), w.actor(r)
	m.Faulty = audit.FaultsOf(r) > 0
	return m, nil
}

// verifyAudit walks the whole trail and says what it has found.
func verifyAudit(e *core.RequestEvent) error {
	report, err := audit.Check(e.Request.Context(), e.App, time.Now())
	if err != nil {
		return err
	}
	w := newAuditWords(e, hours.Zone(settings.ShopOf(e.App).Zone))
	m, err := integrity(e.Request.Context(), e.App, w)
	if err != nil {
		return err
	}
	for _, f := range report.Faults {
		m.Faults = append(m.Faults, w.fault(f))
	}
	for _, f := range report.Accepted {
		m.Accepted = append(m.Accepted, w.fault(f))
	}
	page := admin.Audit{Admin: web.Admin(e, "audit", w.say.T("audit.title")), Integrity: m}
	return web.Show(e, admin.AuditVerified(page), admin.AuditIntegrity(page))
}

// grouped is a number as people read it: 12,345.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
