package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// queueLimit bounds what may wait for one peer, in bytes, where [Session.Allow] says
// nothing else. A few hundred ordinary messages fit; who is further behind is better
// off resuming.
const queueLimit = 256 << 10

// togetherMost is how much is written to a peer with one call, in bytes.
const togetherMost = 32 << 10

// Haste is how soon a frame has to go out.
type Haste int

const (
	// Now is for whom it concerns.
	Now Haste = iota
	// Soon is for who looks on: with the next frame that goes out now, or in a moment.
	// To write to everybody who looks on whenever somebody says a word costs more than
	// all the rest that is done with it.
	Soon
)

// soon is nothing to who reads a list, and brings together what ten colleagues say.
const soon = 50 * time.Millisecond

const (
	floodFrames = 200
	floodWindow = 10 * time.Second
)

// transport is the part of a connection that a session writes to. It is a
// gorilla socket in the program and a pipe in tests.
type transport interface {
	// write writes frames, one after the other, in the order in which they are.
	write(frames [][]byte) error
	ping() error
	// pong answers a ping of the peer's.
	pong(text string) error
	// hurry gives what is being written now a second more.
	hurry()
	// close says goodbye with code and makes the reader end soon.
	close(code CloseCode, reason string)
}

// Session is one connected peer.
type Session struct {
	hub  *Hub
	conn transport

	// Address is the peer's, for limits.
	Address string
	// Exempt marks a peer that no limit applies to (load tests).
	Exempt bool
	// Peer is who this is, set by the handler once the peer has said hello,
	// and only read by the handler's own calls for this session afterwards.
	Peer any

	topics []Topic // guarded by hub.mu

	mu       sync.Mutex
	queue    [][]byte
	bytes    int
	limit    int
	writing  bool
	rests    bool          // a clock runs that sends what is queued
	room     chan struct{} // closed when a full queue has drained by half
	closed   bool
	code     CloseCode
	reason   string
	greeted  bool
	born     time.Time
	pinged   time.Time
	unheard  int // pings written and not answered
	wantPing bool
	wantPong *string // the last ping of the peer's that is not answered

	position int64 // the last timeline number sent
	catching bool  // reading the missed stretch: live frames only mark it behind
	behind   bool

	frames int
	window time.Time

	handled   <-chan struct{} // closed when all frames are; nil where they are. The reader's own
	unhandled atomic.Int32
}

func newSession(hub *Hub, conn transport, address string, now time.Time) *Session {
	return &Session{hub: hub, conn: conn, Address: address, limit: queueLimit, born: now, pinged: now, catching: true}
}

// Allow has so many bytes wait for the peer before it counts as slow.
func (s *Session) Allow(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = bytes
}

// Send queues frame. It never blocks: where the queue is over its limit the
// session is closed as [Slow].
func (s *Session) Send(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(frame, Now)
}

// push queues frame; s.mu is held.
func (s *Session) push(frame []byte, h Haste) {
	if s.closed {
		return
	}
	if s.bytes+len(frame) > s.limit && len(s.queue) > 0 {
		s.queue, s.bytes = nil, 0
		s.end(Slow, "too slow")
		return
	}
	s.queue = append(s.queue, frame)
	s.bytes += len(frame)
	switch {
	case h == Now || s.bytes >= togetherMost:
		s.wake()
	case !s.writing && !s.rests:
		s.rests = true
		time.AfterFunc(soon, s.rested)
	}
}

// rested sends what went out with nothing else.
func (s *Session) rested() {
	defer recovered("a session's rest")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rests = false
	if len(s.queue) > 0 {
		s.wake()
	}
}

// wake starts the writer where none runs; s.mu is held.
func (s *Session) wake() {
	if !s.writing {
		s.writing = true
		go s.drain()
	}
}

// Paced queues frame like [Session.Send], but first waits until less than half
// of the queue is taken: catching up goes at the peer's own pace. It reports
// false when the session ended or ctx did.
func (s *Session) Paced(ctx context.Context, frame []byte) bool {
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return false
		}
		if s.bytes < s.limit/2 {
			s.push(frame, Now)
			s.mu.Unlock()
			return true
		}
		if s.room == nil {
			s.room = make(chan struct{})
		}
		room := s.room
		s.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return false
		}
	}
}

// Entry offers the timeline frame with number seq. What was sent already is
// skipped; while the session catches up it only learns that there is more.
func (s *Session) Entry(seq int64, h Haste, frame func() []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.catching:
		s.behind = true
	case seq > s.position:
		s.position = seq
		if f := frame(); f != nil {
			s.push(f, h)
		}
	}
}

// State offers a frame without a number that describes something's present
// state. While the session catches up it only learns that there is more.
func (s *Session) State(h Haste, frame func() []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catching {
		s.behind = true
		return
	}
	if f := frame(); f != nil {
		s.push(f, h)
	}
}

