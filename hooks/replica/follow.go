package replica

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/benbjohnson/litestream"
)

// How a desk is followed.
const (
	// beat is how often it is made sure that all of the desk is there.
	beat = 10 * time.Second
	// slow is how long that may take before the store counts as not answering.
	slow = time.Minute
	// look is how often it is looked whether the place is this desk's still.
	look = time.Minute
	// house is how often what nobody needs any more is cleared away, and what is
	// missing is looked for.
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
	look, house   time.Duration
	most, cutAt   int64
	dear          int64

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
	f := &Follower{
		dir: d.Dir, desk: d.Name, hold: d.Hold, named: d.Named, to: a.To, place: place, log: log,
		every: beat, glance: glance, look: look, house: house, dear: dear, most: most, cutAt: CutAt, done: make(chan struct{}),
	}
	f.start()
	return f, nil
}

func (f *Follower) start() {
	f.status.Begun = time.Now()
	if on, ok := f.place.(folder); ok {
		f.place = marked{on}
	}
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
		wait := f.every
		if errors.Is(err, ErrTaken) {
			wait = f.look // it is for people to say
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
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
	looked  time.Time
	broken  atomic.Bool // it cannot be restored
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
	s := &stretch{Follower: f, name: name, looked: time.Now()}
	s.to = &client{place: f.place, name: name, scratch: meta(f.dir)}
	s.with = &companions{dir: f.dir, generation: name, place: f.place, sent: &s.to.sent, named: f.named}
	s.to.first = s.with.bring
	s.db = litestream.NewDB(filepath.Join(f.dir, "data.db"))
	s.db.MinCheckpointPageN, s.db.TruncatePageN, s.db.CheckpointInterval = never, -1, 0
	s.db.MaxSyncWALBytes = turn
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

// follow beats until ctx ends or the generation is given up.
func (s *stretch) follow(ctx context.Context) {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	defer s.note(func(*Status) { s.now = nil })
	end := s.beside(ctx, s.keepShort, s.keepWhole)
	for {
		if err := s.beat(ctx); err != nil && ctx.Err() == nil {
			s.note(func(st *Status) { st.Failing = err })
			if errors.Is(err, ErrTaken) {
				end()
				s.leave() //nolint:contextcheck // nothing is waited for
				return
			}
			if s.hopeless(ctx) {
				end()
				s.giveUp() //nolint:contextcheck // as above
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

// beside does each of works in a goroutine of its own, until end is called.
func (s *stretch) beside(ctx context.Context, works ...func(context.Context)) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	for _, work := range works {
		done.Go(func() { work(ctx) })
	}
	return func() { stop(); done.Wait() }
}

// beat makes sure that all that is committed now is there, and says so there.
func (s *stretch) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	if s.broken.Load() {
		return ErrBroken
	}
	if err := s.lookAround(ctx); err != nil {
		return err
	}
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
	failing := s.with.failing() // not while others wait for the note: uploads may be on their way
	s.note(func(st *Status) { st.Fresh, st.Failing, st.Behind = now, failing, 0 })
	if time.Since(s.cleared) > s.house {
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
	if s.broken.Load() {
		return true
	}
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
	s.leave()
	if err := empty(s.dir); err != nil {
		s.log.Error("the warm copy", "error", err)
	}
}

// leave ends the following where nothing is to be brought away any more.
func (s *stretch) leave() {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.store.Close(ended)
	s.note(func(st *Status) { st.Behind = 0 })
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

// warnings leaves out what goes as it should: Litestream tells each piece.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }
func (w warnings) WithGroup(name string) slog.Handler   { return warnings{w.Handler.WithGroup(name)} }
