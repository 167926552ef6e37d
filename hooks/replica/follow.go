package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
)

// How a desk is followed.
const (
	// beat is how often it is made sure that all of the desk is there.
	beat = 10 * time.Second
	// slow is how long that may take before the store counts as not answering.
	slow = time.Minute
	// house is how often what nobody needs any more is cleared away.
	house = time.Hour
	// aged is when a generation that nobody writes is of no use to anybody.
	aged = 24 * time.Hour
	// most is how much may wait to be brought away while nothing moves. Beyond
	// it the desk stops keeping it, and begins anew when the place answers.
	most = 256 << 20
	// stuck is after how many beats that fail although the place answers the
	// generation is given up.
	stuck = 10
)

// Status is how a replica does.
type Status struct {
	Begun   time.Time // when this process began to follow
	Fresh   time.Time // all that was committed by then is there
	Failing error     // why not more, or which upload is not, nil while all is well
	Given   bool      // too much was waiting: nothing waits now, and it begins anew when the place answers
	Behind  int64     // bytes here that wait to be brought away, the log among them
	Name    string    // the generation
}

// Age is for how long what was committed may be missing there.
func (s Status) Age(now time.Time) time.Duration {
	if s.Fresh.IsZero() {
		return now.Sub(s.Begun)
	}
	return now.Sub(s.Fresh)
}

// Old is the age at which a replica is not what it should be.
const Old = 2 * time.Minute

// Follower keeps a replica of one desk.
type Follower struct {
	dir, desk, to string
	place         Place
	log           *slog.Logger
	hold          Hold
	named         func(id string) (bool, error)
	every, glance time.Duration
	most, cutAt   int64

	mu     sync.Mutex
	status Status
	now    *stretch // nil between two

	stop context.CancelFunc
	done chan struct{}
}

// Desk is what is followed.
type Desk struct {
	Dir  string // the data folder
	Name string // tells this desk from others, and outlives a restore
	Hold Hold
	// Named reports whether a row names an upload.
	Named func(id string) (bool, error)
}

// Follow begins to keep a replica of a desk at a. It ends with [Follower.Close].
func Follow(d Desk, a Address, log *slog.Logger) (*Follower, error) {
	place, err := a.Open()
	if err != nil {
		return nil, err
	}
	f := &Follower{dir: d.Dir, desk: d.Name, hold: d.Hold, named: d.Named, to: a.To, place: place, log: log, every: beat, glance: glance, most: most, cutAt: CutAt, done: make(chan struct{})}
	f.start()
	return f, nil
}

func (f *Follower) start() {
	f.status.Begun = time.Now()
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	go func() {
		defer close(f.done)
		f.run(ctx)
	}()
}

// Status is how it does.
func (f *Follower) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status
}

// Close brings away what is left, for as long as ctx allows, and ends.
func (f *Follower) Close() {
	f.stop()
	<-f.done
}

func (f *Follower) note(change func(*Status)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.status.Failing
	change(&f.status)
	switch now := f.status.Failing; {
	case now != nil && (was == nil || was.Error() != now.Error()):
		f.log.Error("the warm copy", "error", now)
	case now == nil && was != nil:
		f.log.Info("the warm copy is well again")
	}
}

// run follows one generation after the other until ctx ends.
func (f *Follower) run(ctx context.Context) {
	for ctx.Err() == nil {
		s, err := f.open(ctx)
		if err == nil {
			s.follow(ctx)
			continue
		}
		f.note(func(s *Status) { s.Failing = err })
		select {
		case <-ctx.Done():
		case <-time.After(f.every):
		}
	}
}

// stretch is the following of one generation.
type stretch struct {
	*Follower
	name  string
	store *litestream.Store
	db    *litestream.DB
	to    *client
	with  *companions

	failed  int   // beats since the last good one, while the place answers
	moved   int64 // bytes that were sent by the last beat
	cleared time.Time
}

