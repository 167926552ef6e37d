package customers

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// AddNote adds a note by a member of staff about a customer.
func AddNote(app core.App, customer, staff, text string) (*Note, error) {
	if _, err := ByID(app, customer); err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	n, err := newNote(app, customer, staff, text)
	if err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	if err := app.Save(n); err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	return n, nil
}

// DeleteNote removes a note of the staff's own.
func DeleteNote(app core.App, customer, staff, id string) error {
	n := &Note{}
	if err := app.RecordQuery(Notes).AndWhere(dbx.HashExp{"id": id}).AndWhere(ofCustomer(customer)).Limit(1).One(n); err != nil {
		return fmt.Errorf("note %q: %w", id, err)
	}
	if n.Staff() != staff {
		return fail.New(fail.Forbidden, "customers.note_not_yours")
	}
	if err := app.Delete(n); err != nil {
		return fmt.Errorf("delete note: %w", err)
	}
	return nil
}

// NotesOf lists the notes about a customer, newest first.
func NotesOf(app core.App, customer string, limit int64) ([]*Note, error) {
	var all []*Note
	err := app.RecordQuery(Notes).AndWhere(ofCustomer(customer)).OrderBy("created DESC", "id DESC").Limit(limit).All(&all)
	if err != nil {
		return nil, fmt.Errorf("notes of %s: %w", customer, err)
	}
	return all, nil
}
