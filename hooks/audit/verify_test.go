package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

func verify(t testing.TB, app core.App) audit.Report {
	t.Helper()
	report, err := audit.Verify(t.Context(), app, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func wrongs(list []audit.Fault) string {
	said := make([]string, 0, len(list))
	for _, f := range list {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s %d-%d %s", f.Wrong, f.From, f.To, f.Note)))
	}
	return strings.Join(said, ", ")
}

// tamper does with the database what only somebody can who has the file, and
// leaves the guards as they were.
func tamper(t testing.TB, app core.App, statements ...string) {
	t.Helper()
	var guards []string
	if err := app.DB().NewQuery("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_never_%'").Column(&guards); err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Concat([]string{"DROP TRIGGER audit_never_updated", "DROP TRIGGER audit_never_deleted"}, statements, guards) {
		if _, err := app.DB().NewQuery(s).Execute(); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// trail is a desk with entries 1 to 6, anchored at 6.
func trail(t testing.TB) core.App {
	t.Helper()
	app := desk(t)
	for i := range 6 {
		add(t, audit.By(app, ann), fmt.Sprintf("things.done_%d", i+1))
	}
	if err := audit.Anchor(app); err != nil {
		t.Fatal(err)
	}
	return app
}

func TestWholeTrailIsWhole(t *testing.T) {
	t.Parallel()
	if r := verify(t, desk(t)); !r.OK || r.Length != 0 || r.Head != "" {
		t.Errorf("an empty trail: %+v", r)
	}
	app := trail(t)
	r := verify(t, app)
	if !r.OK || r.Length != 6 || r.Head != entries(t, app)[5].MAC || len(r.Head) != 64 {
		t.Errorf("%+v", r)
	}
	for range 2500 { // more than a page
		add(t, app, "things.again")
	}
	if r = verify(t, app); !r.OK || r.Length != 2506 {
		t.Errorf("%+v", r)
	}
}

func TestTamperingShows(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		want string
		sql  []string
	}{
		"delete first":     {"missing 1-1", []string{"DELETE FROM audit WHERE seq = 1"}},
		"delete in middle": {"missing 3-4", []string{"DELETE FROM audit WHERE seq IN (3, 4)"}},
		"cut last":         {"cut_off 6-6, older 6-6", []string{"DELETE FROM audit WHERE seq = 6"}},
		"cut two":          {"cut_off 5-6, older 5-6", []string{"DELETE FROM audit WHERE seq >= 5"}},
		"cut with the head set back": {"headless 0-0, older 6-6", []string{
			"DELETE FROM audit WHERE seq = 6", "UPDATE audit_head SET seq = 5, mac = (SELECT mac FROM audit WHERE seq = 5)",
		}},
		"cut all":        {"cut_off 1-6, older 1-6", []string{"DELETE FROM audit WHERE seq > 0"}},
		"begin anew":     {"older 1-6", []string{"DELETE FROM audit WHERE seq > 0", "UPDATE audit_head SET seq = 0, mac = '', key = '', seal = ''"}},
		"swap":           {"altered 2-3, altered 5-6", []string{"UPDATE audit SET seq = 99 WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 99"}},
		"swap neighbour": {"altered 2-4", []string{"UPDATE audit SET seq = 99 WHERE seq = 2", "UPDATE audit SET seq = 2 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 99"}},
		"close the gap": {"altered 3-5, cut_off 6-6, older 6-6", []string{
			"DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq IN (4)", "UPDATE audit SET seq = 4 WHERE seq = 5", "UPDATE audit SET seq = 5 WHERE seq = 6",
		}},
		"insert at the end":   {"altered 7-7, inserted 7-7", []string{"INSERT INTO audit (id, seq, time, act, key, mac) SELECT 'forged000000000', 7, time, act, key, mac FROM audit WHERE seq = 6"}},
		"insert at the start": {"inserted 0-0", []string{"INSERT INTO audit (id, seq, time, act, key, mac) SELECT 'forged000000000', 0, time, act, key, mac FROM audit WHERE seq = 6"}},
		"insert in between":   {"inserted 3-3", []string{"INSERT INTO audit (id, seq, time, act, key, mac) SELECT 'forged000000000', 3.5, time, act, key, mac FROM audit WHERE seq = 3"}},
		"head gone":           {"headless 0-0", []string{"DELETE FROM audit_head"}},
		"head forged":         {"headless 0-0", []string{"UPDATE audit_head SET seal = mac"}},
		"two at once":         {"altered 2-2, missing 4-4", []string{"UPDATE audit SET reason = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 4"}},
	}
	for _, column := range []string{"id", "time", "actor_kind", "actor", "actor_name", "address", "act", "object_kind", "object", "object_name", "changes", "reason", "mac"} {
		for _, seq := range []int{1, 3} {
			cases[fmt.Sprintf("alter %s of %d", column, seq)] = struct {
				want string
				sql  []string
			}{fmt.Sprintf("altered %d-%d", seq, seq), []string{fmt.Sprintf("UPDATE audit SET %s = 'x' WHERE seq = %d", column, seq)}}
		}
	}
	cases["alter key"] = struct {
		want string
		sql  []string
	}{"foreign 3-3", []string{"UPDATE audit SET key = 'x' WHERE seq = 3"}}
	cases["move what was said between columns"] = struct {
		want string
		sql  []string
	}{"altered 3-3", []string{"UPDATE audit SET object = object || object_name, object_name = '' WHERE seq = 3"}}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := trail(t)
			tamper(t, app, c.sql...)
			if r := verify(t, app); r.OK || wrongs(r.Faults) != c.want {
				t.Errorf("found %q, want %q", wrongs(r.Faults), c.want)
			}
		})
	}
}

