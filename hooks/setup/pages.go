package setup

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/setup"
)

const mostShopName = 30

// admit lets in whoever has the link, while the shop has no owner. Afterwards
// every such address says that it is closed.
func admit(e *core.RequestEvent) error {
	n, err := access.Owners(e.App)
	if err != nil {
		return err
	}
	if n > 0 {
		return errClosed
	}
	if !invited(e.App, e.Request.PathValue("secret")) {
		return fail.New(fail.NotFound, "setup.wrong_link")
	}
	return nil
}

func wizard(e *core.RequestEvent) error {
	if err := admit(e); err != nil {
		return turnAway(e, err)
	}
	return show(e, http.StatusOK, setup.Wizard{Colour: settings.DefaultColour})
}

// turnAway shows the page that leads on to the sign-in, where the shop is set up.
func turnAway(e *core.RequestEvent, err error) error {
	if !errors.Is(err, errClosed) {
		return err
	}
	say := locale.In(web.Language(e))
	return web.RenderStatus(e, http.StatusGone, setup.ClosedPage(web.Head(e, say.T("setup.closed_title"))))
}

func show(e *core.RequestEvent, status int, m setup.Wizard) error {
	m.Head = web.Head(e, locale.In(web.Language(e)).T("setup.title"), "js/pages/setup.js")
	m.Action = e.Request.URL.Path
	if m.Errors == nil {
		m.Errors = map[string]string{}
	}
	return web.RenderStatus(e, status, setup.WizardPage(m))
}

// open makes the shop and signs its owner in.
func open(e *core.RequestEvent) error {
	if err := admit(e); err != nil {
		return turnAway(e, err)
	}
	sent := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	m := setup.Wizard{
		Shop: sent("shop"), Colour: sent("colour"), Nickname: sent("nickname"), Email: sent("email"), Phone: sent("phone"),
	}
	s := Shop{Name: m.Shop, Colour: m.Colour, Language: web.ChosenLanguage(e), Owner: access.Newcomer{
		Nickname: m.Nickname, Email: m.Email, Phone: m.Phone, Password: e.Request.PostFormValue("password"),
	}}
	faults, err := faultsOf(e.App, s)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		m.Errors = map[string]string{}
		for _, f := range faults {
			m.Errors[f.Field] = f.Text(web.Language(e))
		}
		return show(e, http.StatusUnprocessableEntity, m)
	}
	founder := audit.Actor{Kind: audit.Staff, Name: m.Nickname, Address: web.Address(e)} // who has no account yet
	owner, err := Open(audit.By(e.App, founder), s)
	if err != nil {
		return turnAway(e, err)
	}
	e.App.Store().Remove(keySecret)
	if err := access.Welcome(e, owner.Id); err != nil {
		return err
	}
	return e.Redirect(http.StatusSeeOther, "/desk")
}

// faultsOf says all that is wrong with what was filled in.
func faultsOf(app core.App, s Shop) ([]*fail.Error, error) {
	faults, err := access.Faults(app, nil, s.Owner)
	if err != nil {
		return nil, err
	}
	if s.Name == "" {
		faults = append(faults, fail.New(fail.Invalid, "setup.shop_missing").On("shop"))
	} else if utf8.RuneCountInString(s.Name) > mostShopName {
		faults = append(faults, fail.New(fail.TooLong, "fail.too_long", "Most", mostShopName).On("shop"))
	}
	if !channels.IsColour(s.Colour) {
		faults = append(faults, fail.New(fail.Invalid, "setup.colour_wrong").On("colour"))
	}
	return faults, nil
}
