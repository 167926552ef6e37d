package customers

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/queries"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Shown is what stands of somebody beside each conversation with them.
type Shown struct {
	Name, Avatar, Identity, Level string
	Page                          Page
	Block                         *Block // it may have ended
}

const shownKey = "customers.shown"

type person struct{ contact, customer string }

// ShownOf is asked with each message. It reads only where something has been written
// about any contact or customer since.
func ShownOf(app core.App, contact, customer string) (Shown, error) {
	known := app.Store().GetOrSet(shownKey, func() any { return queries.AnswersFrom[person, Shown](Contacts, Customers) })
	return known.(*queries.Answers[person, Shown]).Ask(app, person{contact, customer}, func() (Shown, error) { return readShown(app, contact, customer) })
}

// readShown reads it raw, with one question.
func readShown(app core.App, contact, customer string) (Shown, error) {
	var s Shown
	var own, given string
	var page []byte
	var blocked bool
	var b Block
	var since, until types.DateTime
	err := queries.Row(app, "SELECT c.name, c.avatar, c.identity, c.page, c.blocked, c.blocked_reason, c.blocked_by, c.blocked_since, c.blocked_until, "+
		"COALESCE(k.name, ''), COALESCE(k.level, '') FROM contacts c LEFT JOIN customers k ON k.id = ? WHERE c.id = ?", []any{customer, contact},
		&own, &s.Avatar, &s.Identity, &page, &blocked, &b.Reason, &b.Staff, &since, &until, &given, &s.Level)
	if err != nil {
		return Shown{}, fmt.Errorf("contact %q: %w", contact, err)
	}
	s.Avatar = local(s.Avatar)
	if s.Name = given; given == "" { // by staff, which visitors never see
		s.Name = Named(own, contact, locale.Default)
	}
	_ = json.Unmarshal(page, &s.Page) // none yet
	if blocked {
		b.Since, b.Until = since.Time(), until.Time()
		s.Block = &b
	}
	return s, nil
}
