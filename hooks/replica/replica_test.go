package replica

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
)

// shop is a data folder with a database that is written as the desk writes it.
type shop struct {
	t   testing.TB
	dir string
	db  *sql.DB
	n   int
}

func open(t testing.TB, dir string) *shop {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "data.db")+"?_pragma=busy_timeout(2000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	s := &shop{t: t, dir: dir, db: db}
	s.exec("CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY, text TEXT)")
	t.Cleanup(func() { _ = db.Close() })
	return s
}

// hold keeps its one connection.
func (s *shop) hold(ctx context.Context, act func() error) error {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(act(), c.Close())
}

func (s *shop) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Exec(query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) say(times int) {
	s.t.Helper()
	for range times {
		s.n++
		s.exec("INSERT INTO said VALUES (?, ?)", s.n, strings.Repeat("好", 300))
	}
}

// upload is there whole at once, as the desk's are: whoever follows looks at any time.
func (s *shop) upload(id, content string) {
	s.t.Helper()
	path := filepath.Join(s.dir, uploads, id[:2], id)
	draft := filepath.Join(s.t.TempDir(), id)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(draft, []byte(content), 0o600), os.Rename(draft, path)); err != nil {
		s.t.Fatal(err)
	}
}

// follow keeps a replica that beats fast.
func (s *shop) follow(a Address, most int64) *Follower {
	s.t.Helper()
	return s.follows(a, func(f *Follower) { f.most = most })
}

// follows is follow otherwise than usual.
func (s *shop) follows(a Address, otherwise func(*Follower)) *Follower {
	s.t.Helper()
	place, err := a.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	f := &Follower{
		dir: s.dir, desk: "this desk", hold: s.hold, named: func(string) (bool, error) { return false, nil }, to: a.To, place: place, log: slog.New(slog.DiscardHandler),
		every: 20 * time.Millisecond, glance: 100 * time.Millisecond, look: 100 * time.Millisecond, house: house, dear: 1, most: most, cutAt: 500, done: make(chan struct{}),
	}
	otherwise(f)
	f.start()
	s.t.Cleanup(f.Close)
	return f
}

func until(t testing.TB, what string, there func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(60 * time.Second); ; {
		if there() {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("no %s", what)
		}
	}
}

// whole waits until all that was committed by now is there.
func (s *shop) whole(f *Follower) {
	s.t.Helper()
	now := time.Now()
	until(s.t, "replica", func() bool { return f.Status().Fresh.After(now) })
}

// back is how many rows a replica gives back.
func back(t testing.TB, a Address) int {
	t.Helper()
	c, err := Newest(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "data.db")
	if err = c.Database(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	var sound string
	if err := errors.Join(db.QueryRow("SELECT COUNT(*) FROM said").Scan(&n), db.QueryRow("PRAGMA integrity_check").Scan(&sound)); err != nil || sound != "ok" {
		t.Fatalf("%s: %v", sound, err)
	}
	return n
}

// in is a place in a store.
func in(s *s3test.Store) Address {
	return Address{To: s.Address(), Key: s3test.Key, Secret: s3test.Secret}
}

// places are one of each kind.
func places(t *testing.T) map[string]Address {
	t.Helper()
	return map[string]Address{"folder": {To: t.TempDir()}, "store": in(s3test.New(t))}
}

func TestWhatIsCommittedIsThere(t *testing.T) {
	t.Parallel()
	for name, a := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			const id, key = "0123456789abcdef0123456789abcdef", "12345678901234567890123456789012"
			s.upload(id, "a picture")
			if err := os.WriteFile(filepath.Join(s.dir, "files.key"), []byte(key), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Newest(t.Context(), a); !errors.Is(err, ErrNothing) {
				t.Errorf("an empty place: %v", err)
			}
			f := s.follow(a, most)
			s.say(50)
			s.whole(f)
			s.say(7)
			s.whole(f)
			if n := back(t, a); n != 57 {
				t.Errorf("%d of 57 came back", n)
			}
			c, _ := Newest(t.Context(), a)
			held, err := c.Keys(t.Context())
			if err != nil || string(held["files.key"]) != key {
				t.Errorf("keys %v, %v", held, err)
			}
			if text, err := read(t.Context(), c.place, uploads+id[:2]+"/"+id); err != nil || text != "a picture" {
				t.Errorf("the upload: %q, %v", text, err)
			}
			if err := os.Remove(filepath.Join(s.dir, uploads, id[:2], id)); err != nil {
				t.Fatal(err)
			}
			named := true // this disk has lost it
			w := &companions{dir: s.dir, place: c.place, named: func(string) (bool, error) { return named, nil }}
			if err := errors.Join(w.know(t.Context()), w.sweep(t.Context())); err != nil {
				t.Error(err)
			}
			if _, err := c.Upload(t.Context(), id); err != nil {
				t.Errorf("what this disk has lost is gone there, too: %v", err)
			}
			named = false
			if err := w.sweep(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := c.Upload(t.Context(), id); !absent(err) {
				t.Errorf("what is gone here is still there: %v", err)
			}
		})
	}
}

