package live

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is a transport in memory. With a nil frames channel writing blocks until
// the pipe is closed, as with a peer that reads nothing.
type pipe struct {
	frames chan string
	gone   chan struct{}
	once   sync.Once

	late    chan struct{} // closed when the peer had better read now
	hurried sync.Once

	mu     sync.Mutex
	pings  int
	code   CloseCode
	reason string
}

func newPipe(room int) *pipe {
	return &pipe{frames: make(chan string, room), gone: make(chan struct{}), late: make(chan struct{})}
}

func (p *pipe) write(frames [][]byte) error {
	for _, b := range frames {
		select {
		case p.frames <- string(b):
		case <-time.After(writeWithin):
			return errors.New("peer does not read")
		case <-p.late:
			return errors.New("peer did not read in time")
		}
	}
	return nil
}

func (p *pipe) ping() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pings++
	return nil
}

func (p *pipe) pong(text string) error { return p.write([][]byte{[]byte("pong " + text)}) }

func (p *pipe) hurry() { p.hurried.Do(func() { close(p.late) }) }

func (p *pipe) close(code CloseCode, reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.code, p.reason = code, reason
	p.once.Do(func() { close(p.gone) })
}

func (p *pipe) ended() CloseCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code
}

func (p *pipe) pinged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pings
}

type silent struct{}

func (silent) Frame(Frame)   {}
func (silent) Gone(*Session) {}

// peer opens a session that has said hello and caught up.
func peer(t *testing.T, h *Hub, p *pipe) *Session {
	t.Helper()
	s := newSession(h, p, "127.0.0.1", time.Now())
	if !h.enter(s) {
		t.Fatal("not let in")
	}
	s.Greeted()
	if !s.CaughtUp(0, []byte("ready")) {
		t.Fatal("not caught up")
	}
	return s
}

func say(text string) func() []byte { return func() []byte { return []byte(text) } }

func TestFramesArriveInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(1000)
		s := peer(t, h, p)
		h.Follow(s, "a")
		for i := range 500 {
			h.Each("a", func(s *Session) { s.Entry(int64(i+1), Now, say(strconv.Itoa(i))) })
		}
		synctest.Wait()
		if got := <-p.frames; got != "ready" {
			t.Fatalf("first frame = %s", got)
		}
		for i := range 500 {
			if got := <-p.frames; got != strconv.Itoa(i) {
				t.Fatalf("frame %d = %s", i, got)
			}
		}
	})
}

// What somebody looks on at goes out with what concerns them, before it and in its
// order, or in a moment by itself; and at once where there is much of it.
func TestOnlookersHearSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(1000)
		s := peer(t, h, p)
		synctest.Wait()
		<-p.frames
		heard := func(want ...string) {
			t.Helper()
			synctest.Wait()
			for _, w := range want {
				select {
				case got := <-p.frames:
					if got != w {
						t.Fatalf("heard %.20q, want %.20q", got, w)
					}
				default:
					t.Fatalf("heard nothing, want %.20q", w)
				}
			}
			if len(p.frames) > 0 {
				t.Fatalf("heard %.20q, too", <-p.frames)
			}
		}
		s.Entry(1, Soon, say("1"))
		s.State(Soon, say("a"))
		<-time.After(soon - time.Millisecond)
		heard()
		<-time.After(time.Millisecond)
		heard("1", "a")
		s.State(Soon, say("b"))
		s.Entry(2, Now, say("2"))
		heard("b", "2")
		<-time.After(soon / 2) // a clock that has begun for nothing sends nothing twice
		s.Entry(3, Soon, say("3"))
		<-time.After(soon)
		heard("3")
		much := string(make([]byte, togetherMost))
		s.Entry(4, Soon, say("4"))
		s.Entry(5, Soon, say(much))
		heard("4", much)
		s.Entry(6, Soon, say("6"))
		s.Close(Slow, "")
		heard("6")
	})
}

func TestSlowPeerIsClosedNeverSkipped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(0)
		s := peer(t, h, p)
		big := make([]byte, queueLimit/8)
		for range 12 {
			s.Send(big)
		}
		time.Sleep(writeWithin + time.Second) //nolint:forbidigo // virtual time
		synctest.Wait()
		if p.ended() != Slow {
			t.Fatalf("close code = %d, want %d", p.ended(), Slow)
		}
	})
}

// An entry is sent once, whether catching up or live brought it.
func TestEntriesJoinWithoutHoleOrRepeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(100)
		s := newSession(h, p, "", time.Now())
		h.enter(s)
		s.Greeted()
		s.Entry(5, Now, say("never sent live while catching up"))
		if s.CaughtUp(4, []byte("ready too early")) {
			t.Fatal("caught up although something came meanwhile")
		}
		s.Send([]byte("5 read from the database"))
		if !s.CaughtUp(5, []byte("ready")) {
			t.Fatal("not caught up")
		}
		s.Entry(5, Now, say("5 again"))
		s.Entry(6, Now, say("6"))
		s.Entry(6, Now, say("6 again"))
		synctest.Wait()
		for _, want := range []string{"5 read from the database", "ready", "6"} {
			if got := <-p.frames; got != want {
				t.Fatalf("frame = %s, want %s", got, want)
			}
		}
		if len(p.frames) != 0 {
			t.Fatalf("%d frames too many", len(p.frames))
		}
	})
}

