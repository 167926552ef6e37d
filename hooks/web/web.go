// Package web is the plumbing under every HTTP route: who may call it, how an
// error becomes an answer, which headers go along, in which language and from
// which address somebody speaks.
//
// A feature adds its routes to the [Table], each with the permission that it
// asks for, and writes handlers that return plain errors. PocketBase's own
// routes stay as they are, but for the headers and the client's address.
package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/static"
)

// Keys of what a request carries in its event store.
const (
	keyKind       = "xiaoer.kind"
	keyPermission = "xiaoer.permission"
	keyLanguage   = "xiaoer.language"
	keyViewer     = "xiaoer.viewer"
	keyBaseURL    = "xiaoer.base_url" // in the app's store, and so the next
	keyTable      = "xiaoer.table"
)

// Config is what the program's flags say about HTTP.
type Config struct {
	Trusted []netip.Prefix // proxies whose X-Forwarded-For and -Proto are believed
	BaseURL string         // the public address, "" for the settings' or the request's own
	Log     *slog.Logger   // takes the access line of each request; nil: none is written
}

// Register binds what holds for every request of app, PocketBase's own routes
// included, and the answer to addresses that nobody serves.
func Register(app core.App, t *Table, config Config) {
	app.Store().Set(keyTable, t)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if config.BaseURL != "" {
			app.Store().Set(keyBaseURL, config.BaseURL)
			if err := t.protection.AddTrustedOrigin(config.BaseURL); err != nil {
				return err
			}
		}
		e.Router.Bind(
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerPace", Func: pace, Priority: apis.DefaultActivityLoggerMiddlewarePriority - 40},
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerUnread", Func: readOn, Priority: apis.DefaultActivityLoggerMiddlewarePriority - 30},
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerAddress", Func: believeProxies(config.Trusted), Priority: apis.DefaultActivityLoggerMiddlewarePriority - 20},
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerAccessLog", Func: accessLog(config.Log), Priority: apis.DefaultActivityLoggerMiddlewarePriority - 10},
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerStorage", Func: retryStorage, Priority: apis.DefaultActivityLoggerMiddlewarePriority - 5},
			&hook.Handler[*core.RequestEvent]{Id: "xiaoerDashboardHeaders", Func: dashboardHeaders, Priority: apis.DefaultSecurityHeadersMiddlewarePriority + 1},
		)
		t.Pages(e.Router, Route{Method: http.MethodGet, Path: "/static/{path...}", Permission: Anyone, Handle: apis.WrapStdHandler(static.Handler())})
		t.group(e.Router, page).Route("", "/", nowhere)
		return e.Next()
	})
}

// Required is the permission that the route being served asks for.
func Required(e *core.RequestEvent) Permission {
	p, _ := e.Get(keyPermission).(Permission)
	return p
}

// IsPage reports whether the request is for a page, so that its answers are
// HTML and redirects.
func IsPage(e *core.RequestEvent) bool {
	k, ok := e.Get(keyKind).(kind)
	return ok && k == page
}

// Render answers with a component and status 200.
func Render(e *core.RequestEvent, c templ.Component) error {
	return RenderStatus(e, http.StatusOK, c)
}

// RenderShell is [Render] for the shell of a page that scripts fill, compressed. It
// is for what is the same for everybody: how short something secret becomes beside
// what a stranger has had repeated tells what it is.
func RenderShell(e *core.RequestEvent, c templ.Component) error {
	h := e.Response.Header()
	h.Add("Vary", "Accept-Encoding")
	if !strings.Contains(e.Request.Header.Get("Accept-Encoding"), "gzip") {
		return Render(e, c)
	}
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	if err := errors.Join(c.Render(e.Request.Context(), packed), packed.Close()); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	return e.HTML(http.StatusOK, out.String())
}

// RenderStatus answers with a component. It renders to memory first, so that a
// failing template cannot send half a page.
func RenderStatus(e *core.RequestEvent, status int, c templ.Component) error {
	var out bytes.Buffer
	if err := c.Render(e.Request.Context(), &out); err != nil {
		return err
	}
	return e.HTML(status, out.String())
}
