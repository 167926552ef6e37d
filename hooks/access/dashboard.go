package access

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// closeDashboard answers 404 where the dashboard is not for the caller. It comes
// as soon as the token is known: PocketBase's own check of addresses would say
// that there is something to keep out of.
func closeDashboard(e *core.RequestEvent) error {
	if isDashboard(e) && dashboardClosed(e) {
		return e.NotFoundError("", nil)
	}
	return e.Next()
}

// isDashboard reports whether a request is PocketBase's dashboard's: for its
// pages, for its accounts, or with the token of one of them.
func isDashboard(e *core.RequestEvent) bool {
	if path := e.Request.URL.Path; path == "/_" || strings.HasPrefix(path, "/_/") || e.HasSuperuserAuth() {
		return true
	}
	collection := e.Request.PathValue("collection")
	if collection == "" || !strings.HasPrefix(e.Request.URL.Path, "/api/collections/") {
		return false
	}
	c, err := e.App.FindCachedCollectionByNameOrId(collection)
	return err == nil && c.Name == core.CollectionNameSuperusers
}

// dashboardClosed reports whether the owner has switched the dashboard off, or
// keeps it to other addresses than the caller's. Then it is not there at all,
// also for who is signed in to it.
func dashboardClosed(e *core.RequestEvent) bool {
	if settings.DashboardOf(e.App).Off {
		return true
	}
	allowed := e.App.Settings().SuperuserIPs
	if len(allowed) == 0 {
		return false
	}
	networks, err := limits.ParseExempt(allowed)
	return err != nil || !networks.Has(web.Address(e))
}
