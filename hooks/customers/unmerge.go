package customers

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// UndoMerge parts two customers again who were merged. What either had is theirs:
// contacts with all that was said there, before and since; notes and tags; and
// each field that nobody has changed since. What was written since goes to whom
// it came by: with its contact, or, a note, to whom its writer was speaking with.
//
// Where one of them has signed in meanwhile, that says more than a merge: such a
// contact goes to whom its identity names. Merges of merges are undone the last
// one first. Errors: not_found, too_late, conflict.
func UndoMerge(app core.App, id string) (*Merge, error) {
	var m *Merge
	err := app.RunInTransaction(func(app core.App) (err error) {
		if m, err = mergeByID(app, id); err != nil {
			return err
		}
		if err = mayUndo(app, m); err != nil {
			return err
		}
		return part(app, m)
	})
	if err != nil {
		return nil, fmt.Errorf("undo merge: %w", err)
	}
	return m, nil
}

func mayUndo(app core.App, m *Merge) error {
	if !m.Undone().IsZero() {
		return fail.New(fail.Conflict, "customers.unmerged_already")
	}
	if clock.Now(app).Sub(m.At()) >= Undo {
		return fail.New(fail.TooLate, "customers.merge_settled")
	}
	later, err := after(app, m)
	if err == nil && len(later) > 0 {
		err = fail.New(fail.Conflict, "customers.merge_later")
	}
	return err
}

func part(app core.App, m *Merge) error {
	s, err := m.shape()
	if err != nil {
		return err
	}
	kept, err := ByID(app, m.Kept())
	if err != nil {
		return err
	}
	gone, err := ByID(app, m.Gone())
	if err != nil {
		return err
	}
	if err = giveBack(app, m, s, kept, gone); err != nil {
		return err
	}
	back, err := partContacts(app, s.contacts, kept.Id, gone.Id)
	if err != nil {
		return err
	}
	if err = partNotes(app, s.notes, back, kept.Id, gone.Id); err != nil {
		return err
	}
	m.undo(clock.Now(app))
	if err = app.Save(m); err != nil {
		return err
	}
	ids := make([]string, len(s.contacts))
	for i, c := range s.contacts {
		ids[i] = c.ID
	}
	return errors.Join(orphaned(app, gone, ids), orphaned(app, kept, s.own))
}

// giveBack makes both what they were: fields that nobody has changed since, tags,
// and who is who in the shop's own data.
func giveBack(app core.App, m *Merge, s shape, kept, gone *Customer) error {
	for _, c := range s.changes {
		if kept.value(c.Field) == c.After {
			kept.put(c.Field, c.Before)
		}
	}
	kept.shed(s.tags)
	gone.mergeInto("")
	if identity := kept.ExternalID(); identity != "" && !m.wasKnown() { // one of two who were unknown has signed in meanwhile: which?
		theirs, err := whose(app, s, identity)
		if err != nil {
			return err
		}
		if theirs {
			kept.knownAs("")
			gone.knownAs(identity)
		}
	}
	for _, c := range []*Customer{kept, gone} { // the kept one first: an identity is one customer's at a time
		if err := app.SaveNoValidate(c); err != nil { // what no longer holds of either is no reason to keep them together
			return err
		}
	}
	return nil
}

// whose reports whether an identity has come by a contact that a merge has moved.
// Where it has come by both sides' contacts the two are one indeed.
func whose(app core.App, s shape, identity string) (theirs bool, err error) {
	bears := func(id string) (bool, error) {
		c, err := ContactByID(app, id)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		return err == nil && c.Identity() == identity, err
	}
	ours := false
	for _, id := range s.own {
		yes, err := bears(id)
		if err != nil {
			return false, err
		}
		ours = ours || yes
	}
	for _, c := range s.contacts {
		yes, err := bears(c.ID)
		if err != nil {
			return false, err
		}
		theirs = theirs || yes
	}
	if ours && theirs {
		return false, fail.New(fail.Conflict, "customers.merge_true")
	}
	return theirs, nil
}

// partContacts gives the moved contacts back, and tells which.
func partContacts(app core.App, list []moved, kept, gone string) (back []any, err error) {
	for _, was := range list {
		c, err := ContactByID(app, was.ID)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Customer() != kept {
			continue // it has signed in as somebody else
		}
		if c.Identity() != was.Identity {
			if customer, err := ByExternalID(app, c.Identity()); err != nil || customer.Id != gone {
				if err != nil && !errors.Is(err, sql.ErrNoRows) {
					return nil, err
				}
				continue // it has signed in as the kept one
			}
		}
		if err := moveContact(app, c.Id, kept, gone); err != nil {
			return nil, err
		}
		back = append(back, c.Id)
	}
	return back, nil
}

// partNotes gives the moved notes back, and those that were written since with
// one of the contacts.
func partNotes(app core.App, ids []string, contacts []any, kept, gone string) error {
	if err := moveNotes(app, ids, kept, gone); err != nil || len(contacts) == 0 {
		return err
	}
	_, err := app.DB().Update(Notes, dbx.Params{"customer": gone}, dbx.And(ofCustomer(kept), dbx.In("contact", contacts...))).Execute()
	if err != nil {
		return fmt.Errorf("notes written since: %w", err)
	}
	return nil
}

// orphaned hands an anonymous customer over whose contacts have all signed in as
// somebody else: to whom the last of them is now, as it would have been without
// the merge that kept them.
func orphaned(app core.App, c *Customer, contacts []string) error {
	if c.ExternalID() != "" {
		return nil
	}
	if left, err := ContactsOf(app, c.Id); err != nil || len(left) > 0 {
		return err
	}
	if held, err := inMerge(app, c.Id); err != nil || held {
		return err
	}
	for _, id := range slices.Backward(contacts) {
		contact, err := ContactByID(app, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		to, err := Now(app, contact.Customer())
		if err != nil || to.Id == c.Id {
			return err
		}
		return handOver(app, c, to)
	}
	return nil
}

// settleMerges makes for good what was merged more than a day ago: of who is gone
// nothing stays but the identity that leads to the other one.
func settleMerges(app core.App, now time.Time) error {
	list, err := merges(app, over(now))
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(list) { // the oldest first
		if err := app.RunInTransaction(func(app core.App) error { return settle(app, m) }); err != nil {
			return fmt.Errorf("settle merge %s: %w", m.Id, err)
		}
	}
	return nil
}

func settle(app core.App, m *Merge) error {
	if err := app.Delete(m); err != nil || !m.Undone().IsZero() {
		return err
	}
	s, err := m.shape()
	if err != nil {
		return err
	}
	if err = forget(app, m.Gone()); err != nil {
		return err
	}
	kept, err := ByID(app, m.Kept())
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || kept.Merged() != "" {
		return err
	}
	ids := slices.Clone(s.own)
	for _, c := range s.contacts {
		ids = append(ids, c.ID)
	}
	return orphaned(app, kept, ids)
}

// forget leaves of somebody who was merged the identity, or nothing. Whoever was
// merged into them is, from now on, whom they turned out to be.
func forget(app core.App, id string) error {
	gone, err := ByID(app, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || gone.Merged() == "" {
		return err
	}
	if gone.ExternalID() != "" {
		gone.forgetAll()
		return app.SaveNoValidate(gone)
	}
	_, err = app.DB().Update(Customers, dbx.Params{"merged": gone.Merged()}, dbx.HashExp{"merged": gone.Id}).Execute()
	if err != nil {
		return err
	}
	return app.Delete(gone)
}
