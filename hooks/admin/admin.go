// Package admin is the front of the admin console: the page that it opens with
// and the search over all of its areas.
//
// The areas are their features' own: each adds itself to the navigation with
// [web.Table.Area] and says how it is searched. What belongs to no feature (tags, the fields of customers,
// the audit trail's page, the shop's settings) lives here too.
package admin

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const path = "/admin"

// What several forms call their fields.
const (
	nameField   = "name"
	colourField = "colour"
)

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	t.Area(web.Area{Key: "front", Section: web.Front, Icon: "layout-dashboard", Path: path})
	t.Area(web.Area{Key: areaTags, Section: web.Service, Icon: "tag", Path: pathTags, Any: []web.Permission{access.TagsEdit}, Find: findTags})
	t.Area(web.Area{Key: areaFields, Section: web.Service, Icon: "forms", Path: pathFields, Any: []web.Permission{access.SettingsEdit}, Find: findFields})
	t.Area(web.Area{Key: areaSettings, Section: web.System, Icon: "settings", Path: pathSettings, Any: []web.Permission{access.SettingsEdit}})
	holdSettings(app)
	t.Area(web.Area{Key: "audit", Section: web.System, Icon: "history", Path: auditPath, Any: []web.Permission{access.AuditSee}})
	s := &search{table: t}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router,
			web.Route{Method: http.MethodGet, Path: path, Permission: web.SignedIn, Handle: front},
			web.Route{Method: http.MethodGet, Path: path + "/search", Permission: web.SignedIn, Handle: s.page},
		)
		t.Pages(e.Router, tagRoutes()...)
		t.Pages(e.Router, fieldRoutes()...)
		t.Pages(e.Router, settingsRoutes()...)
		t.Pages(e.Router, auditRoutes()...)
		return e.Next()
	})
}
