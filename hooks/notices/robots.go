package notices

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/outbound"
)

const (
	// Undo is how long a deleted robot can be restored.
	Undo       = 24 * time.Hour
	mostRobots = 50
)

// Draft is what a robot is to be.
type Draft struct {
	Name     string
	Kind     Kind   // only for a new one
	Address  string // "" leaves the one that is kept
	Secret   string // what it signs with; "" leaves the one that is kept, if the address is
	Unsigned bool   // drop the secret that is kept
	Groups   []string
	Codes    []string
}

// Add makes a robot, which speaks from then on.
func Add(app core.App, d Draft) (*Robot, error) {
	var b *Robot
	err := app.RunInTransaction(func(app core.App) error {
		collection, err := app.FindCachedCollectionByNameOrId(Collection)
		if err != nil {
			return err
		}
		all, err := Robots(app)
		if err != nil {
			return err
		}
		if len(all) >= mostRobots {
			return fail.New(fail.Invalid, "notices.too_many", "Most", mostRobots)
		}
		b = wrap(core.NewRecord(collection))
		b.begin(d.Kind)
		b.become(d)
		if err := b.aim(app, d, target{}); err != nil {
			return err
		}
		return app.Save(b)
	})
	if err != nil {
		return nil, fmt.Errorf("add robot: %w", err)
	}
	return b, nil
}

// Edit changes a robot, and lets it try at once what it could not say so far.
func Edit(app core.App, id string, d Draft) (*Robot, error) {
	return change(app, id, func(app core.App, b *Robot) error {
		kept, err := b.target(app)
		if err != nil {
			app.Logger().Error("a robot's address cannot be opened and has to be entered again", "robot", b.Id, "error", err)
		}
		b.become(d)
		return b.aim(app, d, kept)
	})
}

// Turn lets a robot speak, or be silent.
func Turn(app core.App, id string, on bool) (*Robot, error) {
	return change(app, id, func(_ core.App, b *Robot) error { b.turn(on); return nil })
}

// Delete takes a robot away. For [Undo] it can be restored.
func Delete(app core.App, id string) (*Robot, error) {
	return change(app, id, func(_ core.App, b *Robot) error { b.leave(); return nil })
}

// Restore takes a deletion back, unless another robot speaks there by now.
func Restore(app core.App, id string) (*Robot, error) {
	b := &Robot{}
	err := app.RunInTransaction(func(app core.App) error {
		if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(b); err != nil {
			return err
		}
		if gone := b.gone(); !gone.IsZero() && time.Since(gone) > Undo {
			return fail.New(fail.TooLate, "notices.gone")
		}
		to, err := b.target(app)
		if err == nil {
			err = alone(app, b, to)
		}
		if err != nil {
			return err
		}
		b.comeBack()
		return app.Save(b)
	})
	if err != nil {
		return nil, fmt.Errorf("restore robot: %w", err)
	}
	return b, nil
}

// change does something to a robot and saves it.
func change(app core.App, id string, do func(core.App, *Robot) error) (*Robot, error) {
	var b *Robot
	err := app.RunInTransaction(func(app core.App) (err error) {
		if b, err = ByID(app, id); err != nil {
			return err
		}
		if err = do(app, b); err != nil {
			return err
		}
		if err = app.Save(b); err != nil {
			return err
		}
		codes, err := codesToSay(app, id)
		for _, code := range codes {
			if err == nil {
				err = b.sayAt(app, duty{Robot: id, Code: code}, time.Now())
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("change robot: %w", err)
	}
	return b, nil
}

// Try has a robot say that it can speak, and returns why it cannot; nil where it
// can.
func Try(ctx context.Context, app core.App, id string) (*Trouble, error) {
	b, err := ByID(app, id)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	why := b.say(ctx, app, trial(app), now)
	if why != nil {
		err = b.fell(app, *why, now)
	} else {
		err = b.spoke(app, "", now)
	}
	if err != nil {
		return nil, fmt.Errorf("try robot %s: %w", id, err)
	}
	return why, nil
}

// aim gives b the address and the secret of d. A secret goes with its address:
// one that is kept never goes to another address, where it could be read.
func (b *Robot) aim(app core.App, d Draft, kept target) error {
	to, secret := kept, strings.TrimSpace(d.Secret)
	if address := strings.TrimSpace(d.Address); address != "" || kept.address == "" {
		tidy, err := addressOf(app, b.Kind(), address)
		if err != nil {
			return err
		}
		if tidy != kept.address {
			to = target{address: tidy}
		}
	}
	switch {
	case b.Kind() != Mail && products[b.Kind()].sign == nil, d.Unsigned:
		to.secret = ""
	case secret != "":
		to.secret = secret
	}
	if len(to.secret) > 200 {
		return fail.New(fail.Invalid, "fail.too_long", "Most", 200).On("secret")
	}
	if to == kept { // to seal it again would look like a change
		return nil
	}
	if err := alone(app, b, to); err != nil {
		return err
	}
	return b.seal(app, to)
}

// addressOf is an address of the kind, as it is kept.
func addressOf(app core.App, k Kind, typed string) (string, error) {
	if k == Mail {
		a, err := mail.ParseAddress(typed)
		if err != nil || a.Address != typed || len(typed) > 200 {
			return "", fail.New(fail.Invalid, "access.email_wrong").On("address")
		}
		return typed, nil
	}
	u, err := outbound.Address(app, typed)
	if err != nil || len(typed) > 1000 {
		return "", fail.New(fail.Invalid, "outbound.address_wrong").On("address")
	}
	switch is := productOf(u); is {
	case k:
		return u.String(), nil
	case "":
		return "", fail.New(fail.Invalid, "notices.address_no_"+string(k)).On("address")
	default:
		return "", fail.New(fail.Invalid, "notices.address_of_"+string(is)).On("address")
	}
}

// alone refuses an address at which another robot speaks: everything would be
// said twice.
func alone(app core.App, b *Robot, to target) error {
	all, err := Robots(app)
	if err != nil {
		return err
	}
	for _, other := range all {
		if at, err := other.target(app); other.Id != b.Id && err == nil && at.address == to.address {
			return fail.New(fail.Invalid, "notices.address_taken", "Name", other.Name()).On("address")
		}
	}
	return nil
}

// sweep forgets robots that were deleted too long ago to be restored.
func sweep(app core.App, now time.Time) error {
	before, err := types.ParseDateTime(now.Add(-Undo))
	if err != nil {
		return err
	}
	var old []*Robot
	err = app.RecordQuery(Collection).AndWhere(dbx.NewExp("deleted != '' AND deleted < {:before}", dbx.Params{"before": before.String()})).All(&old)
	if err != nil {
		return fmt.Errorf("deleted robots: %w", err)
	}
	for _, b := range old {
		if err := app.Delete(b); err != nil {
			return fmt.Errorf("forget robot %s: %w", b.Id, err)
		}
	}
	return nil
}
