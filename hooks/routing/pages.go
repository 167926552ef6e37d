package routing

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/routing"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	area = "routing"
	at   = "/admin/routing"
)

// registerPages adds the page on which the shop decides who answers.
func registerPages(app core.App, t *web.Table) {
	t.Area(web.Area{Key: area, Section: web.Service, Icon: "route", Path: at, Any: []web.Permission{access.SettingsEdit}})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router,
			web.Route{Method: http.MethodGet, Path: at, Permission: access.SettingsEdit, Handle: page},
			web.Route{Method: http.MethodPost, Path: at, Permission: access.SettingsEdit, Handle: save},
			web.Route{Method: http.MethodPost, Path: at + "/example", Permission: access.SettingsEdit, Handle: showExample},
		)
		return e.Next()
	})
}

func page(e *core.RequestEvent) error { return show(e, formOf(decidedIn(e.App)), nil) }

// show answers with the form, as it is or as it was sent and refused.
func show(e *core.RequestEvent, f form, refused error) error {
	now := decidedIn(e.App)
	m := view(e, f)
	m.Form.Version = web.Version(now)
	status, err := web.Returned(e, &m.Form, refused, fields(), func() *ui.Conflict {
		return web.Meanwhile(e, now, at, differences(m.Admin, formOf(now), f)...)
	})
	if err != nil {
		return err
	}
	m = say(m)
	return web.ShowStatus(e, status, routing.Page(m), routing.Form(m))
}

// view is the page with what is in the form.
func view(e *core.RequestEvent, f form) routing.Settings {
	words := locale.In(web.Language(e))
	m := routing.Settings{
		Admin: web.Admin(e, area, words.T("routing.title"), "js/admin/amounts.js", "js/lib/rows.js"), Form: ui.Form{Action: at},
		Amounts: map[string]ui.Amount{}, ShowWait: f.showWait, Most: mostLevels, MostName: mostLevel,
	}
	standard := formOf(decided{Settings: Standard()})
	for _, a := range amounts {
		m.Amounts[a.field] = ui.Amount{
			Name: a.field, Label: words.T("routing." + key(a.field)), Hint: words.T("routing." + key(a.field) + "_hint"), Value: f.amounts[a.field],
			Unit: words.T("routing.unit_" + unitWord(a.unit)), Standard: standard.amounts[a.field], StandardWord: words.T("settings.standard", "Value", standard.amounts[a.field]),
		}
	}
	for _, why := range leavings {
		c := ui.Choice{Name: "leaving." + why.field, Label: words.T("routing.leaving_" + why.field), Value: f.leaving[why.field]}
		for _, h := range access.Handings {
			c.Options = append(c.Options, ui.Option{Value: string(h), Label: words.T("routing.hand_" + string(h))})
		}
		m.Leaving = append(m.Leaving, c)
	}
	for _, kind := range levelKinds {
		m.Levels = append(m.Levels, routing.Levels{Kind: kind, Rows: f.levels[kind]})
	}
	m.Example = exampleOf(words, f)
	return m
}

// say puts what is wrong beside its field.
func say(m routing.Settings) routing.Settings {
	for field, a := range m.Amounts {
		a.Error = m.Form.Errors[field]
		m.Amounts[field] = a
	}
	for i := range m.Leaving {
		m.Leaving[i].Error = m.Form.Errors[m.Leaving[i].Name]
	}
	for i := range m.Levels {
		m.Levels[i].Error = m.Form.Errors[m.Levels[i].Kind]
	}
	return m
}
