package customers

import (
	"fmt"
	"net/mail"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Said is how a visitor says that they can be reached, "" where they do not say.
// Nobody has checked whose number or address it is: it stands beside the
// customer's own until a member of staff takes it over, see [Change.Said].
type Said struct{ Phone, Email string }

// Tidy is s on lines of their own.
func (s Said) Tidy() Said { return Said{Phone: line(s.Phone), Email: line(s.Email)} }

// Check refuses what is no number or address: invalid, on phone or email.
func (s Said) Check() error {
	if err := checkPhone(s.Phone); err != nil {
		return err
	}
	return checkEmail(s.Email)
}

// Reach keeps what a customer's visitor says, instead of what they said before.
// It is raw because the timeline's writer calls it, with its transaction: s has
// been checked.
func Reach(app core.App, customer string, s Said) error {
	var known struct {
		Phone string `db:"phone"`
		Email string `db:"email"`
	}
	if err := app.NonconcurrentDB().NewQuery("SELECT phone, email FROM customers WHERE id = {:id}").Bind(dbx.Params{"id": customer}).One(&known); err != nil {
		return fmt.Errorf("how to reach %q: %w", customer, err)
	}
	said := dbx.Params{}
	if s.Phone != "" && s.Phone != known.Phone {
		said["said_phone"] = s.Phone
	}
	if s.Email != "" && s.Email != known.Email {
		said["said_email"] = s.Email
	}
	if len(said) == 0 {
		return nil
	}
	said["updated"] = now().String()
	if _, err := app.NonconcurrentDB().Update(Customers, said, dbx.HashExp{"id": customer}).Execute(); err != nil {
		return fmt.Errorf("how to reach %q: %w", customer, err)
	}
	return nil
}

func checkPhone(number string) error {
	if number != "" && !phone.MatchString(number) {
		return fail.New(fail.Invalid, "customers.phone_wrong").On(FieldPhone)
	}
	return nil
}

func checkEmail(address string) error {
	if address == "" {
		return nil
	}
	if a, err := mail.ParseAddress(address); err != nil || a.Address != address || strings.Contains(a.Address, "***") || len(address) > 200 {
		return fail.New(fail.Invalid, "customers.email_wrong").On(FieldEmail)
	}
	return nil
}
