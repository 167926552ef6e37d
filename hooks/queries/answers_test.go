package queries_test

import (
	"errors"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// An answer is kept as long as nobody writes to what it was read from, in whatever
// way; what a transaction has written counts from its commit on.
func TestAnswersAreAsTheTables(t *testing.T) {
	t.Parallel()
	app := desktest.Bare(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	exec := func(app core.App, text string) {
		t.Helper()
		_, err := app.NonconcurrentDB().NewQuery(text).Execute()
		must(err)
	}
	exec(app, "CREATE TABLE answers_of (n INTEGER PRIMARY KEY, name TEXT)")
	exec(app, "CREATE TABLE answers_else (n INTEGER PRIMARY KEY)")
	a := queries.AnswersFrom[int, string]("answers_of")
	asked := 0
	answer := func(app core.App, n int) (name string) {
		t.Helper()
		name, err := a.Ask(app, n, func() (name string, err error) {
			asked++
			err = queries.Row(app, "SELECT COALESCE((SELECT name FROM answers_of WHERE n = ?), '')", []any{n}, &name)
			return name, err
		})
		must(err)
		return name
	}
	is := func(n int, want string, questions int) {
		t.Helper()
		asked = 0
		if got := answer(app, n); got != want || asked != questions {
			t.Errorf("%d is %q with %d questions, want %q with %d", n, got, asked, want, questions)
		}
	}
	is(1, "", 1)
	is(1, "", 0)
	is(2, "", 1)
	exec(app, "INSERT INTO answers_else (n) VALUES (1)")
	is(2, "", 0)
	exec(app, "INSERT OR REPLACE INTO `answers_of` (n, name) VALUES (1, 'a')")
	is(1, "a", 1)
	exec(app, "WITH x AS (SELECT 1 AS n) UPDATE answers_of SET name = 'b' WHERE n IN (SELECT n FROM x)")
	is(1, "b", 1)
	var name string
	must(app.NonconcurrentDB().NewQuery("UPDATE OR IGNORE answers_of SET name = 'c' RETURNING name").Row(&name))
	is(1, "c", 1)
	undone := errors.New("undone")
	err := app.RunInTransaction(func(tx core.App) error {
		exec(tx, "DELETE FROM answers_of")
		if got := answer(tx, 1); got != "" {
			t.Errorf("within it is %q", got)
		}
		is(1, "c", 0)
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	is(1, "c", 1) // it may have been done
	must(app.RunInTransaction(func(tx core.App) error {
		exec(tx, "DELETE FROM answers_of")
		return nil
	}))
	is(1, "", 1)
	_, err = a.Ask(app, 9, func() (string, error) { return "", undone })
	if !errors.Is(err, undone) {
		t.Errorf("a failed question: %v", err)
	}
	asked = 0
	is(9, "", 1)
}
