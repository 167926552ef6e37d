package access

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Names of the cookie of a browser whose password was right and whose code is
// awaited. It is no sign-in and opens nothing.
const (
	cookieStepSecure = "__Host-xiaoer-step"
	cookieStepPlain  = "xiaoer-step"
)

const scriptPassword = "js/pages/password.js"

func signInPage(e *core.RequestEvent) error {
	next := localPath(e.Request.URL.Query().Get("next"))
	if p, err := byCookie(e.App, e.Request); err == nil {
		return e.Redirect(http.StatusSeeOther, firstTo(e.App, p, next))
	}
	m := access.SignIn{Next: next}
	var err error
	if m.Notice, err = whyOut(e, time.Now()); err != nil {
		return err
	}
	return showSignIn(e, http.StatusOK, m)
}

func showSignIn(e *core.RequestEvent, status int, m access.SignIn) error {
	n, err := Owners(e.App)
	if err != nil {
		return err
	}
	m.NotSetUp, m.ByMail = n == 0, resetsByMail(e.App)
	m.Head = web.Head(e, locale.In(web.Language(e)).T("access.sign_in_title"), scriptPassword)
	return web.RenderStatus(e, status, access.SignInPage(m))
}

// explained is how long somebody who comes back is told why they were signed out.
const explained = 7 * 24 * time.Hour

// whyOut says to the browser whose sign-in has ended why that was, "" where
// there is nothing to say. Only who holds the cookie learns of it.
func whyOut(e *core.RequestEvent, now time.Time) (string, error) {
	s, err := signInByCookie(e.App, cookieValue(e.Request, cookieSecure, cookiePlain))
	if err != nil {
		return "", nil //nolint:nilerr // there is no such sign-in, or it is forgotten
	}
	why := s.why()
	if !s.ended() {
		why = s.session().over(SecurityOf(e.App), now)
	} else if now.Sub(s.endedAt()) > explained {
		return "", nil
	}
	say := locale.In(web.Language(e))
	switch why {
	case whyElsewhere:
		taker, err := lastConsole(e.App, s.staff())
		if err != nil {
			return "", err
		}
		return say.T("signin.out_elsewhere", "Ago", ago(now.Sub(s.endedAt()), say), "Device", DeviceName(taker.Device.Name, say), "Address", taker.Device.Address), nil
	case whyPassword, whyTwoStep, whyDisabled, whyEnded, whyExpired, whyIdle:
		return say.T("signin.out_" + why), nil
	}
	return "", nil
}

// firstTo is where p goes on: to what has to be done first, else to next.
func firstTo(app core.App, p *Person, next string) string {
	switch dutyOf(p, SecurityOf(app), time.Now()) {
	case ReplaceInitial, RenewPassword:
		return pathPassword
	case BeginTwoStep:
		return pathTwoStep
	default:
		return next
	}
}

// signIn checks the password. Where that is all, the browser gets a session of
// its own; else it is asked for a code, and has nothing but the right to give one.
func (g *guesses) signIn(e *core.RequestEvent) error {
	identity, password := e.Request.PostFormValue("identity"), e.Request.PostFormValue("password")
	m := access.SignIn{Next: localPath(e.Request.PostFormValue("next")), Identity: clip(identity, 200)}
	s, err := g.byPassword(e, identity, password)
	if err != nil {
		f := fail.Of(err)
		if f.Kind != fail.Unauthorized && f.Kind != fail.Limit && f.Kind != fail.Invalid {
			return err
		}
		m.Error = f.Text(web.Language(e))
		web.RetryAfter(e, f)
		return showSignIn(e, f.Kind.Status(), m)
	}
	if s.hasTwoStep() {
		return askForCode(e, s, m.Next)
	}
	return letIn(e, s, m.Next)
}

func (g *guesses) byPassword(e *core.RequestEvent, identity, password string) (*Staff, error) {
	if strings.TrimSpace(identity) == "" || password == "" {
		return nil, fail.New(fail.Invalid, "access.sign_in_empty")
	}
	return g.authenticate(e, identity, password)
}

// letIn signs in whose s was found to be, and leads on. Where that is no longer
// so, it is as if the password had been wrong.
func letIn(e *core.RequestEvent, s *Staff, next string) error {
	if err := welcome(e, s); errors.Is(err, errWrong) {
		return showSignIn(e, errWrong.Kind.Status(), access.SignIn{Next: next, Error: errWrong.Text(web.Language(e))})
	} else if err != nil {
		return err
	}
	p, err := ByID(e.App, s.Id)
	if err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, firstTo(e.App, p, next))
}

