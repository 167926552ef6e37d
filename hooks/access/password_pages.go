package access

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func passwordPage(e *core.RequestEvent) error { return showPassword(e, http.StatusOK, nil) }

func showPassword(e *core.RequestEvent, status int, wrong map[string]string) error {
	p, rules, say := Of(e), SecurityOf(e.App), locale.In(web.Language(e))
	m := access.Password{
		Head:    web.Head(e, say.T("access.password_title"), scriptPassword),
		Account: p.Email, Least: strconv.Itoa(rules.PasswordLeast), Errors: wrong,
	}
	switch dutyOf(p, rules, time.Now()) {
	case ReplaceInitial:
		m.Initial, m.Lead = true, say.T("access.password_lead")
	case RenewPassword:
		m.Duty, m.Lead = true, say.T("signin.renew_lead", "Count", rules.RotationDays)
	default:
		m.Lead = say.T("access.password_lead_own")
	}
	return web.RenderStatus(e, status, access.PasswordPage(m))
}

// changePassword ends every sign-in of the person, this one included, and
// begins a new one here.
func (g *guesses) changePassword(e *core.RequestEvent) error {
	duty := dutyOf(Of(e), SecurityOf(e.App), time.Now())
	err := g.replacePassword(e, e.Request.PostFormValue("current"), e.Request.PostFormValue("password"))
	if f, ok := errors.AsType[*fail.Error](err); ok && (f.Field != "" || f.Kind == fail.Limit) {
		if f.Field == "" {
			f = f.On("current")
		}
		web.RetryAfter(e, f)
		return showPassword(e, f.Kind.Status(), map[string]string{f.Field: f.Text(web.Language(e))})
	}
	if err != nil {
		return err
	}
	if err = Welcome(e, Of(e).ID); err != nil {
		return err
	}
	if duty == NoDuty {
		return web.Done(e, pathAccount, "signin.password_saved")
	}
	p, err := ByID(e.App, Of(e).ID)
	if err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, firstTo(e.App, p, home))
}

func (g *guesses) replacePassword(e *core.RequestEvent, current, password string) error {
	p := Of(e)
	s, err := StaffByID(e.App, p.ID)
	if err != nil {
		return err
	}
	if !p.MustChange {
		if err := g.confirm(e, s, current, "current"); err != nil {
			return err
		}
	}
	return setPassword(e.App, s, password)
}

// setPassword gives s a password that they have chosen.
func setPassword(app core.App, s *Staff, password string) error {
	if err := CheckPassword(app, password, s.own()...); err != nil {
		return err
	}
	if s.ValidatePassword(password) {
		return fail.New(fail.Invalid, "access.password_same").On("password")
	}
	s.SetPassword(password) // takes its time, so before the transaction
	return app.RunInTransaction(func(app core.App) error {
		if err := stillTheirs(app, s); err != nil {
			return err
		}
		return change(app, s.Id, func(now *Staff) { now.receivePassword(s, false) })
	})
}