// C11. An upload is brought away whatever the clock said when its folder was looked at.
func TestUploadsAreCopiedWhateverTheClock(t *testing.T) {
	t.Parallel()
	s, place := open(t, t.TempDir()), folder(t.TempDir())
	w := &companions{dir: s.dir, place: place, generation: "20260101-000000-00000000", sent: &atomic.Int64{}}
	for i, ago := range []time.Duration{3 * time.Hour, 4 * time.Hour, 2 * time.Hour} { // by the clock of the moment
		id := strings.Repeat("a", 31) + strconv.Itoa(i)
		s.upload(id, "a picture")
		if err := os.Chtimes(filepath.Join(s.dir, uploads, "aa"), time.Time{}, time.Now().Add(-ago)); err != nil {
			t.Fatal(err)
		}
		if err := w.bring(t.Context()); err != nil {
			t.Fatal(err)
		}
		if said, err := read(t.Context(), place, uploads+"aa/"+id); err != nil || said != "a picture" {
			t.Errorf("upload %d: %q, %v", i, said, err)
		}
	}
}

// A desk that ended goes on with its generation; one whose database was put in
// the place of another begins a new one, and what is restored is the newest.
func TestGenerations(t *testing.T) {
	t.Parallel()
	a, dir := Address{To: t.TempDir()}, t.TempDir()
	s := open(t, dir)
	f := s.follow(a, most)
	s.say(5)
	s.whole(f)
	first := f.Status().Name
	f.Close()
	s.say(5)
	f = s.follow(a, most)
	s.whole(f)
	if f.Status().Name != first || back(t, a) != 10 {
		t.Errorf("it did not go on: %s, %s", first, f.Status().Name)
	}
	f.Close()
	other := open(t, t.TempDir())
	other.say(3)
	g := other.follow(a, most)
	other.whole(g)
	if g.Status().Name <= first || back(t, a) != 3 {
		t.Errorf("the second is %s after %s", g.Status().Name, first)
	}
	g.Close()
	g.desk = "another"
	if err := g.claim(t.Context()); !errors.Is(err, ErrAnother) {
		t.Errorf("another desk in the same place: %v", err)
	}
}

// A place that does not answer costs a bounded part of the disk, and a whole copy
// is there soon after it answers again.
func TestPlaceThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	store := s3test.New(t)
	a := in(store)
	s := open(t, t.TempDir())
	f := s.follow(a, 2<<20)
	s.say(10)
	s.whole(f)
	store.Has(s3test.Busy)
	until(t, "end of patience", func() bool {
		s.say(200)
		return f.Status().Given
	})
	before := size(s.dir)
	s.say(5000) // nothing of it is kept for the place
	if waits := size(s.dir); waits > before+(8<<20) {
		t.Errorf("%d bytes wait although it was given up at %d", waits, before)
	}
	if f.Status().Failing == nil {
		t.Error("nobody is told")
	}
	store.Has(nil)
	s.whole(f)
	if n := back(t, a); n != s.n {
		t.Errorf("%d of %d came back", n, s.n)
	}
}

// size is what lies beside the database because of the replica.
func size(dir string) (sum int64) {
	for _, at := range []string{meta(dir), filepath.Join(dir, "data.db-wal")} {
		_ = filepath.Walk(at, func(_ string, i os.FileInfo, err error) error {
			if err == nil && !i.IsDir() {
				sum += i.Size()
			}
			return nil
		})
	}
	return sum
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for to, good := range map[string]bool{
		"/mnt/nas": true, "nas": false, "": false, "s3://b/p?endpoint=https://oss.example.com&region=r": true,
		"s3://b": false, "s3://?endpoint=https://x": false, "s3://b?endpoint=ftp://x": false,
	} {
		if _, err := (Address{To: to}).Open(); (err == nil) != good {
			t.Errorf("%s: %v", to, err)
		}
	}
	missing, _ := (Address{To: filepath.Join(t.TempDir(), "not mounted")}).Open()
	if Try(context.Background(), missing) == nil {
		t.Error("a folder that is not there is made")
	}
}

func TestGenerationsAreInOrderWhateverTheClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	known := []mark{{name: following(nil, at)}}
	for _, now := range []time.Time{at, at.Add(-time.Hour), at.Add(time.Hour)} {
		if next := following(known, now); next <= known[0].name || !generation.MatchString(next) {
			t.Errorf("%s after %s", next, known[0].name)
		}
	}
}

// refusing reads all that it is given, and says no: a disk or a quota that is full.
type refusing struct{ Place }

func (refusing) Put(_ context.Context, _ string, from io.ReadSeeker) error {
	_, err := io.Copy(io.Discard, from)
	return errors.Join(err, errors.New("quota exceeded"))
}

// What a place takes and refuses in the end has not moved: too much that waits for it
// is given up.
func TestWhatIsRefusedHasNotMoved(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	if err := putCounted(t.Context(), refusing{}, "x", strings.NewReader("much"), &sent); err == nil || sent.Load() != 0 {
		t.Errorf("%v; %d bytes have moved", err, sent.Load())
	}
	if err := putCounted(t.Context(), folder(t.TempDir()), "x", strings.NewReader("much"), &sent); err != nil || sent.Load() != 4 {
		t.Errorf("%v; %d bytes have moved", err, sent.Load())
	}
}