func askForCode(e *core.RequestEvent, s *Staff, next string) error {
	value := secret()
	if err := keepPending(e.App, digest(value), s.Id, next, time.Now()); err != nil {
		return err
	}
	setStepCookie(e, value)
	return e.Redirect(http.StatusSeeOther, pathCode)
}

func setStepCookie(e *core.RequestEvent, value string) {
	writeCookie(e, &http.Cookie{ //nolint:gosec // writeCookie sets the rest
		Name: cookieStepPlain, Value: value, MaxAge: int(pendingLife.Seconds()),
	}, cookieStepSecure)
}

// stepOfBrowser is the hash by which the browser's second step is known.
func stepOfBrowser(e *core.RequestEvent) string {
	return digest(cookieValue(e.Request, cookieStepSecure, cookieStepPlain))
}

func codePage(e *core.RequestEvent) error {
	_, err := lookPending(e.App, stepOfBrowser(e), time.Now())
	if errors.Is(err, errPendingOver) {
		return e.Redirect(http.StatusSeeOther, pathSignIn)
	}
	if err != nil {
		return err
	}
	return showCode(e, http.StatusOK, "")
}

func showCode(e *core.RequestEvent, status int, wrong string) error {
	return web.RenderStatus(e, status, access.CodePage(access.Code{Head: web.Head(e, locale.In(web.Language(e)).T("signin.code_title")), Error: wrong}))
}

// signInByCode is the second step. A browser that has used up its tries begins
// again with the password.
func (g *guesses) signInByCode(e *core.RequestEvent) error {
	hash := stepOfBrowser(e)
	awaited, err := tryPending(e.App, hash, time.Now())
	if errors.Is(err, errPendingOver) {
		return beginAgain(e)
	}
	if err != nil {
		return err
	}
	s, err := StaffByID(e.App, awaited.staff)
	if err != nil {
		return err
	}
	if s.Disabled() || !s.hasTwoStep() {
		return beginAgain(e)
	}
	err = g.secondStep(e, s, e.Request.PostFormValue("code"))
	if f := fail.Of(err); err != nil && (f.Kind == fail.Unauthorized || f.Kind == fail.Limit) {
		web.RetryAfter(e, f)
		return showCode(e, f.Kind.Status(), f.Text(web.Language(e)))
	}
	if err != nil {
		return err
	}
	mine, err := endPending(e.App, hash)
	if err != nil {
		return err
	}
	if !mine {
		return beginAgain(e)
	}
	setStepCookie(e, "")
	return letIn(e, s, awaited.next)
}

func beginAgain(e *core.RequestEvent) error {
	setStepCookie(e, "")
	f := fail.New(fail.Unauthorized, "signin.code_over")
	return showSignIn(e, f.Kind.Status(), access.SignIn{Next: home, Error: f.Text(web.Language(e))})
}

// Welcome signs staff in on the browser that asks: with a new session, the one
// that the browser had being over.
func Welcome(e *core.RequestEvent, staff string) error {
	s, err := StaffByID(e.App, staff)
	if err != nil {
		return err
	}
	return welcome(e, s)
}

func welcome(e *core.RequestEvent, s *Staff) error {
	if err := leave(e); err != nil {
		return err
	}
	value, err := begin(e.App, s, deviceOf(e))
	if err != nil {
		return err
	}
	setCookie(e, value, SecurityOf(e.App).longest())
	return nil
}

// leave ends the sign-in of the browser that asks, where it has one.
func leave(e *core.RequestEvent) error {
	p, err := byCookie(e.App, e.Request)
	if err != nil {
		return nil //nolint:nilerr // nobody is signed in
	}
	err = endOne(audit.By(e.App, p.At(web.Address(e)).Actor()), p.ID, p.SignIn, whySignedOut)
	if fail.Of(err).Kind == fail.NotFound { // meanwhile
		return nil
	}
	return err
}

func signOut(e *core.RequestEvent) error {
	if err := leave(e); err != nil {
		return err
	}
	setCookie(e, "", 0)
	return e.Redirect(http.StatusSeeOther, pathSignIn)
}