func TestGuardsThatAreGoneShow(t *testing.T) {
	t.Parallel()
	app := trail(t)
	if _, err := app.DB().NewQuery("DROP TRIGGER audit_never_updated").Execute(); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, app); wrongs(r.Faults) != "unguarded 0-0" {
		t.Errorf("%+v", r)
	}
}

// A copy of the database from before is whole in itself; the anchor knows
// better, also after the desk has gone on from there, until somebody says why.
func TestOlderCopyShowsUntilItIsAccepted(t *testing.T) {
	t.Parallel()
	app := trail(t)
	before := entries(t, app)
	var head struct{ Seq, MAC, Key, Seal string }
	if err := app.DB().NewQuery("SELECT seq, mac, key, seal FROM audit_head").Row(&head.Seq, &head.MAC, &head.Key, &head.Seal); err != nil {
		t.Fatal(err)
	}
	add(t, app, "things.later")
	add(t, app, "things.last")
	if err := audit.Anchor(app); err != nil {
		t.Fatal(err)
	}
	tamper(t, app, fmt.Sprintf("DELETE FROM audit WHERE seq > %d", len(before)),
		fmt.Sprintf("UPDATE audit_head SET seq = %s, mac = '%s', key = '%s', seal = '%s'", head.Seq, head.MAC, head.Key, head.Seal))
	if r := verify(t, app); wrongs(r.Faults) != "older 7-8" {
		t.Errorf("rolled back: %s", wrongs(r.Faults))
	}
	for range 5 {
		add(t, app, "things.otherwise")
	}
	if err := audit.Anchor(app); err == nil {
		t.Error("the anchor is moved to where the trail goes on otherwise")
	}
	if r := verify(t, app); wrongs(r.Faults) != "older 8-8" {
		t.Errorf("gone on: %s", wrongs(r.Faults))
	}
	if _, err := audit.Accept(t.Context(), app, " ", time.Now()); err == nil {
		t.Error("accepted without a reason")
	}
	r, err := audit.Accept(t.Context(), audit.By(app, ann), "从昨晚的备份恢复", time.Now())
	if err != nil || !r.OK || r.Length != 12 {
		t.Fatalf("accepted: %+v, %v", r, err)
	}
	last := entries(t, app)[11]
	if last.Act != "audit.accepted" || last.Actor != ann.ID || last.Reason != "从昨晚的备份恢复" {
		t.Errorf("%+v", last)
	}
	if err := audit.Anchor(app); err != nil {
		t.Error(err)
	}
}

