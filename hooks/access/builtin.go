package access

import (
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// closed are the parts of PocketBase's own API that nobody has here, not even
// its superuser: the schema is pb_migrations, a backup must not hold the writer
// for seconds, and SQL past all rules is no way to mend data.
var closed = []string{
	"POST /api/collections", "PATCH /api/collections/{collection}", "DELETE /api/collections/{collection}",
	"DELETE /api/collections/{collection}/truncate", "PUT /api/collections/import", "POST /api/collections/meta/dry-run-view",
}

var closedBelow = []string{"/api/sql", "/api/backups", "/api/batch"}

// closedForStaff are the ways to a token that know of no sign-in, and those by
// mail that would go past it.
var closedForStaff = []string{
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
	if action, ok := strings.CutPrefix(path, "/api/collections/{collection}/"); ok {
		action, _, _ = strings.Cut(action, "/")
		c, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
		if err == nil && c.Name == Collection && slices.Contains(closedForStaff, action) {
			return e.NotFoundError("", nil)
		}
	}
	return e.Next()
}

// checkPassword stands before PocketBase's own check of a password: limited as
// at our page, and the same answer for a disabled account as for none.
func (g *guesses) checkPassword(e *core.RecordAuthWithPasswordRequestEvent) error {
	identity, address := normalEmail(e.Identity), web.Address(e.RequestEvent)
	if err := g.allow(identity, address); err != nil {
		return err
	}
	if e.Record == nil { // PocketBase compares to the letter; ours are normal
		if s, err := StaffByIdentity(e.App, e.Identity); err == nil {
			e.Record = s.ProxyRecord()
		}
	}
	if e.Record != nil && wrapStaff(e.Record).Disabled() {
		e.Record = nil
	}
	err := e.Next()
	if err != nil && !errors.Is(err, errMustChange) {
		g.failed(identity, address)
	}
	return err
}

// bindToken replaces the token that PocketBase made by one that lives and dies
// with a sign-in. Only a password leads here; see closedForStaff for the rest.
func bindToken(e *core.RecordAuthRequestEvent) error {
	if e.AuthMethod != core.MFAMethodPassword {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	if wrapStaff(e.Record).mustChange() {
		return errMustChange
	}
	token, err := issue(e.App, e.Record, deviceOf(e.RequestEvent))
	if err != nil {
		return err
	}
	e.Token = token
	return e.Next()
}