// Passing sends a frame that is worth nothing later, such as typing; while the
// session catches up it is dropped.
func (s *Session) Passing(h Haste, frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.catching {
		s.push(frame, h)
	}
}

// CaughtUp ends catching up at position and sends ready, unless something
// happened since the last call: then it reports false, and the caller reads
// once more.
func (s *Session) CaughtUp(position int64, ready []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.behind {
		s.behind = false
		return s.closed
	}
	s.catching, s.position = false, position
	s.pinged, s.unheard = time.Now(), 0
	s.push(ready, Now)
	return true
}

// Greeted stops the clock that waits for the hello, and reports whether this
// is the first one.
func (s *Session) Greeted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.greeted
	s.greeted = true
	return first
}

// Close hangs up with code after what is queued; who is signed out hears nothing
// more of that, however slowly they read. Only the first call counts.
func (s *Session) Close(code CloseCode, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(code, reason)
}

// end marks the session closed; s.mu is held.
func (s *Session) end(code CloseCode, reason string) {
	if s.closed {
		return
	}
	s.closed, s.code, s.reason = true, code, reason
	if code == Unauthorized || code == Elsewhere {
		s.queue, s.bytes = nil, 0
		s.conn.hurry()
	}
	s.makeRoom()
	s.wake()
}

func (s *Session) makeRoom() {
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
}

// drain writes until there is nothing left. It is the only writer.
func (s *Session) drain() {
	defer recovered("a session's writer")
	for {
		now, more := s.next()
		if !more {
			return
		}
		var err error
		switch {
		case now.pong != nil:
			err = s.conn.pong(*now.pong)
		case now.frames != nil:
			err = s.conn.write(now.frames)
		case now.ping:
			err = s.conn.ping()
		default:
			s.conn.close(s.code, s.reason)
			return
		}
		if err != nil {
			s.mu.Lock()
			s.closed, s.queue, s.bytes = true, nil, 0
			s.makeRoom()
			s.mu.Unlock()
			s.conn.close(Slow, "")
			return
		}
	}
}

// turn is what is written with one call: an answer to a ping, frames or a ping; none
// of them is the goodbye.
type turn struct {
	pong   *string
	frames [][]byte
	ping   bool
}

// next takes what is to be written now. It reports false where there is nothing, and
// the writer ends.
func (s *Session) next() (now turn, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.wantPong != nil && !s.closed:
		now.pong, s.wantPong = s.wantPong, nil
		return now, true
	case len(s.queue) > 0:
		return turn{frames: s.take()}, true
	case s.closed:
		return now, true
	case s.wantPing: // counted only now: what waits behind frames cannot be answered
		s.wantPing, s.pinged = false, time.Now()
		s.unheard++
		return turn{ping: true}, true
	}
	s.writing = false
	return now, false
}

// take takes from the queue what is written with one call: at least a frame; s.mu
// is held.
func (s *Session) take() [][]byte {
	n, size := 1, len(s.queue[0])
	for n < len(s.queue) && size+len(s.queue[n]) <= togetherMost {
		size += len(s.queue[n])
		n++
	}
	taken := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) == 0 {
		s.queue = nil
	}
	s.bytes -= size
	if s.bytes < s.limit/4 {
		s.makeRoom()
	}
	return taken
}

// sweep closes s where it is late with its hello or its answers, and pings it
// where that is due. A peer that catches up is not pinged: its frames, and with
// them its answers, are not read meanwhile, and that it takes what is written
// shows that it lives.
func (s *Session) sweep(now time.Time, heartbeat time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := now.Sub(s.pinged)
	switch {
	case s.closed:
	case !s.greeted && now.Sub(s.born) >= helloWithin:
		s.end(Slow, "no hello")
	case s.catching:
	case s.unheard >= 2 && since >= pongWithin:
		s.end(Slow, "no heartbeat")
	case s.unheard < 2 && since >= heartbeat:
		s.wantPing = true
		s.wake()
	}
}

// heard notes that the peer is alive.
func (s *Session) heard() {
	s.mu.Lock()
	s.unheard = 0
	s.mu.Unlock()
}

// pingedBy has the writer answer the peer's ping; of several only the last one is.
// To answer it from the reader would change the time that a write in flight has.
func (s *Session) pingedBy(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.wantPong = &text
		s.wake()
	}
}

// flooding counts a frame and reports whether there were too many of them.
func (s *Session) flooding(now time.Time) bool {
	if s.Exempt {
		return false
	}
	if now.Sub(s.window) > floodWindow {
		s.window, s.frames = now, 0
	}
	s.frames++
	return s.frames > floodFrames
}