func TestAcceptedFaultsStayAccepted(t *testing.T) {
	t.Parallel()
	app := trail(t)
	tamper(t, app, "UPDATE audit SET act = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 4")
	if r, err := audit.Accept(t.Context(), app, "试验", time.Now()); err != nil || !r.OK || wrongs(r.Accepted) != "altered 2-2, missing 4-4" {
		t.Fatalf("%+v, %v", r, err)
	}
	add(t, app, "things.later")
	if r := verify(t, app); !r.OK {
		t.Errorf("later: %+v", r)
	}
	tamper(t, app, "UPDATE audit SET act = 'y' WHERE seq = 2") // what was accepted was another text
	if r := verify(t, app); r.OK || !strings.Contains(wrongs(r.Faults), "altered 2-2") {
		t.Errorf("altered again: %+v", r)
	}
}

func TestLostKeyIsSaidPlainly(t *testing.T) {
	t.Parallel()
	app := trail(t)
	if err := os.Remove(filepath.Join(app.DataDir(), "audit.key")); err != nil {
		t.Fatal(err)
	}
	app.Store().Remove("keys.audit.key") // as after a restart
	if r := verify(t, app); wrongs(r.Faults) != "foreign 1-6, headless 0-0, adrift 0-0" {
		t.Errorf("at once: %s", wrongs(r.Faults))
	}
	add(t, app, "things.after")
	if r := verify(t, app); wrongs(r.Faults) != "foreign 1-6, noted 7-7 key, adrift 0-0" {
		t.Errorf("after: %s", wrongs(r.Faults))
	}
	if r, err := audit.Accept(t.Context(), app, "换了机器", time.Now()); err != nil || !r.OK {
		t.Fatalf("%+v, %v", r, err)
	}
	tamper(t, app, "UPDATE audit SET act = 'y' WHERE seq = 2") // whose key is gone
	if r := verify(t, app); r.OK {
		t.Error("what was accepted can be altered")
	}
}

// An entry that is added to a trail that was tampered with says so, whatever
// becomes of the trail later.
func TestAddingToABrokenTrailSaysSo(t *testing.T) {
	t.Parallel()
	for want, sql := range map[string]string{
		"tail": "DELETE FROM audit WHERE seq = 6",
		"head": "DELETE FROM audit_head",
		"key":  "UPDATE audit_head SET key = 'x'",
	} {
		app := trail(t)
		tamper(t, app, sql)
		add(t, app, "things.after")
		add(t, app, "things.later")
		var said []string
		for _, r := range entries(t, app) {
			if r.Act == "audit.broken" {
				said = append(said, r.Reason)
			}
		}
		if r := verify(t, app); !slices.Equal(said, []string{want}) || r.OK || !strings.Contains(wrongs(r.Faults), "noted 7-7 "+want) {
			t.Errorf("%s: said %v, found %s", sql, said, wrongs(r.Faults))
		}
	}
}

func TestAnchorThatIsGoneShows(t *testing.T) {
	t.Parallel()
	app := trail(t)
	path := filepath.Join(app.DataDir(), "audit.anchor")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if err := os.WriteFile(path, []byte(`{"seq":6,"mac":"x","key":"y","seal":"z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, app); wrongs(r.Faults) != "adrift 0-0" {
		t.Errorf("forged: %s", wrongs(r.Faults))
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, app); !r.OK {
		t.Errorf("a trail that is younger than its first anchor: %+v", r)
	}
	later, err := audit.Verify(t.Context(), app, time.Now().Add(3*time.Hour))
	if err != nil || wrongs(later.Faults) != "adrift 0-0" {
		t.Errorf("gone: %+v, %v", later, err)
	}
}

func TestWhatIsAddedDuringAWalkIsNoFault(t *testing.T) {
	t.Parallel()
	app := trail(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			add(t, app, "things.meanwhile")
		}
	}()
	for range 20 {
		if r := verify(t, app); !r.OK {
			t.Errorf("%s", wrongs(r.Faults))
		}
	}
	<-done
}
