package conversations

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

// Whatever SQLite has counted, at whatever hour, what is going on is not looked for in
// the whole table: PocketBase has it count each night, when there may be nothing.
func TestWhatIsGoingOnIsFoundWhateverWasCounted(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	exec := func(text string) {
		t.Helper()
		if _, err := app.NonconcurrentDB().NewQuery(text).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	exec("ANALYZE")
	for _, counted := range []string{"1 1 1 1 1", "300 100 20 1 1", "1500 500 50 1 1", "8000 8000 900 1 1", "150000 37500 900 1 1"} {
		rows, _, _ := strings.Cut(counted, " ")
		exec("DELETE FROM sqlite_stat1 WHERE tbl = 'conversations'")
		exec(fmt.Sprintf("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('conversations', 'idx_conversations_queue', '%s'), ('conversations', 'sqlite_autoindex_conversations_1', '%s 1'), "+
			"('conversations', 'idx_conversations_done', '%s %[2]s 1'), ('conversations', 'idx_conversations_done_rev', '%s %[2]s 1')", counted, rows, rows, rows))
		exec("ANALYZE sqlite_schema")
		for what, q := range map[string]*dbx.Query{
			"list":   newestOf(app, dbx.And(isGoingOn, saidBefore(1<<60)), 50),
			"done":   app.ConcurrentDB().Select("id").From("conversations").Where(dbx.And(isDone, saidBefore(1<<60))).OrderBy(newestFirst).Limit(50).Build(),
			"resume": app.ConcurrentDB().NewQuery(changedSince).Bind(dbx.Params{"rev": 7, "limit": 50}),
		} {
			var steps []struct {
				Detail string `db:"detail"`
			}
			if err := app.NonconcurrentDB().NewQuery("EXPLAIN QUERY PLAN " + q.SQL()).Bind(q.Params()).All(&steps); err != nil {
				t.Fatal(err)
			}
			for _, step := range steps {
				if strings.HasPrefix(step.Detail, "SCAN conversations") {
					t.Errorf("counted %s, the %s is read so: %v", counted, what, steps)
				}
			}
		}
	}
}
