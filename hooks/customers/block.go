package customers

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const longestBlock = 5 * 366 * 24 * time.Hour // with an end; what is to last longer has none

// Block is why somebody may not write, and until when.
type Block struct {
	Reason       string
	Staff        string    // who has blocked them
	Since, Until time.Time // Until is zero where it does not end by itself
}

// Holds reports whether the block has not ended by now.
func (b *Block) Holds(now time.Time) bool {
	return b != nil && (b.Until.IsZero() || b.Until.After(now))
}

// Check refuses a block without a reason, or with an end that is none.
func (b *Block) Check(now time.Time) error {
	if b.Reason = line(b.Reason); b.Reason == "" {
		return fail.New(fail.Invalid, "customers.block_reason").On("reason")
	}
	if utf8.RuneCountInString(b.Reason) > mostReason {
		return fail.New(fail.TooLong, "fail.too_long", "Most", mostReason).On("reason")
	}
	if !b.Until.IsZero() && (!b.Until.After(now) || b.Until.Sub(now) > longestBlock) {
		return fail.New(fail.Invalid, "customers.block_until").On("until")
	}
	return nil
}

// Barring is what a contact's row says of a block, for whoever reads it raw.
type Barring struct {
	Blocked bool           `db:"blocked"`
	Until   types.DateTime `db:"blocked_until"`
}

// Refuse refuses who is blocked now: fail.Blocked, with the end where it has one.
// A block that has ended refuses nobody, whatever the row still says.
func (b Barring) Refuse(app core.App) error {
	until := b.Until.Time()
	if !b.Blocked || !b.Until.IsZero() && !until.After(clock.Now(app)) {
		return nil
	}
	if b.Until.IsZero() {
		return fail.New(fail.Blocked, "fail.blocked")
	}
	zone := hours.Zone(settings.ShopOf(app).Zone)
	return fail.New(fail.Blocked, "customers.blocked_until", "Time", until.In(zone).Format("2006-01-02 15:04"))
}

// BlockContact keeps a contact from writing. b has been checked.
func BlockContact(app core.App, c *Contact, b Block) error {
	c.block(b)
	if err := app.SaveNoValidate(c); err != nil { // what else is wrong with it stays as it was
		return fmt.Errorf("block contact %s: %w", c.Id, err)
	}
	return nil
}

// UnblockContact lets a contact write again.
func UnblockContact(app core.App, c *Contact) error {
	c.unblock()
	if err := app.SaveNoValidate(c); err != nil {
		return fmt.Errorf("unblock contact %s: %w", c.Id, err)
	}
	return nil
}

// share blocks a contact that has become a customer's as those are that the
// customer has already: another device is no way around it.
func share(app core.App, c *Contact, customer string) error {
	others, err := ContactsOf(app, customer)
	if err != nil {
		return err
	}
	now := clock.Now(app)
	for _, other := range others {
		if b := other.Block(); other.Id != c.Id && b.Holds(now) && !c.Block().Holds(now) {
			c.block(*b)
		}
	}
	return nil
}
