package ops_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// A connection keeps its statements, and nobody notices: not one that reads while
// its like runs, not one whose table has changed, not one that has failed before.
func TestKeptStatementsStayRight(t *testing.T) {
	t.Parallel()
	db, err := ops.Connect(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.DB().SetMaxOpenConns(1)
	exec := func(text string, args ...any) error {
		_, failed := db.DB().ExecContext(t.Context(), text, args...)
		return failed
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(exec("CREATE TABLE things (n INTEGER PRIMARY KEY, name TEXT)"))
	for n := range 3 {
		must(exec("INSERT INTO things (n, name) VALUES (?, ?)", n, "thing "+strconv.Itoa(n)))
	}
	if exec("INSERT INTO things (n, name) VALUES (?, ?)", 1, "again") == nil {
		t.Error("a number was given twice")
	}
	must(exec("INSERT INTO things (n, name) VALUES (?, ?)", 3, "after a failure"))

	conn, err := db.DB().Conn(t.Context())
	must(err)
	const all = "SELECT * FROM things ORDER BY n"
	outer, err := conn.QueryContext(t.Context(), all)
	must(err)
	seen := 0
	for outer.Next() {
		inner, failed := conn.QueryContext(t.Context(), all)
		must(failed)
		for inner.Next() {
			seen++
		}
		must(inner.Close())
	}
	must(outer.Err())
	must(outer.Close())
	must(conn.Close())
	if seen != 16 {
		t.Errorf("%d rows were seen inside of 4", seen)
	}

	must(exec("ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'blue'"))
	rows, err := db.DB().QueryContext(t.Context(), all)
	must(err)
	columns, err := rows.Columns()
	must(err)
	rows.Next()
	var n int
	var name, colour string
	if err := rows.Scan(&n, &name, &colour); len(columns) != 3 || err != nil || colour != "blue" {
		t.Errorf("after a change of the table: %v, %v, %q", columns, err, colour)
	}
	must(rows.Close())
	for i := range 400 { // more texts than are kept
		must(exec("UPDATE things SET name = 'x' WHERE n = " + strconv.Itoa(i)))
	}
	must(db.Close())
}

// What the program's own connections write is told to who keeps answers: when it can
// be read.
func TestWhatIsWrittenIsTold(t *testing.T) {
	t.Parallel()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir(), DBConnect: ops.Connect})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.ResetBootstrapState() }()
	a := queries.AnswersFrom[string, int]("told_of")
	is := func(want int) {
		t.Helper()
		n, err := a.Ask(app, "", func() (n int, err error) {
			err = queries.Row(app, "SELECT COUNT(*) FROM told_of", nil, &n)
			return n, err
		})
		if err != nil || n != want {
			t.Errorf("there are %d, %v; want %d", n, err, want)
		}
	}
	const add = "INSERT INTO told_of (n) VALUES (1)"
	if _, err := app.NonconcurrentDB().NewQuery("CREATE TABLE told_of (n INTEGER)").Execute(); err != nil {
		t.Fatal(err)
	}
	is(0)
	if _, err := app.NonconcurrentDB().NewQuery(add).Execute(); err != nil {
		t.Fatal(err)
	}
	is(1)
	err := app.RunInTransaction(func(tx core.App) error {
		for range 2 {
			if _, err := tx.NonconcurrentDB().NewQuery(add).Execute(); err != nil {
				return err
			}
			is(1)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	is(3)
}

// A transaction leaves its connection free, whatever comes of it: a commit that is
// refused, a lock that somebody else holds, a caller who gives up.
func TestTransactionsEndWhateverComesOfThem(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data.db")
	db, other := one(t, path), one(t, path)
	exec := func(on dbx.Builder, text string) error {
		_, err := on.NewQuery(text).Execute()
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	begun := func(on *dbx.DB) *dbx.Tx {
		t.Helper()
		tx, err := on.Begin()
		must(err)
		return tx
	}
	holds := func(want int) {
		t.Helper()
		var n int
		must(other.NewQuery("SELECT COUNT(*) FROM parts").Row(&n))
		if n != want {
			t.Errorf("%d rows, want %d", n, want)
		}
	}
	must(exec(db, "CREATE TABLE wholes (n INTEGER PRIMARY KEY)"))
	must(exec(db, "CREATE TABLE parts (n INTEGER PRIMARY KEY, whole INTEGER REFERENCES wholes (n) DEFERRABLE INITIALLY DEFERRED)"))
	for range 3 {
		tx := begun(db)
		must(exec(tx, "INSERT INTO parts (whole) VALUES (7)"))
		if tx.Commit() == nil {
			t.Fatal("a part of nothing was committed")
		}
		holds(0)
		tx = begun(db)
		must(exec(tx, "INSERT INTO parts (whole) VALUES (NULL)"))
		must(tx.Rollback())
		holds(0)
	}
	holder := begun(other)
	patience, giveUp := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer giveUp()
	if _, err := db.BeginTx(patience, nil); err == nil {
		t.Fatal("two write at once")
	}
	must(holder.Rollback())
	tx := begun(db)
	must(exec(tx, "INSERT INTO parts (whole) VALUES (NULL)"))
	must(tx.Commit())
	holds(1)
}

// one is a connection of the program's own kind.
func one(t *testing.T, path string) *dbx.DB {
	t.Helper()
	db, err := ops.Connect(path)
	if err != nil {
		t.Fatal(err)
	}
	db.DB().SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