func (f *Follower) open(ctx context.Context) (*stretch, error) {
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	if err := f.claim(ctx); err != nil {
		return nil, err
	}
	name, err := f.generation(ctx)
	if err != nil {
		return nil, err
	}
	s := &stretch{Follower: f, name: name}
	s.to = &client{place: f.place, name: name, scratch: meta(f.dir)}
	s.with = &companions{dir: f.dir, generation: name, place: f.place, sent: &s.to.sent, named: f.named}
	s.to.first = s.with.bring
	s.db = litestream.NewDB(filepath.Join(f.dir, "data.db"))
	s.db.MinCheckpointPageN, s.db.TruncatePageN, s.db.CheckpointInterval = never, -1, 0
	s.db.Replica = litestream.NewReplicaWithClient(s.db, s.to)
	s.store = litestream.NewStore([]*litestream.DB{s.db}, litestream.DefaultCompactionLevels)
	s.store.Logger = slog.New(warnings{f.log.Handler()})
	s.db.SetLogger(s.store.Logger)
	s.store.SetShutdownSyncTimeout(0)
	if err := s.store.Open(context.WithoutCancel(ctx)); err != nil {
		return nil, errors.Join(err, s.store.Close(ctx))
	}
	f.note(func(st *Status) { st.Name, st.Given, f.now = name, false, s })
	return s, nil
}

// claim makes sure that the place is this desk's.
func (f *Follower) claim(ctx context.Context) error {
	owner, err := read(ctx, f.place, deskFile)
	if absent(err) {
		return f.place.Put(ctx, deskFile, strings.NewReader(f.desk))
	}
	if err == nil && owner != f.desk {
		return ErrAnother
	}
	return err
}

// ErrAnother refuses a place in which another desk keeps its replica.
var ErrAnother = errors.New("another desk keeps its warm copy here: choose a place of its own")

// generation returns the one that this database goes on with, or begins one.
// Its name lies with what Litestream keeps beside the database: where the one is
// gone, so is the other.
func (f *Follower) generation(ctx context.Context) (string, error) {
	known, err := generations(ctx, f.place)
	if err != nil {
		return "", err
	}
	note := filepath.Join(meta(f.dir), "generation")
	kept, err := os.ReadFile(note) //nolint:gosec // our own folder
	if err != nil && !absent(err) {
		return "", err
	}
	name, to, _ := strings.Cut(string(kept), "\n")
	for _, g := range known {
		if g.name == name && to == f.to {
			return name, nil
		}
	}
	name = following(known, time.Now())
	if err = f.place.Put(ctx, marks+name, strings.NewReader(begun)); err != nil {
		return "", err
	}
	if err = os.RemoveAll(meta(f.dir)); err != nil {
		return "", err
	}
	if err = os.MkdirAll(meta(f.dir), 0o700); err != nil {
		return "", err
	}
	return name, os.WriteFile(note, []byte(name+"\n"+f.to), 0o600)
}

// follow beats until ctx ends or the generation is given up.
func (s *stretch) follow(ctx context.Context) {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	defer s.note(func(*Status) { s.now = nil })
	end := s.beside(ctx, s.keepShort)
	for {
		if err := s.beat(ctx); err != nil && ctx.Err() == nil {
			s.note(func(st *Status) { st.Failing = err })
			if s.hopeless(ctx) {
				end()
				s.giveUp() //nolint:contextcheck // nothing is waited for
				return
			}
		}
		select {
		case <-ctx.Done():
			end()
			s.close() //nolint:contextcheck // ctx has ended
			return
		case <-tick.C:
		}
	}
}

// beside does work in a goroutine of its own, until end is called.
func (s *stretch) beside(ctx context.Context, work func(context.Context)) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx)
	}()
	return func() { stop(); <-done }
}

