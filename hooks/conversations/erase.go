package conversations

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// ActErased is what the audit trail calls it.
const ActErased = "customers.erased"

// Receipt says what was erased of a customer, without anything of theirs.
type Receipt struct {
	Customer string         // the id that they had
	Rows     map[string]int // by what they were: messages, files, contacts…
	Bytes    int64          // of their files
	At       time.Time
	Open     []string // conversations with them that are not closed, which keep it from being done
}

var errOnlyAsked = errors.New("it was only asked what there is")

// Erasable is what [Erase] would erase now, with the same errors but that of what is
// not closed, which it names.
func Erasable(app core.App, p *access.Person, customer string) (*Receipt, error) {
	r, _, err := erase(app, p, customer, func(*Tx, *Receipt) error { return errOnlyAsked })
	if errors.Is(err, errOnlyAsked) {
		return r, nil
	}
	return nil, err
}

// Erase erases a customer for good: who they are, what they and others have said
// in their conversations, their files, and whatever else is kept of them. Nothing of
// it can come back but from a backup. What stays are the act itself in the audit
// trail, and figures. The bytes leave the disk with the next rounds, see [Purge].
// Errors: forbidden, not_found, conflict (a conversation is not closed, a merge not
// settled).
func Erase(app core.App, p *access.Person, customer string) (*Receipt, error) {
	r, gone, err := erase(app, p, customer, func(tx *Tx, r *Receipt) error {
		if len(r.Open) > 0 {
			return fail.New(fail.Conflict, "conversations.erase_open")
		}
		changes := []audit.Change{}
		for _, what := range []string{"messages", "conversations", "files", "notes", "contacts"} {
			if n := r.Rows[what]; n > 0 {
				changes = append(changes, audit.Change{Field: what, Before: n})
			}
		}
		actor := p.Actor()
		if err := audit.Add(tx.App, audit.Entry{Act: ActErased, Object: audit.Object{Kind: customers.Customers, ID: customer}, Changes: changes, Actor: &actor}); err != nil {
			return err
		}
		return tx.purgeFrom(toMerge)
	})
	if err != nil {
		return nil, err
	}
	if err = removeBytes(app, gone); err != nil { // it is done: the sweep of files finds the bytes
		app.Logger().Error("bytes of who was erased", "error", err)
	}
	return r, nil
}

// EndAll closes what is not closed with a customer, so that they can be erased: who may
// do that needs nobody's leave to close. Errors: forbidden, not_found, conflict.
func EndAll(app core.App, p *access.Person, customer string) error {
	return Write(app, func(tx *Tx) error {
		if _, err := access.Still(tx.App, p, access.CustomersErase); err != nil {
			return err
		}
		e, err := customers.Erasing(tx.App, customer)
		if err != nil {
			return err
		}
		for _, contact := range e.Contacts {
			c, err := tx.unclosed(contact)
			if err != nil {
				return err
			}
			if c == nil {
				continue
			}
			if _, err = tx.end(c, &Message{From: Staff(p)}); err != nil {
				return err
			}
			tx.Save(c)
		}
		return nil
	})
}

// erase does it in one commit that last may still call off.
func erase(app core.App, p *access.Person, customer string, last func(*Tx, *Receipt) error) (r *Receipt, gone []string, err error) {
	err = Write(app, func(tx *Tx) (wrong error) {
		if r, gone, wrong = tx.erase(p, customer); wrong != nil {
			return wrong
		}
		return last(tx, r)
	})
	return r, gone, err
}

func (tx *Tx) erase(p *access.Person, customer string) (r *Receipt, gone []string, err error) {
	if _, err = access.Still(tx.App, p, access.CustomersErase); err != nil {
		return nil, nil, err
	}
	e, err := customers.Erasing(tx.App, customer)
	if err != nil {
		return nil, nil, err
	}
	r = &Receipt{Customer: customer, Rows: e.Erased, At: tx.Now}
	if e.Conversations, r.Open, err = tx.of(e.Contacts); err != nil {
		return nil, nil, err
	}
	if gone, r.Bytes, err = files.OfContacts(tx.App, e.Contacts); err != nil {
		return nil, nil, err
	}
	return r, gone, tx.wipe(e, gone)
}

