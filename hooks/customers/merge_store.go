package customers

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// MergesOf lists the merges of a customer that can be undone now, the last one
// first.
func MergesOf(app core.App, customer string) ([]*Merge, error) {
	return merges(app, dbx.And(dbx.HashExp{"kept": customer}, live(app)))
}

// Now returns the customer whom id means by now: whom they turned out to be, where
// they were merged.
func Now(app core.App, id string) (*Customer, error) {
	for range 10 { // merges of merges
		c, err := ByID(app, id)
		if err != nil || c.Merged() == "" {
			return c, err
		}
		id = c.Merged()
	}
	return nil, errors.New("customers are merged in a circle")
}

// joined is [Now] for who comes by a customer's identity with a contact, which
// every undoing on the way takes back with the others.
func joined(app core.App, c *Customer, contact string) (*Customer, error) {
	for range 10 {
		if c.Merged() == "" {
			return c, nil
		}
		list, err := merges(app, dbx.And(dbx.HashExp{"gone": c.Id}, live(app)))
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			if err = m.follow(contact); err != nil {
				return nil, err
			}
			if err = app.Save(m); err != nil {
				return nil, err
			}
		}
		if c, err = ByID(app, c.Merged()); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("customers are merged in a circle")
}

func mergeByID(app core.App, id string) (*Merge, error) {
	m := &Merge{}
	if err := app.RecordQuery(Merges).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(m); err != nil {
		return nil, fmt.Errorf("merge %q: %w", id, err)
	}
	return m, nil
}

// inMerge reports whether a customer takes part in a merge that can be undone.
func inMerge(app core.App, customer string) (bool, error) {
	list, err := merges(app, dbx.And(dbx.Or(dbx.HashExp{"kept": customer}, dbx.HashExp{"gone": customer}), live(app)))
	return len(list) > 0, err
}

// after lists the merges that stand and were made after m, of one of its two.
func after(app core.App, m *Merge) ([]*Merge, error) {
	of := []any{m.Kept(), m.Gone()}
	return merges(app, dbx.And(dbx.NewExp("undone = '' AND rowid > (SELECT rowid FROM customer_merges WHERE id = {:id})", dbx.Params{"id": m.Id}),
		dbx.Or(dbx.In("kept", of...), dbx.In("gone", of...))))
}

// live are the merges that can be undone.
func live(app core.App) dbx.Expression {
	return dbx.NewExp("undone = '' AND at > {:since}", dbx.Params{"since": moment(clock.Now(app).Add(-Undo))})
}

// over are those that cannot, any more.
func over(now time.Time) dbx.Expression {
	return dbx.NewExp("at <= {:until}", dbx.Params{"until": moment(now.Add(-Undo))})
}

func merges(app core.App, where dbx.Expression) ([]*Merge, error) {
	var list []*Merge
	if err := app.RecordQuery(Merges).AndWhere(where).OrderBy("at DESC", "id").All(&list); err != nil {
		return nil, fmt.Errorf("merges: %w", err)
	}
	return list, nil
}
