package queries_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// A statement says with names what dbx's says, in a transaction and beside it.
func TestStatementsAreWrittenAsForDbx(t *testing.T) {
	t.Parallel()
	app := desktest.Bare(t)
	err := app.RunInTransaction(func(tx core.App) error {
		p := queries.Prepare(tx.NonconcurrentDB())
		defer p.Close()
		if _, err := p.Query("CREATE TABLE said (n INTEGER, [[from]] TEXT)", nil).Execute(); err != nil {
			return err
		}
		for i, by := range []string{"a", "b", "a'b"} {
			done, err := p.Query("INSERT INTO said (n, [[from]]) VALUES ({:n}, {:by})", dbx.Params{"n": i, "by": by, "more": 1}).Execute()
			if err != nil {
				return err
			}
			if n, _ := done.RowsAffected(); n != 1 {
				t.Errorf("%d rows written", n)
			}
		}
		var names []string
		if err := p.Query("SELECT [[from]] FROM said WHERE n >= {:n} AND {:n} = {:n} AND [[from]] != {:b} ORDER BY n", dbx.Params{"n": 0, "b": "b"}).Column(&names); err != nil {
			return err
		}
		if got := strings.Join(names, " "); got != "a a'b" {
			t.Errorf("read %q", got)
		}
		var n int
		if err := p.Query("SELECT n FROM said WHERE [[from]] = {:by}", dbx.Params{"by": "nobody"}).Row(&n); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("nobody: %v", err)
		}
		if err := p.Query("SELECT n FROM said WHERE [[from]] = {:by}", dbx.Params{"name": "a"}).Row(&n); err == nil || !strings.Contains(err.Error(), "by of") {
			t.Errorf("without a value: %v", err)
		}
		if _, err := p.Query("SELECT nothing FROM said", nil).Rows(); err == nil { //nolint:rowserrcheck,sqlclosecheck // there are none
			t.Error("a wrong statement is asked")
		}
		return queries.Row(tx, "SELECT COUNT(*) FROM said WHERE n > ?", []any{0}, &n)
	})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err = queries.Row(app, "SELECT COUNT(*) FROM said WHERE n > ?", []any{0}, &n); err != nil || n != 2 {
		t.Errorf("beside it: %d, %v", n, err)
	}
}
