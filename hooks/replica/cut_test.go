package replica

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
)

// The log is cut again and again, from 2 MB on here, although Litestream holds it, while
// somebody commits without a pause, faster than it is followed, and however the store does.
func TestLogStaysBounded(t *testing.T) {
	t.Parallel()
	slowly := func(_ http.ResponseWriter, r *http.Request) bool {
		wait := time.NewTimer(10 * time.Millisecond)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
		}
		return false
	}
	for name, trouble := range map[string]s3test.Trouble{"well": nil, "slow": slowly, "busy": s3test.Busy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, s := s3test.New(t), open(t, t.TempDir())
			f := s.follow(in(store), most)
			s.whole(f)
			store.Has(trouble)
			const times, each, patience, limit = 4, 50, 5000, 64 << 20
			said, cuts, highest := 0, 0, int64(0)
			before, err := f.now.logged()
			if err != nil {
				t.Fatal(err)
			}
			for ; cuts < times && said < patience*each; said += each {
				s.exec("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?) INSERT INTO said (text) SELECT hex(randomblob(500)) FROM c", each)
				now, err := f.now.logged()
				if err != nil {
					t.Fatal(err)
				}
				if now.salts != before.salts {
					cuts++
				}
				before, highest = now, max(highest, now.pages*int64(f.now.db.PageSize()))
			}
			if highest > limit {
				t.Errorf("the log grew to %d bytes", highest)
			}
			if cuts < times {
				t.Errorf("%d KB are in the log, which was cut %d times", said, cuts)
			}
			store.Has(nil)
			s.whole(f)
			if n := back(t, in(store)); n != said {
				t.Errorf("%d of %d came back", n, said)
			}
		})
	}
}

// What was erased is not in the log any more once it is cut, and what follows is
// in the replica all the same. While somebody reads from it, or a snapshot of it is
// taken, it cannot be cut.
func TestCutLeavesNothing(t *testing.T) {
	t.Parallel()
	s, a := open(t, t.TempDir()), Address{To: t.TempDir()}
	f := s.follow(a, most)
	s.whole(f)
	const secret = "what the customer has said"
	s.exec("PRAGMA secure_delete = ON")
	s.exec("INSERT INTO said VALUES (?, ?)", 1<<20, secret)
	s.say(100)
	s.exec("DELETE FROM said WHERE n = ?", 1<<20)
	reader := open(t, s.dir)
	tx, err := reader.db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err = tx.QueryRow("SELECT COUNT(*) FROM said").Scan(&n); err != nil {
		t.Fatal(err)
	}
	cut := func() bool {
		t.Helper()
		begun, failed := f.now.cut(t.Context(), f.now.wipe)
		if failed != nil {
			t.Fatal(failed)
		}
		return begun
	}
	if cut() {
		t.Error("it is cut under a reader")
	}
	if err = tx.QueryRow("SELECT COUNT(*) FROM said").Scan(&n); err != nil || n != 100 {
		t.Errorf("the reader sees %d, %v", n, err)
	}
	_ = tx.Rollback()
	_, snapshot, err := f.now.db.SnapshotReader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if cut() {
		t.Error("it is cut under a snapshot")
	}
	_ = snapshot.Close()
	until(t, "cut", cut) // it is put away by another goroutine
	for _, name := range []string{"data.db-wal", "data.db"} {
		raw, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil || bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%s has %d bytes, and what was erased (%v)", name, len(raw), err)
		}
	}
	s.say(11)
	s.whole(f)
	if n := back(t, a); n != 111 {
		t.Errorf("%d of 111 came back", n)
	}
}
