package ops

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// keptMost is how many compiled statements a connection keeps. The hot ones are
// some dozens; where there are more, because texts are put together at run time,
// it begins anew.
const keptMost = 150

// kept are the statements whose compiled form is worth keeping.
var kept = regexp.MustCompile(`(?i)^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|REPLACE|SAVEPOINT|RELEASE|BEGIN|COMMIT|ROLLBACK)\b`)

// keeping opens a database whose connections keep the statements that they have
// compiled. SQLite compiles a statement each time that it is given its text, and
// PocketBase, dbx and a transaction give it anew each time: that took more of
// the processor than running them. SQLite itself compiles again what a changed
// schema has made wrong.
func keeping(path string) (*dbx.DB, error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = db.Close() }() // it has opened nothing: only the driver is wanted
	return dbx.NewFromDB(sql.OpenDB(connector{db.Driver(), path}), "sqlite"), nil
}

type connector struct {
	sqlite driver.Driver
	path   string
}

func (c connector) Driver() driver.Driver { return c.sqlite }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.sqlite.Open(c.path)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql compares the driver's own errors
	}
	return &connection{connecting: opened.(connecting), kept: map[string]compiled{}}, nil
}

// connecting is what of SQLite's connection database/sql is shown. Without its
// direct calls everything goes by [connection.PrepareContext].
type connecting interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// statement is what of SQLite's statement database/sql is shown.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// compiled is a statement, and which table it writes to.
type compiled struct {
	statement
	writes *queries.Table
}

// connection is used by one goroutine at a time, as database/sql promises.
type connection struct {
	connecting
	kept   map[string]compiled // by text; those that nobody uses at the moment
	writer queries.Writer
}

// BeginTx begins and ends with statements that are kept, too, and tells who keeps
// answers when what is written can be read. Who means to write waits for the lock here,
// not in the middle.
func (c *connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	text := "BEGIN IMMEDIATE"
	if o.ReadOnly {
		text = "BEGIN"
	}
	if err := c.run(ctx, text); err != nil {
		_ = c.run(context.WithoutCancel(ctx), "ROLLBACK") // who gave up may have done so just when it began
		return nil, err
	}
	return c.writer.Begin(transaction{c}), nil
}

// run runs a statement that has no values and no rows.
func (c *connection) run(ctx context.Context, text string) error {
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return err //nolint:wrapcheck // database/sql compares the driver's own errors
	}
	defer s.Close() //nolint:errcheck // it comes back
	_, err = s.(*lent).compiled.ExecContext(ctx, nil)
	return err //nolint:wrapcheck // likewise
}

type transaction struct{ on *connection }

// Commit leaves no transaction open, whatever comes of it.
func (t transaction) Commit() error {
	err := t.on.run(context.Background(), "COMMIT")
	if err != nil {
		_ = t.Rollback() // SQLite may have done so
	}
	return err
}

func (t transaction) Rollback() error { return t.on.run(context.Background(), "ROLLBACK") }

// PrepareContext hands out the statement that is kept, or a new one.
func (c *connection) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := c.kept[text]; ok {
		delete(c.kept, text)
		return &lent{s, c, text}, nil
	}
	made, err := c.connecting.PrepareContext(ctx, text)
	if err != nil || !kept.MatchString(text) {
		return made, err //nolint:wrapcheck // likewise
	}
	return &lent{compiled{made.(statement), queries.Written(text)}, c, text}, nil
}

// Prepare is [connection.PrepareContext] for who has no context.
func (c *connection) Prepare(text string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// Close gives back what is kept, without which SQLite does not close.
func (c *connection) Close() error {
	c.forget()
	return c.connecting.Close()
}

func (c *connection) forget() {
	for text, s := range c.kept {
		_ = s.Close() // it has run, or was never run
		delete(c.kept, text)
	}
}

// lent is a statement that comes back when it is closed: reset by then, as the
// driver leaves it behind.
type lent struct {
	compiled
	by   *connection
	text string
}

// Close keeps the statement for who asks for it next.
func (l *lent) Close() error {
	if _, another := l.by.kept[l.text]; another { // one ran while its like was being read
		return l.compiled.Close()
	}
	if len(l.by.kept) >= keptMost {
		l.by.forget()
	}
	l.by.kept[l.text] = l.compiled
	return nil
}

// ExecContext runs it, and has it noted where that takes long.
func (l *lent) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	defer queries.Took(l.text, time.Now())
	defer l.by.writer.Wrote(l.writes)
	return l.compiled.ExecContext(ctx, args)
}

// QueryContext is likewise; it returns with the first row.
func (l *lent) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	defer queries.Took(l.text, time.Now())
	rows, err := l.compiled.QueryContext(ctx, args)
	if err != nil {
		l.by.writer.Wrote(l.writes)
		return nil, err //nolint:wrapcheck // database/sql compares the driver's own errors
	}
	return l.by.writer.Rows(rows, l.writes), nil
}
