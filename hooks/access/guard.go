package access

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// guard answers for every permission of the staff's: who calls must be signed
// in and their role must allow it.
func guard(e *core.RequestEvent) error {
	p, err := caller(e)
	if err != nil {
		return err
	}
	p = p.At(web.Address(e))
	e.Set(keyPerson, p)
	e.App = audit.By(e.App, p.Actor())
	web.Speak(e, p.Language)
	web.SetViewer(e, p.viewer())
	if p.MustChange {
		return mustChange(e)
	}
	if need := web.Required(e); need != web.SignedIn && !p.May(need) {
		return fail.New(fail.Forbidden, "fail.forbidden")
	}
	return nil
}

// caller is who the request's token or cookie says. Pages take the cookie only.
func caller(e *core.RequestEvent) (*Person, error) {
	if token := bearer(e.Request); token != "" && !web.IsPage(e) {
		return byToken(e.App, token)
	}
	return byCookie(e.App, e.Request)
}

var errMustChange = fail.New(fail.Unauthorized, "access.must_change")

// mustChange leads somebody with an initial password to where they change it,
// and lets them do nothing else.
func mustChange(e *core.RequestEvent) error {
	switch e.Request.URL.Path {
	case pathPassword, pathSignOut:
		return nil
	}
	if web.IsPage(e) && e.Request.Method == http.MethodGet {
		return web.Elsewhere(pathPassword)
	}
	return errMustChange
}
