package access

import (
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// closed are the parts of PocketBase's own API that nobody has here, not even
// its superuser: the schema is pb_migrations, a backup must not hold the writer
// for seconds, and SQL past all rules is no way to mend data.
var closed = []string{
	"POST /api/collections", "PATCH /api/collections/{collection}", "DELETE /api/collections/{collection}",
	"DELETE /api/collections/{collection}/truncate", "PUT /api/collections/import", "POST /api/collections/meta/dry-run-view",
}

var closedBelow = []string{"/api/sql", "/api/backups", "/api/batch", "/api/oauth2-redirect"}

// superusersOnly are PocketBase's event streams, which would be open to whoever
// comes, past our limits of sockets, and its keys to files: nobody but the
// dashboard has any use for them.
var superusersOnly = []string{"/api/realtime", "/api/files/token"}

// closedForPeople are the ways to a token that know of no sign-in and no second
// step, and those by mail that would go past it. The dashboard refreshes its own
// token, as long as that is valid.
var closedForPeople = []string{
	"auth-refresh", "impersonate", "auth-with-oauth2", "request-otp", "auth-with-otp", "request-password-reset", "confirm-password-reset",
	"request-verification", "confirm-verification", "request-email-change", "confirm-email-change",
}

const (
	signInByAPI     = "POST /api/collections/{collection}/auth-with-password"
	mostCredentials = 16 << 10
)

// closeBuiltin answers 404 for what of PocketBase's API is closed.
func closeBuiltin(e *core.RequestEvent) error {
	if slices.Contains(closed, e.Request.Pattern) {
		return e.NotFoundError("", nil)
	}
	if e.Request.Pattern == signInByAPI && e.Request.ContentLength > mostCredentials { // before anything reads it
		return fail.New(fail.TooLarge, "fail.too_large", "Most", "16 KB")
	}
	_, path, _ := strings.Cut(e.Request.Pattern, " ")
	for _, root := range closedBelow {
		if path == root || strings.HasPrefix(path, root+"/") {
			return e.NotFoundError("", nil)
		}
	}
	if slices.Contains(superusersOnly, path) && !e.HasSuperuserAuth() {
		return e.NotFoundError("", nil)
	}
	if action, ok := strings.CutPrefix(path, "/api/collections/{collection}/"); ok && goesPast(e, action) {
		return e.NotFoundError("", nil)
	}
	return e.Next()
}

// goesPast reports whether an action on a collection would go past our own way
// of signing in, or is a stranger's on PocketBase's own bookkeeping.
func goesPast(e *core.RequestEvent, action string) bool {
	action, _, _ = strings.Cut(action, "/")
	c, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil {
		return false
	}
	if c.System && c.Name != core.CollectionNameSuperusers && !e.HasSuperuserAuth() {
		return true
	}
	return c.IsAuth() && slices.Contains(closedForPeople, action) && (c.Name == Collection || action != "auth-refresh")
}
