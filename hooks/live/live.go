// Package live keeps many peers up to date over one WebSocket each. It knows
// sessions, topics, queues and close codes; it reads no database and knows no
// collection: what a frame means is its [Handler]'s business.
//
// Memory decides its form, because a shop's visitors mostly sit idle. An idle
// session is one goroutine blocked in a read, with a buffer of 512 bytes, which
// holds what people type. Frames are handled in a goroutine of their own, so that a
// stack grown by work is given back; the reader waits for it, or until it says
// [Frame.Next]. Frames to the peer are written by a goroutine that lives while there
// is something to write; those that can wait do so until one cannot, or a moment has
// passed. One sweep a second looks after pings and time-outs of all
// sessions.
//
// Order: what is sent to a session arrives in the order of the calls. A session
// whose queue overflows is closed as slow, never skipped: it comes back and
// catches up from the database (see [Session.Entry]).
//
// Locks: Hub.mu guards the registry, Session.mu a session's queue and place in
// the stream. Hub.mu may be held while Session.mu is taken, never the reverse,
// and neither while a socket is written or read.
package live

import (
	"context"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Topic names a set of sessions that hear the same things.
type Topic string

// Handler gives frames their meaning.
type Handler interface {
	// Frame handles one frame. Frames of one session come one after the other,
	// as each ends or calls [Frame.Next].
	Frame(f Frame)
	// Gone is called once, when s hears nothing any more. The hub counts the
	// session until it returns, and does not call it while it drains: then
	// everybody goes, and what they would be told of is about to close.
	Gone(s *Session)
}

// Hub is the registry of sessions.
type Hub struct {
	handler   Handler
	heartbeat time.Duration

	mu       sync.RWMutex
	sessions map[*Session]struct{}
	topics   map[Topic][]*Session // most have one: a map of each would be larger than it
	draining bool
	entered  int // since memory was given back
	before   int // of them, at the last sweep
}

// Heartbeat is the pause between pings; a peer is closed when it has left two
// unanswered.
const Heartbeat = 20 * time.Second

const (
	helloWithin = 10 * time.Second
	// pongWithin is the time after the second ping. The first has had over 20 s
	// by then; with a sweep a second a frozen peer is found within 45 s.
	pongWithin = 2 * time.Second
	// crowd is how many have to have come before it is worth giving back what
	// their coming has left behind: as much again as what they keep.
	crowd = 500
)

// Frame is one that a peer has sent.
type Frame struct {
	From    *Session
	Text    []byte
	next    func()
	earlier <-chan struct{} // closed when all before it are handled; nil where they are
}

// Next lets the peer's next frame come while this one is still being handled: its
// place before that one is sure, and what is left of it is waiting.
func (f Frame) Next() { f.next() }

// InTurn waits until all of the peer's earlier frames are handled: for what is to be
// done, or said, after them.
func (f Frame) InTurn() {
	if f.earlier != nil {
		<-f.earlier
	}
}

// NewHub returns a hub whose sessions' frames go to handler.
func NewHub(handler Handler) *Hub {
	return &Hub{handler: handler, heartbeat: Heartbeat, sessions: map[*Session]struct{}{}, topics: map[Topic][]*Session{}}
}

// enter registers s, unless the hub drains. The flag is read under the lock of
// the registry, because the switch of protocols is on the wire before.
func (h *Hub) enter(s *Session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return false
	}
	h.sessions[s] = struct{}{}
	h.entered++
	return true
}

// leave takes s out of the registry and every topic.
func (h *Hub) leave(s *Session) {
	h.mu.Lock()
	for _, t := range s.topics {
		h.topics[t] = slices.DeleteFunc(h.topics[t], func(one *Session) bool { return one == s })
		if len(h.topics[t]) == 0 {
			delete(h.topics, t)
		}
	}
	s.topics = nil
	draining := h.draining
	h.mu.Unlock()
	if !draining {
		h.gone(s)
	}
	h.mu.Lock()
	delete(h.sessions, s)
	h.mu.Unlock()
}

// gone tells the handler; its panic costs nobody else anything.
func (h *Hub) gone(s *Session) {
	defer recovered("a session's end")
	h.handler.Gone(s)
}

// recovered, deferred, logs a panic instead of ending the program.
func recovered(what string) {
	if p := recover(); p != nil {
		slog.Error("a goroutine panicked", "where", what, "panic", p, "stack", string(debug.Stack()))
	}
}

// Follow adds s to topic. A session that has left follows nothing.
func (h *Hub) Follow(s *Session, topic Topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, in := h.sessions[s]; !in {
		return
	}
	if slices.Contains(s.topics, topic) {
		return
	}
	h.topics[topic] = append(h.topics[topic], s)
	s.topics = append(s.topics, topic)
}

// Each calls do for every session of topic. do must not block.
func (h *Hub) Each(topic Topic, do func(*Session)) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, s := range h.topics[topic] {
		do(s)
	}
}

// Count is the number of sessions of topic.
func (h *Hub) Count(topic Topic) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.topics[topic])
}

// Size is the number of open sessions.
func (h *Hub) Size() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.sessions)
}

func (h *Hub) all() []*Session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*Session, 0, len(h.sessions))
	for s := range h.sessions {
		list = append(list, s)
	}
	return list
}

// Run sweeps until ctx ends: it pings, and closes who said no hello in time or
// answers no pings.
func (h *Hub) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			h.sweep(now)
		}
	}
}

func (h *Hub) sweep(now time.Time) {
	defer recovered("a sweep of the sessions")
	for _, s := range h.all() {
		s.sweep(now, h.heartbeat)
	}
	if h.crowded() {
		debug.FreeOSMemory()
	}
}

// crowded reports, once, that a crowd has come and that nobody followed it for a
// second: idle visitors make no garbage that would have it collected.
func (h *Hub) crowded() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	came, more := h.entered >= crowd, h.entered > h.before
	h.before = h.entered
	if !came || more {
		return false
	}
	h.entered, h.before = 0, 0
	return true
}

// Drain refuses new sessions, closes the open ones as [Restart] and waits until
// they have left or ctx ends.
func (h *Hub) Drain(ctx context.Context) {
	h.mu.Lock()
	h.draining = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.Close(Restart, "")
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for h.Size() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
