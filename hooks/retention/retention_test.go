package retention_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/retention"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// noon is when these tests look.
var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// put writes a conversation that was closed then, or is open, with one message,
// one note of the customer's that is bound to nobody, and a file.
func put(t *testing.T, app core.App, n int, id string, closed time.Time) {
	t.Helper()
	status, at := "closed", clock.Stored(closed)
	if closed.IsZero() {
		status, at = "open", ""
	}
	p := dbx.Params{"id": id, "file": id + "00000000000000000000000000000000"[:32-len(id)], "n": n, "status": status, "closed": at, "created": clock.Stored(noon.AddDate(-2, 0, 0))}
	for _, query := range []string{
		"INSERT INTO conversations (id, contact, status, closed, last_seq, rev) VALUES ({:id}, {:id}, {:status}, {:closed}, {:n}, {:n})",
		"INSERT INTO messages (id, seq, conversation, contact, kind, text, file) VALUES ({:id}, {:n}, {:id}, {:id}, 'file', 'words', {:file})",
		"INSERT INTO files (id, owner, message, purpose, size, created) VALUES ({:file}, {:id}, {:id}, 'message', 1024, {:created})",
		"INSERT INTO notes (id, customer, text) VALUES ({:id}, '', 'kept')",
	} {
		if _, err := app.NonconcurrentDB().NewQuery(query).Bind(p).Execute(); err != nil {
			t.Fatal(err)
		}
	}
}

