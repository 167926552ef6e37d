package customers

import (
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// phone takes numbers as people write them. A masked one is none, nor is a
// masked e-mail address, so that a screen that sends back what it was shown
// cannot destroy the real one.
var phone = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{3,18}$`)

const longestTag = 30

func checkCustomer(e *core.RecordEvent) error {
	c := wrapCustomer(e.Record)
	for _, err := range []error{checkPhone(c.Phone()), checkEmail(c.Email())} {
		if err != nil {
			return err
		}
	}
	if err := checkDedicated(e.App, c); err != nil {
		return err
	}
	if err := checkCustom(e.App, c); err != nil {
		return err
	}
	return e.Next()
}

// checkDedicated takes somebody who may answer customers. Who was taken stays
// when they may no longer: that is no reason to refuse another name or number.
func checkDedicated(app core.App, c *Customer) error {
	id := c.Dedicated()
	if id == "" || !c.IsNew() && wrapCustomer(c.Original()).Dedicated() == id {
		return nil
	}
	p, err := access.ByID(app, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (p.Disabled || !p.May(access.ConversationsReply)) {
		return fail.New(fail.Invalid, "customers.dedicated_wrong").On("dedicated").Because(err)
	}
	return err
}

func checkNote(e *core.RecordEvent) error {
	n := wrapNote(e.Record)
	if n.Text() == "" || n.Customer() == "" || n.Staff() == "" {
		return fail.New(fail.Invalid, "customers.note_empty").On("text")
	}
	return e.Next()
}

func checkTag(e *core.RecordEvent) error {
	t := wrapTag(e.Record)
	if t.Name() == "" {
		return fail.New(fail.Invalid, "customers.tag_incomplete").On("name")
	}
	if utf8.RuneCountInString(t.Name()) > longestTag {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestTag).On("name")
	}
	if !slices.Contains(TagColours, t.Colour()) {
		return fail.New(fail.Invalid, "customers.tag_colour").On("colour")
	}
	if !t.Gone().IsZero() {
		return e.Next()
	}
	other, err := tagNamed(e.App, t.Name())
	if err != nil {
		return err
	}
	if other != nil && other.Id != t.Id {
		return fail.New(fail.Conflict, "customers.tag_taken", "Name", t.Name()).On("name")
	}
	if !t.IsNew() {
		return e.Next()
	}
	all, err := AllTags(e.App)
	if err == nil && len(all) >= mostTags {
		err = fail.New(fail.Conflict, "customers.tags_full", "Most", mostTags).On("name")
	}
	if err != nil {
		return err
	}
	return e.Next()
}
