package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

const (
	perAgent    = 10 // conversations at a time, while there are few
	atOnce      = 16 // visitors who come in side by side
	givenWithin = 30 * time.Second

	readyFrame = "ready"
	textKind   = "text"
)

// crowd is the people at one server: agents, and visitors in conversations with
// them.
type crowd struct {
	server *server
	leave  context.CancelFunc
	ctx    context.Context //nolint:containedctx // the life of all connections

	mu     sync.Mutex
	agents []*agent
	chats  []*chat
	known  map[string]*chat // by contact
	given  chan struct{}    // told when an agent has got a conversation

	stage atomic.Pointer[stage]
}

type agent struct {
	*client.Client
	crowd *crowd
	id    string
	ready chan struct{}
}

// chat is a conversation.
type chat struct {
	visitor *client.Client
	ready   chan struct{}
	agent   atomic.Pointer[agent]
	id      atomic.Pointer[string]
	words   atomic.Int64 // said so far, by both
}

// gather brings people together, and more of them where there are some.
func (s *server) gather(ctx context.Context, n int) (*crowd, error) {
	if s.crowd == nil {
		life, leave := context.WithCancel(ctx)
		s.crowd = &crowd{server: s, ctx: life, leave: leave, known: map[string]*chat{}, given: make(chan struct{}, 1<<16)}
	}
	agents := max(perAgent, n/(capMost*9/10)+1)
	if err := s.hire(ctx, agents); err != nil {
		return nil, err
	}
	for len(s.crowd.agents) < min(agents, len(s.staff)) {
		if err := s.crowd.employ(s.staff[len(s.crowd.agents)]); err != nil {
			return nil, fmt.Errorf("an agent: %w", err)
		}
	}
	return s.crowd, s.crowd.open(n)
}

// employ signs an agent in, who is there for visitors from then on.
func (c *crowd) employ(identity string) error {
	in, err := client.SignIn(c.ctx, c.server.base, identity, c.server.password)
	if err != nil {
		return err
	}
	a := &agent{crowd: c, ready: make(chan struct{})}
	if a.Client, err = client.Connect(c.ctx, c.server.base, in.Token, "", a.hear); err != nil {
		return err
	}
	if err = within(c.ctx, a.ready, a.Left()); err != nil {
		return err
	}
	c.agents = append(c.agents, a)
	return a.Say(client.Fields{"type": "presence", "status": "online"})
}

func (a *agent) hear(f client.Frame) {
	switch f.Type() {
	case readyFrame:
		var in struct{ You struct{ ID string } }
		_ = f.Read(&in)
		a.id = in.You.ID
		close(a.ready)
	case "conversation":
		if a.crowd.stage.Load() == nil { // while people come together
			a.receive(f)
		}
	default:
		a.crowd.heard(f, "visitor")
	}
}

// receive takes a conversation that the agent was given.
func (a *agent) receive(f client.Frame) {
	s, ok := f.Conversation()
	if !ok || s.Assignee.ID != a.id || s.Status != "open" {
		return
	}
	a.crowd.mu.Lock()
	chat := a.crowd.known[s.Contact.ID]
	a.crowd.mu.Unlock()
	if chat != nil && chat.agent.CompareAndSwap(nil, a) {
		chat.id.Store(&s.ID)
		a.crowd.given <- struct{}{}
	}
}

