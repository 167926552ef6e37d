package access

import (
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const scriptCodes = "js/pages/codes.js"

// twoStepPage shows how two-step sign-in is set up, or that it is on.
func twoStepPage(e *core.RequestEvent) error { return showTwoStep(e, http.StatusOK, nil) }

func showTwoStep(e *core.RequestEvent, status int, wrong map[string]string) error {
	p, rules, say := Of(e), SecurityOf(e.App), locale.In(web.Language(e))
	m := access.TwoStep{
		Head: web.Head(e, say.T("signin.two_step_title")), On: p.TwoStep, Duty: dutyOf(p, rules, time.Now()) == BeginTwoStep,
		Enforced: rules.twoStep(p), Errors: wrong,
	}
	var err error
	if p.TwoStep {
		m.Left, err = recoveryLeft(e.App, p.ID)
	} else {
		err = offer(e, p, &m)
	}
	if err != nil {
		return err
	}
	return web.RenderStatus(e, status, access.TwoStepPage(m))
}

// offer fills in what an authenticator takes up.
func offer(e *core.RequestEvent, p *Person, m *access.TwoStep) error {
	secret, err := offeredSecret(e.App, p)
	if err != nil {
		return err
	}
	m.Account = p.Email
	if m.Account == "" {
		m.Account = p.Phone
	}
	picture, err := web.QR(otpAddress(secret, settings.ShopOf(e.App).Name, m.Account))
	if err != nil {
		return err
	}
	m.QR, m.Secret = string(picture), spelled(secret)
	return nil
}

// changeTwoStep switches it on or off, or makes new recovery codes. Whoever has
// not just signed in to do so shows that they are still the same person.
func (g *guesses) changeTwoStep(e *core.RequestEvent) error {
	p := Of(e)
	codes, err := g.actTwoStep(e, p, e.Request.PostFormValue("act"))
	if f, ok := errors.AsType[*fail.Error](err); ok && (f.Field != "" || f.Kind == fail.Limit) {
		if f.Field == "" {
			f = f.On("code")
		}
		web.RetryAfter(e, f)
		status := f.Kind.Status()
		if f.Kind == fail.Unauthorized { // the code is wrong, and they are signed in
			status = http.StatusUnprocessableEntity
		}
		return showTwoStep(e, status, map[string]string{f.Field: f.Text(web.Language(e))})
	}
	if err != nil {
		return err
	}
	if codes == nil {
		return letInAfter(e, p, "signin.two_step_dropped")
	}
	return showCodes(e, p, codes)
}

// actTwoStep returns the recovery codes to be shown, none where it was switched
// off. Each act ends with a new session: the old one has another standing.
func (g *guesses) actTwoStep(e *core.RequestEvent, p *Person, act string) ([]string, error) {
	s, err := StaffByID(e.App, p.ID)
	if err != nil {
		return nil, err
	}
	code := e.Request.PostFormValue("code")
	duty := dutyOf(p, SecurityOf(e.App), time.Now()) == BeginTwoStep
	if !duty {
		if err := g.confirm(e, s, e.Request.PostFormValue("current"), "current"); err != nil {
			return nil, err
		}
	}
	if act == "begin" {
		codes, err := g.begin(e, p, code)
		if err != nil {
			return nil, err
		}
		return codes, Welcome(e, p.ID)
	}
	if !s.hasTwoStep() {
		return nil, fail.New(fail.Conflict, "signin.two_step_own").On("code")
	}
	if err := g.secondStep(e, s, code); err != nil {
		return nil, err
	}
	if act == "codes" {
		return renewRecoveryCodes(e.App, p.ID)
	}
	return nil, dropTwoStep(e.App, p.ID)
}

// begin counts the codes that are tried against the offered secret, too.
func (g *guesses) begin(e *core.RequestEvent, p *Person, code string) ([]string, error) {
	try, err := g.code(p.ID, web.Address(e), code)
	if err != nil {
		return nil, err
	}
	codes, err := beginTwoStep(e.App, p, code, time.Now())
	if err == nil {
		try.right()
	}
	return codes, err
}

func showCodes(e *core.RequestEvent, p *Person, codes []string) error {
	say := locale.In(web.Language(e))
	fresh, err := ByID(e.App, p.ID)
	if err != nil {
		return err
	}
	next := pathAccount
	if dutyOf(p, SecurityOf(e.App), time.Now()) != NoDuty {
		next = firstTo(e.App, fresh, home)
	}
	return web.Render(e, access.RecoveryCodesPage(access.RecoveryCodes{Head: web.Head(e, say.T("signin.codes_title"), scriptCodes), Codes: codes, Next: next}))
}

// letInAfter begins a new session and goes on to what is to be done first, or
// back to the account.
func letInAfter(e *core.RequestEvent, p *Person, key string) error {
	if err := Welcome(e, p.ID); err != nil {
		return err
	}
	fresh, err := ByID(e.App, p.ID)
	if err != nil {
		return err
	}
	return web.Done(e, firstTo(e.App, fresh, pathAccount), key)
}
