package admin

import (
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	mostOfAnything = 1_000_000
	longestWindow  = 24 * time.Hour
)

// checkLimits keeps limits to what can be counted. None can be 0: that would
// close the desk to everybody.
func checkLimits(l settings.Limits) error {
	for _, n := range []struct {
		field string
		value int64
	}{
		{"visitor_sends", int64(l.VisitorSends)},
		{"uploads", int64(l.Uploads)},
		{"new_visitors", int64(l.NewVisitors)},
		{"visitor_sockets", int64(l.VisitorSockets)},
		{"reveals", int64(l.Reveals)},
		{"upload_bytes_day", l.UploadBytesDay >> 20},
	} {
		if n.value < 1 || n.value > mostOfAnything {
			return fail.New(fail.Invalid, "settings.number_wrong", "Most", mostOfAnything).On(n.field)
		}
	}
	for _, w := range []struct {
		field string
		value time.Duration
	}{{"visitor_send_window", l.VisitorSendWindow}, {"upload_window", l.UploadWindow}, {"new_visitor_window", l.NewVisitorWindow}, {"reveal_window", l.RevealWindow}} {
		if w.value < time.Second || w.value > longestWindow {
			return fail.New(fail.Invalid, "settings.window_wrong").On(w.field)
		}
	}
	return nil
}

// limitFields are the numbers of the form, in its order: what each is, in which
// unit it is typed, and where it lies.
func limitFields(l *settings.Limits) []limitField {
	return []limitField{
		{"visitor_sends", number{&l.VisitorSends}},
		{"visitor_send_window", window{&l.VisitorSendWindow}},
		{"uploads", number{&l.Uploads}},
		{"upload_window", window{&l.UploadWindow}},
		{"upload_bytes_day", megabytes{&l.UploadBytesDay}},
		{"new_visitors", number{&l.NewVisitors}},
		{"new_visitor_window", window{&l.NewVisitorWindow}},
		{"visitor_sockets", number{&l.VisitorSockets}},
		{"reveals", number{&l.Reveals}},
		{"reveal_window", window{&l.RevealWindow}},
	}
}

type limitField struct {
	name string
	quantity
}

// quantity is a number in the unit in which people type it.
type quantity interface {
	get() int64
	set(int64)
	unit() string
}

type (
	number    struct{ of *int }
	window    struct{ of *time.Duration }
	megabytes struct{ of *int64 }
)

func (q number) get() int64     { return int64(*q.of) }
func (q number) set(n int64)    { *q.of = int(n) }
func (number) unit() string     { return "times" }
func (q window) get() int64     { return int64(*q.of / time.Second) }
func (q window) set(n int64)    { *q.of = time.Duration(n) * time.Second }
func (window) unit() string     { return "seconds" }
func (q megabytes) get() int64  { return *q.of >> 20 }
func (q megabytes) set(n int64) { *q.of = n << 20 }
func (megabytes) unit() string  { return "megabytes" }

func limitsPage(e *core.RequestEvent) error { return showLimits(e, nil, nil) }

// showLimits answers with the form; typed are the fields as they were sent.
func showLimits(e *core.RequestEvent, typed map[string]string, refused error) error {
	say, now, standard := locale.In(web.Language(e)), settings.LimitsOf(e.App), settings.StandardLimits()
	m := admin.Limits{
		Admin: web.Admin(e, areaSettings, say.T("settings.title"), "js/admin/amounts.js"), Form: ui.Form{Action: pathLimits, Version: web.Version(now)},
	}
	usual := limitFields(&standard)
	names := make([]string, 0, len(usual))
	var changed []ui.Difference
	for i, f := range limitFields(&now) {
		field := ui.Amount{
			Name: f.name, Label: say.T("settings." + f.name), Hint: say.T("settings." + f.name + "_hint"), Unit: say.T("settings.unit_" + f.unit()),
			Value: strconv.FormatInt(f.get(), 10), Standard: strconv.FormatInt(usual[i].get(), 10),
		}
		field.StandardWord = say.T("settings.standard", "Value", field.Standard)
		names = append(names, f.name)
		if typed != nil {
			changed = append(changed, ui.Difference{Label: say.T("settings." + f.name), Theirs: field.Value, Yours: typed[f.name]})
			field.Value = typed[f.name]
		}
		m.Fields = append(m.Fields, field)
	}
	status, err := web.Returned(e, &m.Form, refused, names, func() *ui.Conflict { return web.Meanwhile(e, now, pathLimits, changed...) })
	if err != nil {
		return err
	}
	for i, f := range m.Fields {
		m.Fields[i].Error = m.Form.Errors[f.Name]
	}
	return web.ShowStatus(e, status, admin.LimitsPage(m), admin.LimitsForm(m))
}

func saveLimits(e *core.RequestEvent) error {
	l := settings.LimitsOf(e.App) // what the form does not show stays
	typed := map[string]string{}
	var wrong error
	for _, f := range limitFields(&l) {
		typed[f.name] = strings.TrimSpace(e.Request.PostFormValue(f.name))
		n, err := strconv.ParseInt(typed[f.name], 10, 32)
		if (err != nil || n < 1) && wrong == nil {
			wrong = fail.New(fail.Invalid, "settings.number_wrong", "Most", mostOfAnything).On(f.name)
		}
		f.set(n)
	}
	if wrong == nil {
		wrong = e.App.RunInTransaction(func(app core.App) error {
			if err := web.Unchanged(e, settings.LimitsOf(app)); err != nil {
				return err
			}
			return settings.SaveLimits(app, l)
		})
	}
	if wrong != nil {
		return showLimits(e, typed, wrong)
	}
	return web.Done(e, pathLimits, "settings.saved")
}
