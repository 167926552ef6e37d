// Package mail sends letters through the shop's own mail server, which the owner
// names in PocketBase's settings. It does not know what they say.
//
// Sending is no part of anybody's request: whoever has to send writes an outbox
// row, whose handler calls [Send].
package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Letter is a mail to one person.
type Letter struct{ To, Subject, Text, HTML string }

// Ready reports whether there is a mail server.
func Ready(app core.App) bool { return app.Settings().SMTP.Enabled }

// ErrSilent is returned without trying while so many letters wait for a mail server
// that never answers.
var ErrSilent = errors.New("send a mail: the mail server does not answer")

var errAddress = errors.New("it is not a plain one")

// under are the letters under way. PocketBase's client waits for as long as the
// connection stands, which may be for ever.
var under = make(chan struct{}, mostUnder)

const mostUnder = 8

// Send hands a letter to the mail server, or gives up when ctx ends: a server
// that never answers holds nobody but the connections to it, and few of these.
func Send(ctx context.Context, app core.App, l Letter) error {
	to, err := mail.ParseAddress(l.To)
	if err != nil || to.Address != l.To {
		return fmt.Errorf("send a mail: no address: %w", errors.Join(err, errAddress))
	}
	m := &mailer.Message{
		From:    mail.Address{Name: line(settings.ShopOf(app).Name), Address: app.Settings().Meta.SenderAddress},
		To:      []mail.Address{*to},
		Subject: line(l.Subject), Text: l.Text, HTML: l.HTML,
	}
	select {
	case under <- struct{}{}:
	default:
		return ErrSilent
	}
	sent := make(chan error, 1)
	go func() {
		defer func() { <-under }()
		defer func() {
			if p := recover(); p != nil {
				app.Logger().Error("the mail client panicked", "panic", p, "stack", string(debug.Stack()))
				sent <- fmt.Errorf("send a mail: panic: %v", p)
			}
		}()
		err := app.NewMailClient().Send(m)
		note(app, err)
		sent <- err
	}()
	select {
	case err := <-sent:
		if err != nil {
			return fmt.Errorf("send a mail: %w", err)
		}
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) { // else nobody waits any more, and it may be sent yet
			note(app, ctx.Err())
		}
		return fmt.Errorf("send a mail: %w", ctx.Err())
	}
}

// Last is what has come of letters since the program began, as far as it has tried.
type Last struct {
	Sent, Failed time.Time
	Why          string // it failed, see [Reason]
}

const storeKey = "mail.last"

// LastOf is that of app's.
func LastOf(app core.App) Last {
	last, _ := app.Store().Get(storeKey).(Last)
	return last
}

// note keeps what came of a letter.
func note(app core.App, err error) {
	app.Store().SetFunc(storeKey, func(before any) any {
		last, _ := before.(Last)
		if err == nil {
			last.Sent = time.Now()
		} else {
			last.Failed, last.Why = time.Now(), Reason(err)
		}
		return last
	})
}

// Reason is what the mail server or the network said, in one line of bounded
// length: it is what the owner needs to mend it, and holds no password.
func Reason(err error) string {
	text := strings.Join(strings.FieldsFunc(err.Error(), unicode.IsControl), " ")
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

// line is a text without what would begin another header.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}