func TestFrozenPeerIsFoundWithin45Seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(10)
		peer(t, h, p)
		go h.Run(t.Context())
		start := time.Now()
		<-p.gone
		if p.ended() != Slow || time.Since(start) > 46*time.Second || p.pinged() != 2 {
			t.Fatalf("closed %d after %v and %d pings", p.ended(), time.Since(start), p.pinged())
		}
	})
}

// Somebody on a slow line reads for minutes what they have missed, and their
// answers to pings are not read meanwhile.
func TestSlowPeerMayCatchUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(0)
		s := newSession(h, p, "", time.Now())
		h.enter(s)
		s.Greeted()
		go h.Run(t.Context())
		go func() {
			for range p.frames {
				time.Sleep(time.Second) //nolint:forbidigo // virtual time
			}
		}()
		for range 200 {
			if !s.Paced(t.Context(), make([]byte, queueLimit/16)) {
				t.Fatalf("closed %d", p.ended())
			}
		}
		if !s.CaughtUp(1, []byte("ready")) {
			t.Fatal("not caught up")
		}
		time.Sleep(time.Minute) //nolint:forbidigo // virtual time
		if p.ended() != Slow {
			t.Fatal("a peer that answers nothing is kept once it has caught up")
		}
		close(p.frames)
	})
}

func TestAnswersKeepAPeer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(10)
		s := peer(t, h, p)
		go h.Run(t.Context())
		for range 300 {
			time.Sleep(time.Second) //nolint:forbidigo // virtual time
			s.heard()
		}
		if p.ended() != 0 || p.pinged() < 14 {
			t.Fatalf("closed %d after %d pings", p.ended(), p.pinged())
		}
	})
}

func TestNoHelloIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(10)
		h.enter(newSession(h, p, "", time.Now()))
		go h.Run(t.Context())
		start := time.Now()
		<-p.gone
		if p.ended() != Slow || time.Since(start) > 12*time.Second {
			t.Fatalf("closed %d after %v", p.ended(), time.Since(start))
		}
	})
}

func TestFloodIsCounted(t *testing.T) {
	t.Parallel()
	s := newSession(nil, nil, "", time.Now())
	now := time.Now()
	for i := range floodFrames {
		if s.flooding(now) {
			t.Fatalf("frame %d is a flood", i+1)
		}
	}
	if !s.flooding(now) {
		t.Fatal("frame 201 is none")
	}
	if s.flooding(now.Add(floodWindow + time.Second)) {
		t.Fatal("a flood for ever")
	}
	s.Exempt = true
	for range 3 * floodFrames {
		if s.flooding(now) {
			t.Fatal("an exempt address floods")
		}
	}
}

func TestDrainTellsEverybodyAndLetsNobodyIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(silent{})
		pipes := make([]*pipe, 0, 20)
		for range 20 {
			p := newPipe(10)
			s := peer(t, h, p)
			go func() { <-p.gone; h.leave(s) }()
			pipes = append(pipes, p)
		}
		h.Drain(t.Context())
		for _, p := range pipes {
			if p.ended() != Restart {
				t.Fatalf("close code = %d", p.ended())
			}
		}
		if h.enter(newSession(h, newPipe(1), "", time.Now())) {
			t.Fatal("let in while draining")
		}
	})
}

// C77. What a session's end would touch may be closed already while the hub drains.
func TestNothingIsToldOfThoseWhoGoAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := 0
		h, p := NewHub(ends(func() { told++ })), newPipe(10)
		h.leave(peer(t, h, newPipe(10)))
		if told != 1 {
			t.Fatalf("an ordinary end was told %d times", told)
		}
		s := peer(t, h, p)
		go func() { <-p.gone; h.leave(s) }()
		h.Drain(t.Context())
		if told != 1 {
			t.Fatal("an end was told while draining")
		}
	})
}

// ends is a handler whose sessions' ends call it, and then panic.
type ends func()

func (ends) Frame(Frame)     {}
func (e ends) Gone(*Session) { e(); panic("a bug") }

// Whoever is signed out hears nothing more, not even what was on its way.
func TestWhoIsSignedOutHearsNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(0)
		s := peer(t, h, p)
		for i := range 50 {
			s.Send([]byte(strconv.Itoa(i)))
		}
		s.Close(Unauthorized, "signed out")
		synctest.Wait()
		if p.ended() == 0 {
			t.Error("not closed at once")
		}
		select {
		case f := <-p.frames:
			t.Errorf("still told %s", f)
		default:
		}
	})
}

// A peer's frames wait for others side by side, but not more than so many, and its
// session is there until the last is done.
func TestFramesWaitSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(waits{make(chan struct{}, 1000), make(chan struct{})})
		w := h.handler.(waits)
		s := newSession(h, newPipe(10), "", time.Now())
		read := make(chan struct{})
		go func() {
			for range unhandledMost + 10 {
				s.handle(nil)
			}
			s.handledAll()
			close(read)
		}()
		synctest.Wait()
		if n := len(w.begun); n != unhandledMost+1 {
			t.Errorf("%d frames are handled at a time, not %d and the one that the reader waits for", n, unhandledMost)
		}
		close(w.done)
		<-read
		if n := len(w.begun); n != unhandledMost+10 {
			t.Errorf("%d frames were handled", n)
		}
	})
}

// waits is a handler whose frames wait for others.
type waits struct{ begun, done chan struct{} }

func (w waits) Frame(f Frame) { w.begun <- struct{}{}; f.Next(); <-w.done }
func (waits) Gone(*Session)   {}
