// Package health tells how the desk is: to its owner on a page, with what to do
// about each thing that is not well, and to a program in Prometheus's format.
//
// It asks the packages below and owns nothing but the thresholds. What only a
// browser can find out (whether the socket gets through the proxy, whether the
// clocks agree) the page's script finds out; the words for it are here.
//
// Nothing personal is told: no name, address or id stands in a label.
package health

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const path = "/admin/health"

// Config is what the program knows of itself.
type Config struct {
	Version string
	Metrics string       // an address of its own for the metrics; "" for none
	Token   string       // with which the desk's own address tells them; "" for none
	Faults  func() int64 // how many errors were logged
}

// Register binds the package to app.
func Register(app core.App, t *web.Table, c Config) {
	d := &desk{config: c, meter: newMeter(app, c)}
	t.Area(web.Area{Key: "health", Section: web.System, Icon: "heartbeat", Path: path, Any: []web.Permission{access.SettingsEdit}})
	t.Guard(scraper, d.admitScraper)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(d.meter.count)
		t.Pages(e.Router,
			web.Route{Method: http.MethodGet, Path: path, Permission: access.SettingsEdit, Handle: d.page},
			web.Route{Method: http.MethodPost, Path: path + "/outbox", Permission: access.SettingsEdit, Handle: tryAgain},
		)
		t.API(e.Router, web.Route{Method: http.MethodGet, Path: "/metrics", Permission: scraper, Handle: d.tell})
		if e.Server != nil {
			if err := d.listen(e); err != nil {
				return err
			}
		}
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		d.hangUp()
		return e.Next()
	})
}

// desk is the package's part of one app.
type desk struct {
	config Config
	meter  *meter
	own    *http.Server // serves the metrics at an address of their own
}
