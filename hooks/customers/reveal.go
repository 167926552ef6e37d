package customers

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Fields that are told masked, and in full for a reason.
const (
	FieldName  = "name" // in clear
	FieldPhone = "phone"
	FieldEmail = "email"

	fieldSaidPhone = "said_phone" // by the visitor, see [Said]
	fieldSaidEmail = "said_email"
)

// ActRevealed is what the audit trail calls it.
const ActRevealed = "customers.revealed"

const mostReason = 200

// Reveal returns what a field of a customer holds in full, and writes down who
// wanted to know it and why. It is for the caller to ask whether they may.
// Errors: invalid (field, reason), too_long, not_found (also where the field is
// empty).
func Reveal(app core.App, id, field, reason string) (string, error) {
	reason = line(reason)
	if reason == "" {
		return "", fail.New(fail.Invalid, "customers.reason_missing").On("reason")
	}
	if utf8.RuneCountInString(reason) > mostReason {
		return "", fail.New(fail.TooLong, "fail.too_long", "Most", mostReason).On("reason")
	}
	var value string
	err := app.RunInTransaction(func(app core.App) error {
		c, err := ByID(app, id)
		if err != nil {
			return err
		}
		var known bool
		if value, known = c.told(field); !known {
			return fail.New(fail.Invalid, "fail.invalid").On("field")
		}
		if strings.TrimSpace(value) == "" {
			return fail.New(fail.NotFound, "fail.not_found").On("field")
		}
		return audit.Add(app, audit.Entry{
			Act: ActRevealed, Object: audit.Object{Kind: Customers, ID: c.Id}, Changes: []audit.Change{{Field: field, As: audit.Secret}}, Reason: reason,
		})
	})
	if err != nil {
		return "", fmt.Errorf("reveal %s: %w", field, err)
	}
	return value, nil
}

// told is the value of a field that is told masked.
func (c *Customer) told(field string) (value string, known bool) {
	switch field {
	case FieldPhone:
		return c.Phone(), true
	case FieldEmail:
		return c.Email(), true
	case fieldSaidPhone:
		return c.Said().Phone, true
	case fieldSaidEmail:
		return c.Said().Email, true
	}
	if id, ok := CustomID(field); ok {
		return c.Custom()[id], true
	}
	return "", false
}
