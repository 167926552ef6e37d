package queries

import (
	"database/sql/driver"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pocketbase/pocketbase/core"
)

// Table counts what this process has written to a table.
type Table struct{ changes atomic.Int64 }

var (
	tablesMu sync.Mutex
	tables   = map[string]*Table{}
)

func tableOf(name string) *Table {
	tablesMu.Lock()
	defer tablesMu.Unlock()
	t := tables[name]
	if t == nil {
		t = &Table{}
		tables[name] = t
	}
	return t
}

var writes = regexp.MustCompile("(?i)\\b(?:INTO|UPDATE(?:\\s+OR\\s+\\w+)?|DELETE\\s+FROM)\\s+[`\"\\[{]*(\\w+)")

// wrote counts the statements of this process that write.
var wrote atomic.Int64

// Writes is how many statements that write have run in this process, on whatever
// connection.
func Writes() int64 { return wrote.Load() }

// Written is the table that a statement writes to; nil for one that only reads. It is
// for texts of one statement, as the program writes them: no triggers are looked into.
func Written(statement string) *Table {
	if found := writes.FindStringSubmatch(statement); found != nil {
		return tableOf(found[1])
	}
	return nil
}

// Writer is a connection to the database, as far as it writes: whoever opens one
// has it told. What is written is counted when it can be read.
type Writer struct {
	within  bool // a transaction
	written []*Table
}

// Wrote notes that a statement has run that writes to a table, nil for none.
func (w *Writer) Wrote(t *Table) {
	if t == nil {
		return
	}
	wrote.Add(1)
	switch {
	case !w.within:
		t.changes.Add(1)
	case !slices.Contains(w.written, t):
		w.written = append(w.written, t)
	}
}

// Begin notes that a transaction has begun, and returns one to be used in its place.
func (w *Writer) Begin(tx driver.Tx) driver.Tx {
	w.within = true
	return ended{tx, w}
}

// Rows are those that a statement returns that writes to a table, nil for none: beside
// a transaction it is done when they are closed.
func (w *Writer) Rows(rows driver.Rows, t *Table) driver.Rows {
	if t == nil || w.within {
		w.Wrote(t)
		return rows
	}
	return returned{rows, w, t}
}

type returned struct {
	driver.Rows
	by *Writer
	t  *Table
}

func (r returned) Close() error {
	defer r.by.Wrote(r.t)
	return r.Rows.Close() //nolint:wrapcheck // database/sql compares the driver's own errors
}

type ended struct {
	driver.Tx
	by *Writer
}

func (e ended) Commit() error {
	defer e.by.end()
	return e.Tx.Commit() //nolint:wrapcheck // database/sql compares the driver's own errors
}

func (e ended) Rollback() error {
	defer e.by.end()
	return e.Tx.Rollback() //nolint:wrapcheck // likewise
}

func (w *Writer) end() {
	w.within = false
	for _, t := range w.written {
		t.changes.Add(1)
	}
	clear(w.written)
	w.written = w.written[:0]
}

// answersMost bounds how many are kept.
const answersMost = 2000

// Answers are those to a question that is asked with each message, by what it is
// asked of. They are kept until this process writes to a table that they were read
// from. What another process writes is not seen: they are for tables that no command
// changes beside a running desk.
type Answers[K comparable, V any] struct {
	from []*Table

	mu   sync.Mutex
	as   int64 // how often the tables had changed when these were read
	kept map[K]V
}

// AnswersFrom begins with none.
func AnswersFrom[K comparable, V any](tables ...string) *Answers[K, V] {
	a := &Answers[K, V]{kept: map[K]V{}}
	for _, name := range tables {
		a.from = append(a.from, tableOf(name))
	}
	return a
}

// Ask is what read returns, or has returned. What a transaction reads may be its own,
// and may be undone.
func (a *Answers[K, V]) Ask(app core.App, of K, read func() (V, error)) (V, error) {
	if app.IsTransactional() {
		return read()
	}
	now := int64(0)
	for _, t := range a.from {
		now += t.changes.Load()
	}
	if v, known := a.known(of, now); known {
		return v, nil
	}
	v, err := read()
	if err == nil {
		a.keep(of, v, now)
	}
	return v, err
}

func (a *Answers[K, V]) known(of K, now int64) (v V, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now > a.as { // what is known of somebody does not stay behind
		clear(a.kept)
		a.as = now
	}
	if now == a.as {
		v, known = a.kept[of]
	}
	return v, known
}

// keep keeps what was read when the tables had changed so often: who wrote
// meanwhile has not been counted then.
func (a *Answers[K, V]) keep(of K, v V, read int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if read != a.as {
		return
	}
	if len(a.kept) >= answersMost {
		clear(a.kept)
	}
	a.kept[of] = v
}