// wipe erases e's conversations: their files, what was said in them, and what others
// keep of them.
func (tx *Tx) wipe(e *customers.EraseEvent, gone []string) error {
	for _, rows := range []struct {
		what, table, column string
		ids                 []string
	}{
		{"files", files.Collection, "id", gone},
		{"messages", "messages", "conversation", e.Conversations},
		{"mentions", collectionMentions, "conversation", e.Conversations},
		{"conversations", "conversations", "id", e.Conversations},
	} {
		if err := e.Delete(rows.what, rows.table, rows.column, rows.ids); err != nil {
			return err
		}
	}
	tx.kept.forget()
	return customers.OnErase(e.App).Trigger(e)
}

// of are the conversations of contacts, and which of them are not closed.
func (tx *Tx) of(contacts []string) (ids, open []string, err error) {
	for _, contact := range contacts {
		c, wrong := tx.unclosed(contact)
		if wrong != nil {
			return nil, nil, wrong
		}
		if c != nil {
			open = append(open, c.ID)
		}
		var some []string
		if err = tx.query("SELECT id FROM conversations WHERE contact = {:contact}", dbx.Params{"contact": contact}).Column(&some); err != nil {
			return nil, nil, err
		}
		ids = append(ids, some...)
	}
	return ids, open, nil
}

// How far it is with taking off the disk what was erased. The index holds it until
// its parts are merged, and the log beside the database until it is begun anew.
const (
	purged = iota
	toMerge
	merging
	toCheckpoint
)

// owing is set beside it while old conversations are forgotten, some at a time: their
// words leave the index once, after the last of them, because each beginning costs a
// look at all of it. What somebody was promised to be erased does not wait for that.
const owing = 8

const (
	purgeStep = 200 // pages of the index
	purgeTime = 200 * time.Millisecond
)

// Purge goes on for a moment to take off the disk what was erased; it has nothing to
// do where nothing was.
func Purge(app core.App) error {
	for began := time.Now(); time.Since(began) < purgeTime; {
		var stage int
		if err := app.ConcurrentDB().NewQuery("SELECT purge % 8 FROM words_from WHERE id = 1").Row(&stage); err != nil || stage == purged {
			return err
		}
		if stage == toCheckpoint {
			if busy, err := checkpoint(app); err != nil || busy {
				return err // the next round finds fewer readers
			}
		}
		err := Write(app, func(tx *Tx) error { return tx.purge(stage) })
		if f, ok := errors.AsType[*fail.Error](err); ok && f.Kind.Retry() {
			return nil // who writes goes first
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// purge does a step, and notes where it goes on. Who has erased something since the
// stage was read has begun anew.
func (tx *Tx) purge(stage int) error {
	var now int
	if err := tx.query("SELECT purge % 8 FROM words_from WHERE id = 1", nil).Row(&now); err != nil || now != stage {
		return err
	}
	next := purged
	if stage != toCheckpoint {
		more, err := tx.mergeAll(stage == toMerge)
		if err != nil {
			return err
		}
		next = toCheckpoint
		if more {
			next = merging
		}
	}
	return tx.purgeFrom(next)
}

// purgeFrom notes how far it is with that.
func (tx *Tx) purgeFrom(stage int) error {
	return tx.exec("UPDATE words_from SET purge = purge - purge % 8 + {:stage} WHERE id = 1", dbx.Params{"stage": stage})
}

// owe notes that more is to leave the index, later.
func (tx *Tx) owe() error {
	return tx.exec("UPDATE words_from SET purge = purge % 8 + {:owing} WHERE id = 1", dbx.Params{"owing": owing})
}

// pay begins with what is owed.
func (tx *Tx) pay() error {
	return tx.exec("UPDATE words_from SET purge = {:stage} WHERE id = 1", dbx.Params{"stage": toMerge})
}

// mergeAll merges some pages of the index, at first beginning to make one part of all,
// and tells whether there are more.
func (tx *Tx) mergeAll(first bool) (more bool, err error) {
	steps := purgeStep
	if first {
		steps = -purgeStep
		if err = tx.exec("INSERT INTO record_words (record_words) VALUES ('optimize')", nil); err != nil {
			return false, err
		}
	}
	more, err = tx.merge(steps)
	return first || more, err
}

// checkpoint has the log begun anew, and tells whether somebody still reads from it.
func checkpoint(app core.App) (bool, error) {
	ours, busy, err := replica.Cut(context.Background(), app)
	if ours || err != nil {
		return busy, err
	}
	var pages, moved int
	err = app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Row(&busy, &pages, &moved)
	return busy, err
}
