package customers

import (
	"net/mail"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// phone takes numbers as people write them. A masked one is none, nor is a
// masked e-mail address, so that a screen that sends back what it was shown
// cannot destroy the real one.
var phone = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{3,18}$`)

func checkCustomer(e *core.RecordEvent) error {
	c := wrapCustomer(e.Record)
	if c.Phone() != "" && !phone.MatchString(c.Phone()) {
		return fail.New(fail.Invalid, "customers.phone_wrong").On("phone")
	}
	if c.Email() != "" {
		if a, err := mail.ParseAddress(c.Email()); err != nil || a.Address != c.Email() || strings.Contains(a.Address, "***") {
			return fail.New(fail.Invalid, "customers.email_wrong").On("email")
		}
	}
	return e.Next()
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
	if t.Name() == "" || t.Colour() == "" {
		return fail.New(fail.Invalid, "customers.tag_incomplete").On("name")
	}
	return e.Next()
}
