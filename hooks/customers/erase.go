package customers

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// EraseEvent asks everybody who keeps something of a customer to erase it for good,
// inside of the transaction whose app it carries.
type EraseEvent struct {
	hook.Event
	App           core.App
	Customer      string         // "" where only old conversations are
	Contacts      []string       // theirs
	Conversations []string       // with them
	Erased        map[string]int // rows, by what they were
}

// OnErase is triggered when a customer is erased for good.
func OnErase(app core.App) *hook.Hook[*EraseEvent] {
	erases, ok := app.Store().Get(erasesKey).(*hook.Hook[*EraseEvent])
	if !ok {
		panic("customers.Register was not called for this app")
	}
	return erases
}

// Erasing begins to erase a customer: it says whose rows these are. What was merged
// lately is undone or settled first: of which of the two is it? Errors: not_found,
// conflict.
func Erasing(app core.App, customer string) (*EraseEvent, error) {
	c, err := ByID(app, customer)
	if err != nil {
		return nil, err
	}
	held, err := inMerge(app, c.Id)
	if err != nil {
		return nil, err
	}
	if held || c.Merged() != "" {
		return nil, fail.New(fail.Conflict, "customers.erase_merged")
	}
	contacts, err := ContactsOf(app, c.Id)
	if err != nil {
		return nil, err
	}
	e := &EraseEvent{App: app, Customer: c.Id, Erased: map[string]int{}}
	for _, contact := range contacts {
		e.Contacts = append(e.Contacts, contact.Id)
	}
	return e, nil
}

// Delete erases the rows of a table in whose column is one of some ids, and counts
// them as what. Table and column are constants of the caller's.
func (e *EraseEvent) Delete(what, table, column string, ids []string) error {
	for some := range slices.Chunk(ids, 200) {
		list := make([]any, len(some))
		for i, id := range some {
			list[i] = id
		}
		done, err := e.App.NonconcurrentDB().Delete(table, dbx.In(column, list...)).Execute()
		if err != nil {
			return fmt.Errorf("erase %s: %w", what, err)
		}
		n, err := done.RowsAffected()
		if err != nil {
			return fmt.Errorf("count %s: %w", what, err)
		}
		if n > 0 {
			e.Erased[what] += int(n)
		}
	}
	return nil
}

// erase is this package's part: the customer, whoever was merged into them long
// ago, their contacts, and what is known of them.
func erase(e *EraseEvent) error {
	var self []string
	if e.Customer != "" { // else conversations alone go
		self = []string{e.Customer}
	}
	for _, rows := range []struct {
		what, table, column string
		ids                 []string
	}{
		{"notes", Notes, "customer", self},
		{"pages", "contact_pages", "contact", e.Contacts},
		{"sessions", "visitor_sessions", "contact", e.Contacts},
		{"merges", Merges, "kept", self},
		{"merges", Merges, "gone", self}, // undone, and not forgotten yet
		{"contacts", Contacts, "id", e.Contacts},
		{"customers", Customers, "merged", self},
		{"customers", Customers, "id", self},
	} {
		if err := e.Delete(rows.what, rows.table, rows.column, rows.ids); err != nil {
			return err
		}
	}
	if e.Customer != "" {
		if err := forgetSamples(e.App); err != nil {
			return err
		}
	}
	return e.Next()
}

// forgetSamples forgets what the database has noted of values that are indexed, an
// identity among them, where somebody has had it look (ANALYZE). It chooses among
// indexes by their sizes then.
func forgetSamples(app core.App) error {
	var noted bool
	err := app.NonconcurrentDB().NewQuery("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4')").Row(&noted)
	if err == nil && noted {
		_, err = app.NonconcurrentDB().NewQuery("DELETE FROM sqlite_stat4 WHERE tbl IN ('customers', 'contacts', 'messages', 'files')").Execute()
	}
	if err != nil {
		return fmt.Errorf("erase samples of indexes: %w", err)
	}
	return nil
}
