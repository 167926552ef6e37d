package bare

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// pragmas are the program's own. They are repeated because ops, whose they are,
// stands above what is tested here; desktest's test holds them together.
const pragmas = "?_pragma=busy_timeout(2000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)" +
	"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=wal_autocheckpoint(4000)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-2000)&_pragma=secure_delete(ON)&_txlock=immediate"

// statements are the distinct ones that ran on one desk. They are caught below
// database/sql, so that it makes no difference who ran them: records, dbx, or a
// prepared statement of the timeline's writer.
type statements struct {
	raw  sync.Map // those that ran, as they were written
	mu   sync.Mutex
	args map[string][]driver.NamedValue // by normalised text; those of its first run
}

func (s *statements) connect(path string) (*dbx.DB, error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = db.Close() }() // it has opened nothing: only the driver is wanted
	return dbx.NewFromDB(sql.OpenDB(connector{db.Driver(), path + pragmas, s}), "sqlite"), nil
}

var (
	spaces    = regexp.MustCompile(`\s+`)
	bounds    = regexp.MustCompile(`(?i)\b(LIMIT|OFFSET) \d+`)
	readsRows = regexp.MustCompile(`(?i)^(SELECT|WITH|UPDATE|DELETE|INSERT|REPLACE)\b`)
)

// normalise makes one text of those that differ only in what cannot change
// their plan.
func normalise(query string) string {
	return strings.TrimSpace(bounds.ReplaceAllString(spaces.ReplaceAllString(query, " "), "$1 1"))
}

func (s *statements) ran(query string, args []driver.NamedValue) {
	if _, again := s.raw.LoadOrStore(query, true); again {
		return
	}
	if !readsRows.MatchString(strings.TrimSpace(query)) {
		return
	}
	text := normalise(query)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.args == nil {
		s.args = map[string][]driver.NamedValue{}
	}
	if _, known := s.args[text]; !known {
		s.args[text] = slices.Clone(args)
	}
}

type connector struct {
	sqlite driver.Driver
	dsn    string
	seen   *statements
}

func (c connector) Driver() driver.Driver { return c.sqlite }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.sqlite.Open(c.dsn)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql compares the driver's own errors
	}
	return &conn{sqliteConn: opened.(sqliteConn), seen: c.seen}, nil
}

// sqliteConn is what database/sql asks of SQLite's connection beyond the least.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	sqliteConn
	seen   *statements
	writer queries.Writer // as the program's own connections have one
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := c.sqliteConn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.writer.Begin(tx), nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.seen.ran(query, args)
	defer c.writer.Wrote(queries.Written(query))
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.seen.ran(query, args)
	rows, err := c.sqliteConn.QueryContext(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return c.writer.Rows(rows, queries.Written(query)), nil
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	prepared, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &stmt{sqliteStmt: prepared.(sqliteStmt), query: query, by: c}, nil
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	sqliteStmt
	query string
	by    *conn
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.by.seen.ran(s.query, args)
	defer s.by.writer.Wrote(queries.Written(s.query))
	return s.sqliteStmt.ExecContext(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.by.seen.ran(s.query, args)
	rows, err := s.sqliteStmt.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	return s.by.writer.Rows(rows, queries.Written(s.query)), nil
}
