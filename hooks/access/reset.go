package access

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// A link to a new password opens for so long, and so many are sent to an account
// in an hour.
const (
	resetLife  = 30 * time.Minute
	mostResets = 3

	effectReset = "password_reset"
)

var errResetOver = fail.New(fail.NotFound, "signin.reset_over")

// ResetPassword gives somebody a first password again, which is returned this
// once and must be changed at the next sign-in. They are signed out everywhere.
// Nobody does so to somebody who may do more than they, nor to themselves.
func ResetPassword(app core.App, by *Person, id string) (password string, err error) {
	password = FirstPassword()
	return password, givePassword(app, by, id, password, true)
}

// givePassword sets the password of somebody; mustChange says whether they have
// to choose one of their own.
func givePassword(app core.App, by *Person, id, password string, mustChange bool) error {
	s, err := StaffByID(app, id)
	if err != nil {
		return err
	}
	if err = CheckPassword(app, password, s.own()...); err != nil {
		return err
	}
	s.SetPassword(password) // takes its time, so before the transaction
	return onAnother(app, by, id, func(target *Staff) { target.receivePassword(s, mustChange) })
}

// resetsByMail reports whether a link to a new password can be sent: there is a
// mail server, and the address that the link leads to is known.
func resetsByMail(app core.App) bool { return mail.Ready(app) && web.PublicURL(app) != "" }

// askedReset is the effect: somebody has asked for a link. Whether there is such
// an account is looked up when it is sent, so that to ask takes as long for all.
type askedReset struct {
	Identity string    `json:"identity"`
	Lang     string    `json:"lang"`
	At       time.Time `json:"at"`
}

func askReset(app core.App, identity, lang string, now time.Time) error {
	return outbox.Add(app, effectReset, askedReset{Identity: clip(identity, mostGuess), Lang: lang, At: now}, now)
}

// sendReset sends the link, if there is somebody to send it to. What could not be
// sent for too long is not sent any more: whoever waits has asked again.
func sendReset(ctx context.Context, app core.App, e *outbox.Effect) error {
	var asked askedReset
	if err := e.Into(&asked); err != nil {
		return err
	}
	now := time.Now()
	if now.Sub(asked.At) > resetLife || !resetsByMail(app) {
		return nil
	}
	s, err := StaffByIdentity(app, asked.Identity)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (s.Disabled() || s.Email() == "") {
		return nil
	}
	if err != nil {
		return err
	}
	return sendLink(ctx, app, s, asked.Lang, now)
}

func sendLink(ctx context.Context, app core.App, s *Staff, lang string, now time.Time) error {
	value := secret()
	kept, err := keepReset(app, digest(value), s.Id, now)
	if err != nil || !kept {
		return err
	}
	letter, err := resetLetter(ctx, app, s, value, lang)
	if err == nil {
		err = mail.Send(ctx, app, letter)
	}
	if err != nil {
		return errors.Join(err, dropReset(app, digest(value))) // the next try makes another
	}
	if err := tell(app, actResetSent, s.Id, ""); err != nil { // once more would be another mail
		app.Logger().Error("audit entry not written", "error", err)
	}
	return nil
}

func resetLetter(ctx context.Context, app core.App, s *Staff, value, lang string) (mail.Letter, error) {
	if s.language() != "" {
		lang = s.language()
	}
	say, shop := locale.In(lang), settings.ShopOf(app).Name
	m := access.ResetMail{
		Lang: lang, Title: say.T("signin.reset_mail_subject", "Shop", shop), Hello: say.T("signin.reset_mail_hello", "Name", s.Nickname()),
		Text: say.T("signin.reset_mail_text", "Shop", shop, "Minutes", int(resetLife.Minutes())), Link: web.PublicURL(app) + pathReset + value,
		Button: say.T("signin.reset_mail_button"), Foot: say.T("signin.reset_mail_foot"),
	}
	var html bytes.Buffer
	if err := access.ResetMailPage(m).Render(ctx, &html); err != nil {
		return mail.Letter{}, fmt.Errorf("write a mail: %w", err)
	}
	text := m.Hello + "\n\n" + m.Text + "\n\n" + m.Link + "\n\n" + m.Foot + "\n"
	return mail.Letter{To: s.Email(), Subject: m.Title, Text: text, HTML: html.String()}, nil
}

// keepReset notes a link, unless too many were sent.
func keepReset(app core.App, hash, staff string, now time.Time) (bool, error) {
	return claims(app, "INSERT INTO password_resets (hash, staff, asked, ends) SELECT {:hash}, {:staff}, {:now}, {:ends} "+
		"WHERE (SELECT COUNT(*) FROM password_resets WHERE staff = {:staff} AND asked > {:hour}) < {:most}",
		dbx.Params{
			"hash": hash, "staff": staff, "now": now.Unix(), "ends": now.Add(resetLife).Unix(), "hour": now.Add(-time.Hour).Unix(),
			"most": mostResets,
		})
}

func dropReset(app core.App, hash string) error {
	_, err := app.DB().NewQuery("DELETE FROM password_resets WHERE hash = {:hash}").Bind(dbx.Params{"hash": hash}).Execute()
	return err
}

// resetOf is whose new password a link leads to, [errResetOver] where it leads
// nowhere.
func resetOf(app core.App, value string, now time.Time) (*Staff, error) {
	var id string
	err := app.DB().NewQuery("SELECT staff FROM password_resets WHERE hash = {:hash} AND used = 0 AND ends > {:now}").
		Bind(dbx.Params{"hash": digest(value), "now": now.Unix()}).Row(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errResetOver
	}
	if err != nil {
		return nil, fmt.Errorf("link to a new password: %w", err)
	}
	s, err := StaffByID(app, id)
	if err == nil && s.Disabled() {
		return nil, errResetOver
	}
	return s, err
}

// resetByLink sets the password that somebody has chosen, and uses up the link
// in the same transaction. A password that is refused leaves the link as it is.
func resetByLink(app core.App, value, password string, from Device, now time.Time) error {
	s, err := resetOf(app, value, now)
	if err != nil {
		return err
	}
	if err := CheckPassword(app, password, s.own()...); err != nil {
		return err
	}
	if s.ValidatePassword(password) {
		return fail.New(fail.Invalid, "access.password_same").On("password")
	}
	s.SetPassword(password)
	return asSelf(app, s, from).RunInTransaction(func(app core.App) error {
		mine, err := claims(app, "UPDATE password_resets SET used = {:now} WHERE hash = {:hash} AND used = 0 AND ends > {:now}",
			dbx.Params{"hash": digest(value), "now": now.Unix()})
		if err != nil {
			return err
		}
		if !mine {
			return errResetOver
		}
		if err := change(app, s.Id, func(target *Staff) { target.receivePassword(s, false) }); err != nil {
			return err
		}
		return tell(app, actResetDone, s.Id, "")
	})
}
