package access

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func forgotPage(e *core.RequestEvent) error {
	return showForgot(e, http.StatusOK, access.Forgot{})
}

func showForgot(e *core.RequestEvent, status int, m access.Forgot) error {
	m.Head = web.Head(e, locale.In(web.Language(e)).T("signin.forgot_title"))
	m.ByMail, m.Minutes = resetsByMail(e.App), int(resetLife.Minutes())
	return web.RenderStatus(e, status, access.ForgotPage(m))
}

// forgot answers everybody alike, whether there is such an account or not. Every
// question counts for its address, as a wrong password does.
func (g *guesses) forgot(e *core.RequestEvent) error {
	m := access.Forgot{Identity: clip(strings.TrimSpace(e.Request.PostFormValue("identity")), 200)}
	if m.Identity == "" || !resetsByMail(e.App) {
		return showForgot(e, http.StatusUnprocessableEntity, m)
	}
	if _, err := g.address(web.Address(e)); err != nil {
		f := fail.Of(err)
		web.RetryAfter(e, f)
		m.Error = f.Text(web.Language(e))
		return showForgot(e, f.Kind.Status(), m)
	}
	if err := askReset(e.App, m.Identity, web.Language(e), time.Now()); err != nil {
		return err
	}
	m.Sent = true
	return showForgot(e, http.StatusOK, m)
}

// resetPage opens the link. To look at it uses nothing up, since mail servers
// follow links too.
func (g *guesses) resetPage(e *core.RequestEvent) error {
	return g.withReset(e, func(*Staff) error { return showReset(e, http.StatusOK, access.Reset{}) })
}

// withReset does what is done with a link that is good. One that is not counts
// as a guess.
func (g *guesses) withReset(e *core.RequestEvent, do func(*Staff) error) error {
	try, err := g.address(web.Address(e))
	if err != nil {
		return err
	}
	s, err := resetOf(e.App, e.Request.PathValue("secret"), time.Now())
	if fail.Of(err).Key == errResetOver.Key && err != nil {
		return showReset(e, http.StatusNotFound, access.Reset{Over: true})
	}
	try.right()
	if err != nil {
		return err
	}
	return do(s)
}

func showReset(e *core.RequestEvent, status int, m access.Reset) error {
	m.Head = web.Head(e, locale.In(web.Language(e)).T("signin.reset_title"), scriptPassword)
	m.Secret, m.Least = e.Request.PathValue("secret"), strconv.Itoa(SecurityOf(e.App).PasswordLeast)
	return web.RenderStatus(e, status, access.ResetPage(m))
}

// reset sets the new password. It signs nobody in: where there is a second step
// it is still to be taken.
func (g *guesses) reset(e *core.RequestEvent) error {
	return g.withReset(e, func(*Staff) error {
		err := resetByLink(e.App, e.Request.PathValue("secret"), e.Request.PostFormValue("password"), deviceOf(e), time.Now())
		f := fail.Of(err)
		switch {
		case err == nil:
			return showReset(e, http.StatusOK, access.Reset{Done: true})
		case f.Key == errResetOver.Key:
			return showReset(e, http.StatusNotFound, access.Reset{Over: true})
		case f.Field == "password":
			return showReset(e, f.Kind.Status(), access.Reset{Error: f.Text(web.Language(e))})
		}
		return err
	})
}