// open opens conversations until there are n, each with an agent who serves it.
func (c *crowd) open(n int) error {
	c.stage.Store(nil)
	missing := n - len(c.chats)
	if missing <= 0 {
		return nil
	}
	err := together(missing, func(int) error {
		chat, err := c.enter()
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.chats = append(c.chats, chat)
		c.mu.Unlock()
		return chat.visitor.Say(client.Fields{"type": "send", "kind": textKind, "text": "你好，在吗"})
	})
	if err != nil {
		return err
	}
	limit := time.NewTimer(givenWithin + time.Duration(missing)*20*time.Millisecond)
	defer limit.Stop()
	for i := range missing {
		select {
		case <-c.given:
		case <-limit.C:
			return fmt.Errorf("only %d of %d conversations were given to agents; there have to be enough of them", i, missing)
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	return nil
}

// enter lets a visitor in.
func (c *crowd) enter() (*chat, error) {
	arrival, err := client.Arrive(c.ctx, c.server.base, client.Fields{})
	if err != nil {
		return nil, err
	}
	one := &chat{ready: make(chan struct{})}
	c.mu.Lock()
	c.known[arrival.Contact.ID] = one
	c.mu.Unlock()
	one.visitor, err = client.Connect(c.ctx, c.server.base, arrival.Token, arrival.Cursor, func(f client.Frame) {
		if f.Type() == readyFrame {
			close(one.ready)
			return
		}
		c.heard(f, "staff")
	})
	if err != nil {
		return nil, err
	}
	return one, within(c.ctx, one.ready, one.visitor.Left())
}

// heard notes what a frame says of the messages that are measured: an ack, or a
// word of the other side's.
func (c *crowd) heard(f client.Frame, other string) {
	now := time.Now()
	st := c.stage.Load()
	if st == nil {
		return
	}
	switch f.Type() {
	case "ack":
		var in struct{ ID string }
		_ = f.Read(&in)
		st.acked(in.ID, now)
	case "message":
		if name := f.From(st.name + "-"); st.misses(name) {
			if m, ok := f.Message(); ok && m.From.Kind == other && m.Kind == textKind {
				st.delivered(name, now)
			}
		}
	case "retry", "refused":
		var in struct{ ID, Code string }
		_ = f.Read(&in)
		st.failed(in.ID, in.Code)
	}
}

// reads measures what the console asks for when somebody opens it: the list, and
// the thread of a conversation.
func (c *crowd) reads(ctx context.Context) (r reading, err error) {
	if c.server.bare() {
		return r, nil
	}
	const times = 400 // enough for a hundredth
	var list, thread []time.Duration
	for i := range times {
		one := c.chats[i%len(c.chats)]
		a := one.agent.Load()
		began := time.Now()
		if err = a.Call(ctx, http.MethodGet, "/api/xiaoer/conversations?view=mine", nil, nil); err != nil {
			return r, err
		}
		list = append(list, time.Since(began))
		began = time.Now()
		if err = a.Call(ctx, http.MethodGet, "/api/xiaoer/conversations/"+*one.id.Load()+"/thread", nil, nil); err != nil {
			return r, err
		}
		thread = append(thread, time.Since(began))
	}
	return reading{percentiles(list), percentiles(thread)}, nil
}

// together does work n times, some of it side by side, and returns the first
// error.
func together(n int, work func(i int) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make([]error, atOnce)
	for w := range atOnce {
		all.Go(func() {
			defer recovered()
			for i := int(next.Add(1)) - 1; i < n && errs[w] == nil; i = int(next.Add(1)) - 1 {
				errs[w] = work(i)
			}
		})
	}
	all.Wait()
	return cmp.Or(errs...)
}

// within waits for ready, unless the connection ends before.
func within(ctx context.Context, ready, left <-chan struct{}) error {
	limit := time.NewTimer(givenWithin)
	defer limit.Stop()
	select {
	case <-ready:
		return nil
	case <-left:
		return errors.New("the server has hung up")
	case <-limit.C:
		return fmt.Errorf("the server is not ready after %s", givenWithin)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// percentiles of what was measured, in ms.
func percentiles(list []time.Duration) (p spread) {
	if len(list) == 0 {
		return p
	}
	slices.Sort(list)
	at := func(share float64) float64 { return ms(list[min(len(list)-1, int(share*float64(len(list))))]) }
	return spread{at(.5), at(.99), at(.999)}
}

func ms(d time.Duration) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', 2, 64), 64)
	return v
}

func recovered() {
	if p := recover(); p != nil {
		slog.Error("a player of the bench panicked", "panic", p, "stack", string(debug.Stack()))
	}
}
