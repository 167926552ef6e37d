package access

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const (
	pathSignIn   = "/sign-in"
	pathSignOut  = "/sign-out"
	pathCode     = "/sign-in/code"
	pathForgot   = "/forgot"
	pathReset    = "/reset/"
	pathPassword = "/password"
	pathAccount  = "/account"
	pathTwoStep  = "/account/two-step"
	pathSecurity = "/admin/security"
	home         = "/desk"
)

func (g *guesses) routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/{$}", Permission: web.Anyone, Handle: front},
		{Method: get, Path: pathSignIn, Permission: web.Anyone, Handle: signInPage},
		{Method: post, Path: pathSignIn, Permission: web.Anyone, Handle: g.signIn},
		{Method: get, Path: pathCode, Permission: web.Anyone, Handle: codePage},
		{Method: post, Path: pathCode, Permission: web.Anyone, Handle: g.signInByCode},
		{Method: post, Path: pathSignOut, Permission: web.Anyone, Handle: signOut},
		{Method: get, Path: pathForgot, Permission: web.Anyone, Handle: forgotPage},
		{Method: post, Path: pathForgot, Permission: web.Anyone, Handle: g.forgot},
		{Method: get, Path: pathReset + "{secret}", Permission: web.Anyone, Handle: g.resetPage},
		{Method: post, Path: pathReset + "{secret}", Permission: web.Anyone, Handle: g.reset},
		{Method: get, Path: pathPassword, Permission: web.SignedIn, Handle: passwordPage},
		{Method: post, Path: pathPassword, Permission: web.SignedIn, Handle: g.changePassword},
		{Method: get, Path: pathAccount, Permission: web.SignedIn, Handle: accountPage},
		{Method: post, Path: pathAccount + "/sign-ins/end", Permission: web.SignedIn, Handle: endOthers},
		{Method: post, Path: pathAccount + "/sign-ins/{id}/end", Permission: web.SignedIn, Handle: endMine},
		{Method: get, Path: pathTwoStep, Permission: web.SignedIn, Handle: twoStepPage},
		{Method: post, Path: pathTwoStep, Permission: web.SignedIn, Handle: g.changeTwoStep},
		{Method: get, Path: pathSecurity, Permission: SecurityEdit, Handle: securityPage},
		{Method: post, Path: pathSecurity, Permission: SecurityEdit, Handle: saveSecurity},
		{Method: post, Path: pathSecurity + "/effects", Permission: SecurityEdit, Handle: securityEffects},
		{Method: get, Path: "/avatars/{id}", Permission: web.Anyone, Handle: avatar},
		{Method: post, Path: "/language", Permission: web.Anyone, Handle: chooseLanguage},
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
