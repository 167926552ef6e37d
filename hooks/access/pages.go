package access

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const (
	pathSignIn   = "/sign-in"
	pathSignOut  = "/sign-out"
	pathPassword = "/password"
	home         = "/desk"

	scriptPassword = "js/pages/password.js"
)

func (g *guesses) routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: "/{$}", Permission: web.Anyone, Handle: front},
		{Method: http.MethodGet, Path: pathSignIn, Permission: web.Anyone, Handle: signInPage},
		{Method: http.MethodPost, Path: pathSignIn, Permission: web.Anyone, Handle: g.signIn},
		{Method: http.MethodPost, Path: pathSignOut, Permission: web.Anyone, Handle: signOut},
		{Method: http.MethodGet, Path: pathPassword, Permission: web.SignedIn, Handle: passwordPage},
		{Method: http.MethodPost, Path: pathPassword, Permission: web.SignedIn, Handle: changePassword},
		{Method: http.MethodGet, Path: "/avatars/{id}", Permission: web.Anyone, Handle: avatar},
		{Method: http.MethodPost, Path: "/language", Permission: web.Anyone, Handle: chooseLanguage},
	}
}

// avatar sends the picture of a member of staff, which every visitor may see.
func avatar(e *core.RequestEvent) error {
	f, err := files.ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if f.Purpose() != files.ForAvatar {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	return files.Serve(e, f)
}

// front leads to the desk, and by its guard to the sign-in page.
func front(e *core.RequestEvent) error { return e.Redirect(http.StatusSeeOther, home) }

func signInPage(e *core.RequestEvent) error {
	next := localPath(e.Request.URL.Query().Get("next"))
	if _, err := ByCookie(e.App, e.Request); err == nil {
		return e.Redirect(http.StatusSeeOther, next)
	}
	return showSignIn(e, http.StatusOK, access.SignIn{Next: next})
}

func showSignIn(e *core.RequestEvent, status int, m access.SignIn) error {
	n, err := Owners(e.App)
	if err != nil {
		return err
	}
	m.NotSetUp = n == 0
	m.Head = web.Head(e, locale.In(web.Language(e)).T("access.sign_in_title"), scriptPassword)
	return web.RenderStatus(e, status, access.SignInPage(m))
}

// signIn checks the password and gives the browser a session of its own.
func (g *guesses) signIn(e *core.RequestEvent) error {
	identity, password := e.Request.PostFormValue("identity"), e.Request.PostFormValue("password")
	m := access.SignIn{Next: localPath(e.Request.PostFormValue("next")), Identity: clip(identity, 200)}
	s, err := g.try(e, identity, password)
	if err != nil {
		f := fail.Of(err)
		if f.Kind != fail.Unauthorized && f.Kind != fail.Limit && f.Kind != fail.Invalid {
			return err
		}
		m.Error = f.Text(web.Language(e))
		web.RetryAfter(e, f)
		return showSignIn(e, f.Kind.Status(), m)
	}
	if err := Welcome(e, s.Id); err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, m.Next)
}

func (g *guesses) try(e *core.RequestEvent, identity, password string) (*Staff, error) {
	if strings.TrimSpace(identity) == "" || password == "" {
		return nil, fail.New(fail.Invalid, "access.sign_in_empty")
	}
	who, address := clip(normalEmail(identity), mostGuess), web.Address(e)
	if err := g.allow(who, address); err != nil {
		return nil, err
	}
	s, err := authenticate(e.App, identity, password)
	if err != nil && fail.Of(err).Kind == fail.Unauthorized {
		g.failed(who, address)
	}
	return s, err
}

// Welcome signs staff in on the browser that asks: with a new session, the one
// that the browser had being over.
func Welcome(e *core.RequestEvent, staff string) error {
	if old, err := byCookie(e.App, e.Request); err == nil {
		if err := EndSignIn(e.App, old.SignIn); err != nil {
			return err
		}
	}
	value, err := begin(e.App, staff, deviceOf(e))
	if err != nil {
		return err
	}
	setCookie(e, value, longest)
	return nil
}

func signOut(e *core.RequestEvent) error {
	if p, err := byCookie(e.App, e.Request); err == nil {
		if err := EndSignIn(e.App, p.SignIn); err != nil {
			return err
		}
	}
	setCookie(e, "", 0)
	return e.Redirect(http.StatusSeeOther, pathSignIn)
}

func passwordPage(e *core.RequestEvent) error { return showPassword(e, http.StatusOK, nil) }

func showPassword(e *core.RequestEvent, status int, wrong map[string]string) error {
	p := Of(e)
	return web.RenderStatus(e, status, access.PasswordPage(access.Password{
		Head:    web.Head(e, locale.In(web.Language(e)).T("access.password_title"), scriptPassword),
		Account: p.Email, Initial: p.MustChange, Errors: wrong,
	}))
}

// changePassword ends every sign-in of the person, this one included, and
// begins a new one here.
func changePassword(e *core.RequestEvent) error {
	err := replacePassword(e.App, Of(e), e.Request.PostFormValue("current"), e.Request.PostFormValue("password"))
	if f, ok := errors.AsType[*fail.Error](err); ok && f.Field != "" {
		return showPassword(e, f.Kind.Status(), map[string]string{f.Field: f.Text(web.Language(e))})
	}
	if err != nil {
		return err
	}
	if err := Welcome(e, Of(e).ID); err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, home)
}

func replacePassword(app core.App, p *Person, current, password string) error {
	s, err := StaffByID(app, p.ID)
	if err != nil {
		return err
	}
	if !p.MustChange && (len(current) > mostGuess || !s.ValidatePassword(current)) {
		return fail.New(fail.Invalid, "access.password_wrong").On("current")
	}
	if err := CheckPassword(password, s.Nickname(), s.Email(), s.Phone()); err != nil {
		return err
	}
	if s.ValidatePassword(password) {
		return fail.New(fail.Invalid, "access.password_same").On("password")
	}
	s.changePassword(password)
	return app.Save(s)
}

// chooseLanguage keeps the choice in the browser, and with the person where one
// is signed in, and leads back to the page.
func chooseLanguage(e *core.RequestEvent) error {
	lang := locale.Match(e.Request.PostFormValue("lang"))
	if p, err := byCookie(e.App, e.Request); err == nil {
		if err := Prefer(e.App, p.ID, lang, p.Theme); err != nil {
			return err
		}
	}
	e.SetCookie(&http.Cookie{ //nolint:gosec // Secure where there is TLS; the shop's own network may have none
		Name: web.LanguageCookie, Value: lang, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(e),
	})
	back := pathSignIn
	if from, err := url.Parse(e.Request.Referer()); err == nil && from.Host == e.Request.Host {
		back = localPath(from.RequestURI())
	}
	return e.Redirect(http.StatusSeeOther, back)
}

// localPath is next where it is a path of ours, else the desk: an address of
// somebody else's must not come after a sign-in here.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "//") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, pathSignIn) {
		return home
	}
	return u.RequestURI()
}
