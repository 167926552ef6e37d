package search

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// What records_changed and the index call them.
const (
	ofCustomer = "customer"
	ofNote     = "note"
)

// label tells customers and notes apart in their index.
func label(kind string) string { return terms.Label('k', kind) }

// So many records are indexed in one transaction, and for so long in one round:
// nobody who writes waits for long.
const (
	recordsStep = 50
	recordsTime = 400 * time.Millisecond
)

// changed is a record that the index does not know as it is now.
type changed struct {
	Kind   string `db:"kind"`
	Record string `db:"record"`
}

// IndexRecords indexes customers and notes that have changed, for a moment; it
// goes on where it has stopped until it knows all.
func IndexRecords(app core.App) error {
	for began := time.Now(); time.Since(began) < recordsTime; {
		some, err := changes(app, recordsStep)
		if err != nil || len(some) == 0 {
			return err
		}
		err = app.RunInTransaction(func(app core.App) error {
			for _, c := range some {
				if failed := c.index(app); failed != nil {
					return failed
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("index customers and notes: %w", err)
		}
	}
	return nil
}

func changes(app core.App, most int64) ([]changed, error) {
	var some []changed
	err := app.ConcurrentDB().NewQuery("SELECT kind, record FROM records_changed LIMIT {:most}").Bind(dbx.Params{"most": most}).All(&some)
	if err != nil {
		return nil, fmt.Errorf("what has changed: %w", err)
	}
	return some, nil
}

func (c changed) index(app core.App) error {
	text, err := c.text(app)
	if err != nil {
		return err
	}
	key := dbx.Params{"kind": c.Kind, "record": c.Record}
	write := func(statement string, params dbx.Params) error {
		_, failed := app.NonconcurrentDB().NewQuery(statement).Bind(params).Execute()
		return failed
	}
	if err = write("DELETE FROM records_changed WHERE kind = {:kind} AND record = {:record}", key); err != nil {
		return err
	}
	var n int64 // given when the record came
	err = app.NonconcurrentDB().NewQuery("SELECT n FROM record_numbers WHERE kind = {:kind} AND record = {:record}").Bind(key).Row(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	if err = write("DELETE FROM record_words WHERE rowid = {:n}", dbx.Params{"n": n}); err != nil {
		return err
	}
	words := terms.Words(text)
	if words == "" {
		return nil
	}
	return write("INSERT INTO record_words (rowid, words) VALUES ({:n}, {:words})", dbx.Params{"n": n, "words": words + " " + label(c.Kind)})
}

// text is what the record is found by, "" where it is not there to be found.
func (c changed) text(app core.App) (string, error) {
	if c.Kind == ofNote {
		n, err := customers.NoteByID(app, c.Record)
		if errors.Is(err, sql.ErrNoRows) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		return n.Text(), nil
	}
	customer, err := customers.ByID(app, c.Record)
	if errors.Is(err, sql.ErrNoRows) || err == nil && customer.Merged() != "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	list, err := customers.SearchedOf(app, customer)
	if err != nil {
		return "", err
	}
	values := make([]string, len(list))
	for i, s := range list {
		values[i] = s.Value
	}
	return strings.Join(values, "\n"), nil
}
