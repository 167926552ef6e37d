package queries

import (
	"database/sql"
	"fmt"
	"regexp"
	"sync"

	"github.com/pocketbase/dbx"
)

// Prepared are the statements of a transaction. They are written as for dbx, with
// {:name} for a value and [[name]] for a column (and nothing else of what it knows),
// and cost what running them does: dbx looks the text through twice for each of them.
type Prepared struct {
	on   runner
	made map[string]*sql.Stmt
}

// Prepare begins with none.
func Prepare(db dbx.Builder) *Prepared {
	return &Prepared{on: below(db), made: map[string]*sql.Stmt{}}
}

// Query is a statement, prepared on its first use, with what is put in.
func (p *Prepared) Query(statement string, params dbx.Params) Query {
	t := read(statement)
	stmt := p.made[statement]
	if stmt == nil {
		var err error
		if stmt, err = p.on.Prepare(t.plain); err != nil {
			return Query{err: fmt.Errorf("prepare %q: %w", statement, err)}
		}
		p.made[statement] = stmt
	}
	values := make([]any, len(t.names))
	for i, name := range t.names {
		value, there := params[name]
		if !there {
			return Query{err: fmt.Errorf("nothing is put in for %s of %q", name, statement)}
		}
		values[i] = value
	}
	return Query{stmt: stmt, values: values}
}

// Close lets go of all.
func (p *Prepared) Close() {
	for _, stmt := range p.made {
		_ = stmt.Close()
	}
}

// Query is one that is asked now.
type Query struct {
	stmt   *sql.Stmt
	values []any
	err    error
}

// Execute runs it.
func (q Query) Execute() (sql.Result, error) {
	if q.err != nil {
		return nil, q.err
	}
	return q.stmt.Exec(q.values...) //nolint:noctx // the transaction has its own
}

// Rows are the answer.
func (q Query) Rows() (*sql.Rows, error) {
	if q.err != nil {
		return nil, q.err
	}
	return q.stmt.Query(q.values...) //nolint:noctx // likewise
}

// Row reads the answer's first row into fields; [sql.ErrNoRows] where there is none.
func (q Query) Row(fields ...any) error {
	if q.err != nil {
		return q.err
	}
	return q.stmt.QueryRow(q.values...).Scan(fields...) //nolint:noctx // likewise
}

// Column reads the first field of each row.
func (q Query) Column(list *[]string) error {
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return err
		}
		*list = append(*list, one)
	}
	return rows.Err()
}

// runner is database/sql's transaction or database.
type runner interface {
	Prepare(query string) (*sql.Stmt, error)
	QueryRow(query string, values ...any) *sql.Row
}

// below is what runs the statements of db.
func below(db dbx.Builder) runner {
	switch own := db.(type) {
	case *dbx.Tx:
		db = own.Builder
	case *dbx.DB:
		db = own.Builder
	}
	return db.(interface{ Executor() dbx.Executor }).Executor().(runner) // each of dbx's has it
}

// text is a statement as SQLite reads it, and what the ?s in it stand for.
type text struct {
	plain string
	names []string
}

// texts are those that were looked through, by what they were written as. Those
// that are put together name the columns that a change may change: there are not
// many.
var texts sync.Map

var marks = regexp.MustCompile(`\{:(\w+)\}|\[\[(\w+)\]\]`)

func read(as string) text {
	if known, ok := texts.Load(as); ok {
		return known.(text)
	}
	var t text
	t.plain = marks.ReplaceAllStringFunc(as, func(mark string) string {
		name := mark[2 : len(mark)-1]
		if mark[0] == '[' {
			return "`" + name[:len(name)-1] + "`"
		}
		t.names = append(t.names, name)
		return "?"
	})
	texts.Store(as, t)
	return t
}
