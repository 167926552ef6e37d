package admin

import (
	"context"
	stdmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// server is the shop's mail server, as PocketBase keeps it, without its password.
type server struct {
	Enabled        bool
	Host           string
	Port           int
	User           string
	TLS            bool
	Sender         string
	PasswordExists bool
}

// placeholder is the mail server that PocketBase begins with, which there is not.
const placeholder = "smtp.example.com"

func serverOf(app core.App) server {
	s := app.Settings()
	if !s.SMTP.Enabled && s.SMTP.Host == placeholder {
		return server{TLS: true, Port: 465}
	}
	return server{
		Enabled: s.SMTP.Enabled, Host: s.SMTP.Host, Port: s.SMTP.Port, User: s.SMTP.Username, TLS: s.SMTP.TLS, Sender: s.Meta.SenderAddress,
		PasswordExists: s.SMTP.Password != "",
	}
}

var mailFields = []string{"host", "port", "user", "password", "sender"}

func mailPage(e *core.RequestEvent) error { return showMail(e, serverOf(e.App), nil) }

func showMail(e *core.RequestEvent, typed server, refused error) error {
	say, now := locale.In(web.Language(e)), serverOf(e.App)
	m := admin.Mail{
		Admin: web.Admin(e, areaSettings, say.T("settings.title")), Form: ui.Form{Action: pathMail, Version: web.Version(now)},
		On: typed.Enabled, Host: typed.Host, User: typed.User, Sender: typed.Sender, TLS: typed.TLS, Kept: now.PasswordExists,
		Ready: now.Enabled, Me: access.Of(e).Email,
	}
	if typed.Port != 0 {
		m.Port = strconv.Itoa(typed.Port)
	}
	status, err := web.Returned(e, &m.Form, refused, mailFields, func() *ui.Conflict {
		return web.Meanwhile(e, now, pathMail, ui.Difference{Label: say.T("settings.mail_host"), Theirs: now.Host, Yours: typed.Host},
			ui.Difference{Label: say.T("settings.mail_user"), Theirs: now.User, Yours: typed.User},
			ui.Difference{Label: say.T("settings.mail_sender"), Theirs: now.Sender, Yours: typed.Sender})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, admin.MailPage(m), admin.MailForm(m))
}

func saveMail(e *core.RequestEvent) error {
	sent := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	typed := server{Enabled: sent("on") == "on", Host: sent("host"), User: sent("user"), TLS: sent("tls") == "on", Sender: sent("sender")}
	typed.Port, _ = strconv.Atoi(sent("port"))
	password := e.Request.PostFormValue("password")
	err := typed.check()
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return keepMail(e, app, typed, password) })
	}
	if err != nil {
		return showMail(e, typed, err)
	}
	return web.Done(e, pathMail, "settings.saved")
}

// check says the first thing that is wrong with a server.
func (s server) check() error {
	if !s.Enabled && s.Host == "" {
		return nil
	}
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("/@:", r) }
	if s.Host == "" || strings.ContainsFunc(s.Host, odd) || len(s.Host) > 253 {
		return fail.New(fail.Invalid, "settings.mail_host_wrong").On("host")
	}
	if s.Port < 1 || s.Port > 65535 {
		return fail.New(fail.Invalid, "settings.mail_port_wrong").On("port")
	}
	if a, err := stdmail.ParseAddress(s.Sender); err != nil || a.Address != s.Sender {
		return fail.New(fail.Invalid, "settings.mail_sender_wrong").On("sender")
	}
	return nil
}

// keepMail writes the server into PocketBase's settings. The password that is
// there goes along only to the server and user that it is for: else whoever may
// edit settings could have it sent to a server of their own.
func keepMail(e *core.RequestEvent, app core.App, typed server, password string) error {
	now := serverOf(app)
	if err := web.Unchanged(e, now); err != nil {
		return err
	}
	if access.MustBeOwner(access.Of(e)) != nil { // links to new passwords go through it
		return fail.New(fail.Invalid, "access.owners_only").On("host")
	}
	s, err := app.Settings().Clone()
	if err != nil {
		return err
	}
	switch {
	case password != "":
		s.SMTP.Password = password
	case typed.User == "":
		s.SMTP.Password = ""
	case typed.needsPassword(now):
		return fail.New(fail.Invalid, "settings.mail_password_again").On("password")
	}
	s.SMTP.Enabled, s.SMTP.Host, s.SMTP.Port, s.SMTP.Username, s.SMTP.TLS = typed.Enabled, typed.Host, typed.Port, typed.User, typed.TLS
	s.Meta.SenderName = settings.ShopOf(app).Name
	if typed.Sender != "" {
		s.Meta.SenderAddress = typed.Sender
	}
	return app.Save(s)
}

// needsPassword reports whether the password that is kept, if there is one, is not
// for this server.
func (s server) needsPassword(kept server) bool {
	if !kept.PasswordExists {
		return s.Enabled
	}
	return s.Host != kept.Host || s.Port != kept.Port || s.User != kept.User || kept.TLS && !s.TLS
}

// testing lets one test letter be on its way at a time: a server that does not
// answer holds a connection.
var testing sync.Mutex

const testPatience = 15 * time.Second

// testMail sends a letter to the person who asks.
func testMail(e *core.RequestEvent) error {
	to := access.Of(e).Email
	if to == "" {
		return fail.New(fail.Invalid, "settings.mail_no_address")
	}
	if !mail.Ready(e.App) {
		return fail.New(fail.Invalid, "settings.mail_off")
	}
	if !testing.TryLock() {
		return fail.New(fail.Busy, "settings.mail_testing").In(testPatience)
	}
	defer testing.Unlock()
	ctx, cancel := context.WithTimeout(e.Request.Context(), testPatience)
	defer cancel()
	say, shop := locale.In(web.Language(e)), settings.ShopOf(e.App).Name
	err := mail.Send(ctx, e.App, mail.Letter{To: to, Subject: say.T("settings.mail_test_subject", "Shop", shop), Text: say.T("settings.mail_test_text", "Shop", shop)})
	if err != nil {
		return fail.New(fail.Invalid, "settings.mail_failed", "Why", mail.Reason(err)).Because(err)
	}
	back := pathMail
	if e.Request.PostFormValue("back") == pathHealth { // its page has the button, too
		back = pathHealth
	}
	return web.Done(e, back, "settings.mail_sent", "Address", to)
}
