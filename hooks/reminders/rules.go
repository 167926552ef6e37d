package reminders

import (
	"fmt"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const longest = 500 // code points of a promise, as the schema has it

// check holds a promise to its rules, whoever writes it.
func check(e *core.RecordEvent) error {
	r := wrap(e.Record)
	switch {
	case r.Text() == "":
		return fail.New(fail.Invalid, "reminders.text_missing").On("text")
	case utf8.RuneCountInString(r.Text()) > longest:
		return fail.New(fail.TooLong, "fail.too_long", "Most", longest).On("text")
	case r.Due().IsZero():
		return fail.New(fail.Invalid, "reminders.due_wrong").On("due")
	case r.Conversation() == "" || r.Contact() == "" || r.Staff() == "":
		return fail.New(fail.Invalid, "fail.invalid").On("conversation")
	}
	return e.Next()
}

// follow keeps a contact's promises with the customer whom the contact turned out
// to be.
func follow(e *customers.LinkEvent) error {
	_, err := e.App.NonconcurrentDB().Update(Collection, dbx.Params{"customer": e.To}, dbx.NewExp("contact = {:contact}", dbx.Params{"contact": e.Contact})).Execute()
	if err != nil {
		return fmt.Errorf("promises to %s: %w", e.Contact, err)
	}
	return e.Next()
}
