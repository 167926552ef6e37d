package notices

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
)

const (
	// patience is how long the mail server may take; the others have outbound's.
	patience = 15 * time.Second
	// stale is how long an alert is worth telling.
	stale = 24 * time.Hour
	// slowest is the longest pause between two tries.
	slowest = 10 * time.Minute
)

// duty is the effect: a robot has something to say about a code. What, stands in
// the table of alerts.
type duty struct {
	Robot string `json:"robot"`
	Code  string `json:"code"`
	Tries int    `json:"tries,omitempty"` // that have failed
}

// effectOf is the outbox's kind for a kind of robots. Each has a line of its own:
// they call one host, and one that hangs holds up those behind the same host
// alone, for as long as one call may take. One that fails does not hold up
// anybody: its next try is a new effect.
func effectOf(k Kind) string { return "robot_" + string(k) }

// speak is the outbox's handler.
func speak(ctx context.Context, app core.App, e *outbox.Effect) error {
	var d duty
	if err := e.Into(&d); err != nil {
		return err //nolint:wrapcheck // says which effect
	}
	if err := d.do(ctx, app, time.Now()); err != nil {
		return fmt.Errorf("robot %s: %w", d.Robot, err)
	}
	return nil
}

// do says what there is to say, if it is time, and sees to what follows. It may
// be called twice for the same, and then finds nothing to say. A kill between
// the message and the commit says it again.
func (d duty) do(ctx context.Context, app core.App, now time.Time) error {
	p, err := toSay(app, d.Robot, d.Code)
	if err != nil || p == nil {
		return err
	}
	b, err := ByID(app, d.Robot)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && !b.Enabled():
		return forget(app, d.Robot, d.Code)
	case err != nil:
		return err // it is to be said all the same, once the robot can be read
	}
	if at := b.free(d.Code, PaceOf(app), now); at.After(now) {
		return b.sayAt(app, d, at)
	}
	why := b.say(ctx, app, messageOf(app, p), now)
	if err := ctx.Err(); err != nil {
		return err // the program stops; the effect stays
	}
	return app.RunInTransaction(func(app core.App) error {
		if why != nil {
			return d.failed(app, b, p, *why, now)
		}
		more, err := p.said(app, now)
		if err == nil {
			err = b.spoke(app, d.Code, now)
		}
		if err == nil && more {
			err = b.sayAt(app, duty{Robot: b.Id, Code: d.Code}, now.Add(PaceOf(app).of(b.Kind())))
		}
		return err
	})
}

// failed notes why b could not speak, and lets it try again later.
func (d duty) failed(app core.App, b *Robot, p *pending, why Trouble, now time.Time) error {
	app.Logger().Warn("a robot could not speak", "robot", b.Id, "why", why.Key, "code", why.Code, "tries", d.Tries+1)
	if err := b.fell(app, why, now); err != nil {
		return err
	}
	if now.Sub(p.Began.Time()) > stale {
		app.Logger().Error("gave up an alert", "robot", b.Id, "alerts", p.Count)
		return forget(app, d.Robot, d.Code)
	}
	wait := min(time.Second<<min(d.Tries+2, 10), slowest)
	if why.Key == troubleLimited {
		wait = max(wait, products[b.Kind()].pauses)
	}
	d.Tries++
	return b.sayAt(app, d, now.Add(wait))
}

// say says m, and returns why it could not.
func (b *Robot) say(ctx context.Context, app core.App, m message, now time.Time) *Trouble {
	to, err := b.target(app)
	if err != nil {
		app.Logger().Error("a robot's address cannot be opened", "robot", b.Id, "error", err)
		return &Trouble{Key: "notices.trouble_sealed"}
	}
	if b.Kind() == Mail {
		return write(ctx, app, to.address, m)
	}
	why := products[b.Kind()].speak(ctx, app, to, m, now)
	if why == nil {
		return nil
	}
	clean := why.without(to.secret, to.token(b.Kind()))
	return &clean
}

// write sends m to a mailbox.
func write(ctx context.Context, app core.App, address string, m message) *Trouble {
	if !mail.Ready(app) {
		return &Trouble{Key: troubleNoMail}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text := strings.Join(m.Lines, "\n")
	if m.Link != "" {
		text += "\n\n" + m.LinkText + "\n" + m.Link
	}
	err := mail.Send(ctx, app, mail.Letter{To: address, Subject: m.Shop + " · " + m.What, Text: text + "\n"})
	if err != nil {
		why := Trouble{Key: troubleMail, Text: err.Error()}.without()
		return &why
	}
	return nil
}
