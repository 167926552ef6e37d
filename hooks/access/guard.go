package access

import (
	"net/http"
	"time"

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
	if duty := dutyOf(p, SecurityOf(e.App), time.Now()); duty != NoDuty {
		return dutyFirst(e, duty)
	}
	if need := web.Required(e); need != web.SignedIn && !p.May(need) {
		return fail.New(fail.Forbidden, "fail.forbidden")
	}
	if e.Request.Method != http.MethodGet || web.IsPage(e) && !web.WantsPart(e) { // a click; scripts ask for parts by themselves
		p.session.use(e.App, time.Now())
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

// dutyFirst leads somebody to what has to be done first, and lets them do
// nothing else.
func dutyFirst(e *core.RequestEvent, duty Duty) error {
	place := pathPassword
	if duty == BeginTwoStep {
		place = pathTwoStep
	}
	if e.Request.URL.Path == place {
		return nil
	}
	if web.IsPage(e) && e.Request.Method == http.MethodGet {
		return web.Elsewhere(place)
	}
	return refusals[duty]
}
