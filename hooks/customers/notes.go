package customers

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// about is whom a note is about, and with which contact of theirs its writer was
// speaking, "" where nobody knows.
type about struct{ customer, contact string }

// AddNote adds a note by a member of staff about a customer.
func AddNote(app core.App, customer, staff, text string) (*Note, error) {
	return addNote(app, about{customer: customer}, staff, text)
}

// AddNoteFrom adds a note that was written while its writer was speaking with a
// contact: where that turns out to be somebody else, the note is about them.
func AddNoteFrom(app core.App, contact *Contact, staff, text string) (*Note, error) {
	return addNote(app, about{contact.Customer(), contact.Id}, staff, text)
}

func addNote(app core.App, on about, staff, text string) (*Note, error) {
	if _, err := ByID(app, on.customer); err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	n, err := newNote(app, on, staff, text)
	if err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	if err := app.Save(n); err != nil {
		return nil, fmt.Errorf("add note: %w", err)
	}
	return n, nil
}

// DeleteNote removes a note of the staff's own. For [Undo] it can come back.
func DeleteNote(app core.App, customer, staff, id string) error {
	return changeNote(app, customer, staff, id, func(n *Note) error {
		if !n.Gone().IsZero() {
			return fail.New(fail.NotFound, "fail.not_found")
		}
		n.leave()
		return nil
	})
}

// RestoreNote takes the deletion of a note of the staff's own back.
func RestoreNote(app core.App, customer, staff, id string) error {
	return changeNote(app, customer, staff, id, func(n *Note) error {
		if !n.Gone().IsZero() && time.Since(n.Gone()) > Undo {
			return fail.New(fail.TooLate, "customers.note_gone")
		}
		n.comeBack()
		return nil
	})
}

func changeNote(app core.App, customer, staff, id string, change func(*Note) error) error {
	err := app.RunInTransaction(func(app core.App) error {
		n, err := note(app, customer, id)
		if err != nil {
			return err
		}
		if n.Staff() != staff {
			return fail.New(fail.Forbidden, "customers.note_not_yours")
		}
		if err := change(n); err != nil {
			return err
		}
		return app.Save(n)
	})
	if err != nil {
		return fmt.Errorf("change note: %w", err)
	}
	return nil
}

func note(app core.App, customer, id string) (*Note, error) {
	n := &Note{}
	if err := app.RecordQuery(Notes).AndWhere(dbx.HashExp{"id": id}).AndWhere(ofCustomer(customer)).Limit(1).One(n); err != nil {
		return nil, fmt.Errorf("note %q: %w", id, err)
	}
	return n, nil
}

// NotesOf lists the notes about a customer, newest first, from the one behind
// before on; "" begins with the newest.
func NotesOf(app core.App, customer, before string, limit int64) ([]*Note, error) {
	query := app.RecordQuery(Notes).AndWhere(ofCustomer(customer)).AndWhere(dbx.NewExp("deleted = ''"))
	if before != "" {
		n, err := note(app, customer, before)
		if err != nil {
			return nil, err
		}
		query.AndWhere(dbx.NewExp("(created < {:created} OR created = {:created} AND id < {:id})", dbx.Params{"created": n.Created().String(), "id": n.Id}))
	}
	var all []*Note
	if err := query.OrderBy("created DESC", "id DESC").Limit(limit).All(&all); err != nil {
		return nil, fmt.Errorf("notes of %s: %w", customer, err)
	}
	return all, nil
}

// sweepNotes forgets the notes that were deleted too long ago to come back.
func sweepNotes(app core.App, now time.Time) error {
	limit, err := types.ParseDateTime(now.Add(-Undo))
	if err != nil {
		return err
	}
	_, err = app.NonconcurrentDB().Delete(Notes, dbx.NewExp("deleted != '' AND deleted < {:limit}", dbx.Params{"limit": limit.String()})).Execute()
	if err != nil {
		return fmt.Errorf("forget deleted notes: %w", err)
	}
	return nil
}