// beat makes sure that all that is committed now is there, and says so there.
func (s *stretch) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	now := time.Now()
	anchors, err := s.with.held(".anchor")
	if err != nil {
		return err
	}
	if err = s.db.SyncAndWait(ctx); err != nil {
		return err
	}
	if err = s.with.bring(ctx); err != nil {
		return err
	}
	if err = s.with.anchor(ctx, anchors); err != nil {
		return err
	}
	if err = s.place.Put(ctx, marks+s.name, strings.NewReader(now.UTC().Format(time.RFC3339Nano))); err != nil {
		return err
	}
	s.failed = 0
	s.note(func(st *Status) { st.Fresh, st.Failing, st.Behind = now, s.with.failing(), 0 })
	if time.Since(s.cleared) > house {
		s.cleared = now
		return s.clear(ctx)
	}
	return nil
}

// clear deletes what nobody needs: uploads that are gone here, what was never put to
// its end, and generations that no desk writes any more. Only the newest generation's desk does.
func (s *stretch) clear(ctx context.Context) error {
	known, err := generations(ctx, s.place)
	if err != nil || len(known) == 0 || known[0].name != s.name {
		return err
	}
	for _, g := range known[1:] {
		if time.Since(g.changed) > aged {
			err = errors.Join(err, deleteAll(ctx, s.place, g.name+"/"), s.place.Delete(ctx, marks+g.name))
		}
	}
	return errors.Join(err, s.with.sweep(ctx), s.place.Tidy(ctx, time.Now().Add(-aged)))
}

// hopeless reports whether it is better to begin anew: too much waits here while
// nothing moves, or the pieces here and there do not fit each other.
func (s *stretch) hopeless(ctx context.Context) bool {
	waits, sent := s.waiting(), s.to.sent.Load()
	still := sent == s.moved
	s.moved = sent
	s.note(func(st *Status) { st.Behind = waits })
	if still && waits > s.most {
		s.note(func(st *Status) { st.Given = true })
		return true
	}
	if !still {
		s.failed = 0
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	if _, err := read(ctx, s.place, deskFile); err != nil {
		return false // it is the place that fails
	}
	s.failed++
	return s.failed >= stuck
}

// giveUp ends the generation and leaves nothing of it here.
func (s *stretch) giveUp() {
	s.log.Error("the warm copy is given up and begins anew when its place answers", "waiting", s.waiting())
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.store.Close(ended) // nothing is to be brought away any more
	if err := os.RemoveAll(meta(s.dir)); err != nil {
		s.log.Error("the warm copy", "error", err)
	}
}

// last is how long the program's end waits for what is left.
const last = 2 * time.Second

func (s *stretch) close() {
	ctx, cancel := context.WithTimeout(context.Background(), last)
	defer cancel()
	if err := errors.Join(s.beat(ctx), s.store.Close(ctx)); err != nil {
		s.log.Warn("the warm copy lacks the last of what was done", "error", err)
	}
}

// waiting is how much of the database waits here to be brought away.
func (s *stretch) waiting() int64 {
	var sum int64
	_ = filepath.WalkDir(filepath.Join(meta(s.dir), "ltx", "0"), func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, gone := d.Info(); gone == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	if info, err := os.Stat(s.db.WALPath()); err == nil {
		sum += info.Size()
	}
	return sum
}

// following is a name for a generation after all others, whatever the clocks of
// their desks said.
func following(known []mark, now time.Time) string {
	if len(known) > 0 {
		if newest, err := time.Parse(stamp, generation.FindStringSubmatch(known[0].name)[1]); err == nil && !newest.Before(now.UTC().Truncate(time.Second)) {
			now = newest.Add(time.Second)
		}
	}
	return fmt.Sprintf("%s-%s", now.UTC().Format(stamp), random())
}

// warnings leaves out what goes as it should: Litestream tells each piece.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }
func (w warnings) WithGroup(name string) slog.Handler   { return warnings{w.Handler.WithGroup(name)} }