func count(t *testing.T, app core.App, table string) (n int) {
	t.Helper()
	if err := app.DB().Select("COUNT(*)").From(table).Where(dbx.NewExp("id > ''")).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func forget(t *testing.T, app core.App, rules retention.Rules) {
	t.Helper()
	if err := settings.Save(app, "retention", rules); err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		var err error
		if more, err = retention.Round(app, noon); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingIsForgottenUnasked(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	put(t, app, 1, "old", noon.AddDate(-3, 0, 0))
	forget(t, app, retention.Rules{})
	if n := count(t, app, "conversations"); n != 1 {
		t.Errorf("%d conversations left", n)
	}
}

// What was closed long ago goes with its messages and files, and what it tells
// beforehand is what it does. What is open stays however old it is.
func TestOldConversationsAreForgotten(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	for i, id := range []string{"old1", "old2"} {
		put(t, app, i+1, id, noon.AddDate(0, -13, 0))
	}
	put(t, app, 3, "young", noon.AddDate(0, -11, 0))
	put(t, app, 4, "open", time.Time{})
	old, err := conversations.OldBefore(app, noon.AddDate(0, -12, 0))
	if err != nil || old.Room == 0 {
		t.Errorf("they take %d bytes in the database, %v", old.Room, err)
	}
	old.Room = 0
	if want := (conversations.Old{Conversations: 2, Messages: 2, Files: 2, Bytes: 2048}); old != want {
		t.Errorf("told %+v", old)
	}
	forget(t, app, retention.Rules{Conversations: 12})
	for _, table := range []string{"conversations", "messages", "files"} {
		if n := count(t, app, table); n != 2 {
			t.Errorf("%d of %s left", n, table)
		}
	}
	if n := count(t, app, "notes"); n != 4 {
		t.Errorf("%d notes left: they are the customers', not the conversations'", n)
	}
	if span, err := conversations.Extent(app); err != nil || span.Floor != 2 {
		t.Errorf("cursors count from %d, %v", span.Floor, err)
	}
}

// Of many conversations some stand for all, and about as many messages are told as
// there are.
func TestManyOldConversationsAreReckoned(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	const counted = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {:most}) "
	for query, most := range map[string]int{
		counted + "INSERT INTO conversations (id, contact, status, closed, last_seq, rev) SELECT 'c' || i, 'p' || i, 'closed', {:closed}, i, i FROM n": 9000,
		counted + "INSERT INTO messages (id, seq, conversation, contact, kind) SELECT 'm' || i, 0 + i, 'c' || ((i + 2) / 3), 'p', 'text' FROM n":       27000,
	} {
		if _, err := app.NonconcurrentDB().NewQuery(query).Bind(dbx.Params{"most": most, "closed": clock.Stored(noon.AddDate(-1, 0, 0))}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	old, err := conversations.OldBefore(app, noon)
	if err != nil || old.Conversations != 9000 || old.Messages < 26000 || old.Messages > 28000 {
		t.Errorf("told %+v, %v", old, err)
	}
}

// What is forgotten some at a time leaves the index once, after the last of it; what
// somebody was promised to be erased does not wait for that.
func TestTheIndexIsMergedOnceAfterABacklog(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	for i := range 45 {
		put(t, app, i+1, fmt.Sprintf("x%02dx", i), noon.AddDate(-1, 0, -i))
	}
	stage := func() (n int) {
		t.Helper()
		if err := app.DB().NewQuery("SELECT purge FROM words_from").Row(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := settings.Save(app, "retention", retention.Rules{Conversations: 3}); err != nil {
		t.Fatal(err)
	}
	const owed, begun = 8, 1
	for round, want := range []int{owed, owed, owed, begun} {
		if more, err := retention.Round(app, noon); err != nil || more != (want == owed) || stage() != want {
			t.Errorf("round %d: more %t, %v; the index is at %d, want %d", round, more, err, stage(), want)
		}
	}
	for range 5 {
		if err := conversations.Purge(app); err != nil {
			t.Fatal(err)
		}
	}
	if n := stage(); n != 0 {
		t.Errorf("it stays at %d", n)
	}
	if _, err := app.NonconcurrentDB().NewQuery("UPDATE words_from SET purge = 9").Execute(); err != nil { // an erasure amid a backlog
		t.Fatal(err)
	}
	if err := conversations.Purge(app); err != nil || stage() != owed {
		t.Errorf("the erasure waits: %d, %v", stage(), err)
	}
}

func TestOldFilesGoAndTheirMessagesStay(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	put(t, app, 1, "young", noon.AddDate(0, -1, 0))
	forget(t, app, retention.Rules{Files: 12})
	if f, m := count(t, app, "files"), count(t, app, "messages"); f != 0 || m != 1 {
		t.Errorf("%d files, %d messages left", f, m)
	}
}

// With whom somebody still speaks keeps their pictures and their place, however old:
// neither counts as what a rule would remove. A conversation in which nothing was said
// since, and that nobody has closed, is none of those.
func TestWhoIsSpokenWithLosesNothing(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	put(t, app, 1, "openx", time.Time{})
	put(t, app, 2, "closed", noon.AddDate(0, -1, 0))
	put(t, app, 3, "forgotten", time.Time{})
	for id, said := range map[string]time.Time{"openx": noon.AddDate(0, 0, -1), "forgotten": noon.AddDate(-2, 0, 0)} {
		if _, err := app.NonconcurrentDB().NewQuery("UPDATE conversations SET last = json_object('time', {:said}) WHERE id = {:id}").Bind(dbx.Params{"id": id, "said": clock.Wire(said)}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"openx", "closed", "forgotten"} {
		for _, query := range []string{
			"INSERT INTO contacts (id, channel) VALUES ({:id}, 'one')",
			"INSERT INTO visitor_sessions (id, contact, hash, seen) VALUES ({:id}, {:id}, {:id}, {:seen})",
		} {
			if _, err := app.NonconcurrentDB().NewQuery(query).Bind(dbx.Params{"id": id, "seen": clock.Stored(noon.AddDate(0, 0, -40))}).Execute(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n, bytes, err := conversations.OldFiles(app, noon.AddDate(-1, 0, 0)); n != 2 || bytes != 2048 || err != nil {
		t.Errorf("%d files of %d bytes are old, %v", n, bytes, err)
	}
	if n, err := conversations.IdleSessions(app, noon.AddDate(0, 0, -30)); n != 2 || err != nil {
		t.Errorf("%d sessions are idle, %v", n, err)
	}
	forget(t, app, retention.Rules{Files: 12, Sessions: 30})
	for _, table := range []string{"files", "visitor_sessions"} {
		var left []string
		if err := app.DB().Select("id").From(table).Column(&left); err != nil || len(left) != 1 || left[0][:4] != "open" {
			t.Errorf("of %s there are left %v, %v", table, left, err)
		}
	}
}

// Unused a session ends after a year: a longer rule would have no effect.
func TestNoRuleForSessionsIsLongerThanTheirLife(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := settings.Save(app, "retention", retention.Rules{Sessions: 366}); err == nil {
		t.Error("it was taken")
	}
	if err := settings.Save(app, "retention", retention.Rules{Sessions: 365}); err != nil {
		t.Error(err)
	}
}
