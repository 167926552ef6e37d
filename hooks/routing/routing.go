// Package routing decides who answers: it knows who is present, gives what
// waits to the least busy of them, and takes back what somebody had who may no
// longer serve.
//
// Presence is what a person has said (kept with their account) and whether they
// are connected (kept in memory alone): without a connection somebody counts as
// offline after a grace, so that a reload or a tunnel loses nobody their
// conversations. Giving is one decision in the commit that assigns, made by a
// pure function over who could and how much each has; a worker makes it whenever
// something changes that could let somebody's waiting end.
package routing

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const storeKey = "routing.counter"

// grace is how long somebody without a connection still counts as present.
const grace = 30 * time.Second

// afterPublishing lets everybody hear of a commit before they hear what routing
// makes of it.
const afterPublishing = 100

// tellPlaces is how often those who wait are told their new place at most.
const tellPlaces = 5 * time.Second

// counter is who stands behind it. mu guards all below it and is never held
// while the database is read or written.
type counter struct {
	app  core.App
	wake chan struct{}
	quit chan struct{}
	once sync.Once
	done sync.WaitGroup

	changed  hook.Hook[*PresenceEvent]
	moved    hook.Hook[*PlacesEvent]
	waiting  hook.Hook[*WaitingEvent]
	returned hook.Hook[*ReturnedEvent]
	failing  bool        // the last round met a fault; the worker's alone
	rights   atomic.Bool // may have changed since the worker looked

	mu        sync.Mutex
	connected map[string]int       // sockets of a staff member
	lost      map[string]time.Time // when the last one went
	told      map[string]Status    // presence as it was last told
	given     map[string]time.Time // when somebody was last given a conversation
	places    map[string]int       // place in the queue as last told
	alerted   map[string]bool      // waiting conversations that everybody was told of
	avoid     map[string]string    // conversation → who has just handed it on
	staff     map[string]bool      // who worked here when the worker last looked
}

// PlacesEvent lists conversations whose place in the queue has changed.
type PlacesEvent struct {
	hook.Event
	App           core.App
	Conversations []*conversations.Conversation
}

// WaitingEvent says that a conversation waits and nobody is free for it.
type WaitingEvent struct {
	hook.Event
	App          core.App
	Conversation *conversations.Conversation
}

// Register starts the worker of app.
func Register(app core.App) {
	r := &counter{
		app: app, wake: make(chan struct{}, 1), quit: make(chan struct{}), connected: map[string]int{}, lost: map[string]time.Time{},
		told: map[string]Status{}, given: map[string]time.Time{}, places: map[string]int{}, alerted: map[string]bool{}, avoid: map[string]string{},
	}
	app.Store().Set(storeKey, r)
	conversations.OnCommit(app).Bind(&hook.Handler[*conversations.Committed]{Id: "routingFollows", Func: r.follow, Priority: afterPublishing})
	r.rights.Store(true) // whoever lost theirs while nobody served
	access.Changed(app).BindFunc(func(e *access.ChangeEvent) error { r.rights.Store(true); r.nudge(); return e.Next() })
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if e.Server != nil { // without one, routes are only listed
			r.once.Do(func() { r.done.Add(1); go r.work() })
		}
		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "routingStops", Priority: -5100, Func: func(e *core.TerminateEvent) error {
		r.once.Do(func() {}) // it will not start any more
		select {
		case <-r.quit:
		default:
			close(r.quit)
		}
		r.done.Wait()
		return e.Next()
	}})
}

func of(app core.App) *counter {
	r, ok := app.Store().Get(storeKey).(*counter)
	if !ok {
		panic("routing.Register was not called for this app")
	}
	return r
}

// OnPlaces is triggered, at most every 5 s, with those whose place has changed.
func OnPlaces(app core.App) *hook.Hook[*PlacesEvent] { return &of(app).moved }

// OnWaiting is triggered once for each conversation that nobody is free for.
func OnWaiting(app core.App) *hook.Hook[*WaitingEvent] { return &of(app).waiting }

// follow wakes the worker after commits that may let somebody's waiting begin
// or end.
func (r *counter) follow(e *conversations.Committed) error {
	for _, c := range e.Changes {
		if c.Before == nil || c.Before.Status != c.After.Status || c.Before.Assignee != c.After.Assignee || c.Before.Group != c.After.Group {
			if c.After.Status == conversations.Waiting && c.Before != nil && c.Before.Assignee != "" {
				r.mu.Lock()
				r.avoid[c.After.ID] = c.Before.Assignee
				r.mu.Unlock()
			}
			r.nudge()
		}
	}
	return e.Next()
}

func (r *counter) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// work settles the queue when woken, and looks each second for people whose
// grace has ended and places that have changed.
func (r *counter) work() {
	defer r.done.Done()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var placed time.Time
	r.settle()
	for {
		select {
		case <-r.quit:
			return
		case <-r.wake:
			r.settle()
		case now := <-tick.C:
			if r.expire(now) || r.failing {
				r.settle()
			}
			if now.Sub(placed) >= tellPlaces {
				placed = now
				r.tellPlaces()
			}
		}
	}
}

// settle takes back what has to go back, and gives away what can be given. After a fault of the storage it is tried
// again in a second: nothing else may happen that would wake the worker, and
// somebody would wait although a colleague is free.
func (r *counter) settle() {
	defer recovered()
	err := r.takeBack()
	if err == nil {
		err = r.giveAll()
	}
	if err != nil && !r.failing { // one line, however long it lasts
		slog.Error("settling the queue", "error", err)
	}
	r.failing = err != nil
}

func (r *counter) giveAll() error {
	queue, err := conversations.InQueue(r.app)
	if err != nil {
		return fmt.Errorf("reading the queue: %w", err)
	}
	loads, err := conversations.Load(r.app)
	if err != nil {
		return fmt.Errorf("counting open conversations: %w", err)
	}
	still := map[string]bool{}
	for _, c := range queue {
		if r.choose(c, loads) != nil {
			given, err := r.assign(c, loads)
			if err != nil {
				return fmt.Errorf("assigning %s: %w", c.ID, err)
			}
			if given {
				continue
			}
		}
		still[c.ID] = true
		r.alert(c)
	}
	r.forget(still)
	return nil
}

// forget drops what was kept of conversations that wait no longer.
func (r *counter) forget(still map[string]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.alerted {
		if !still[id] {
			delete(r.alerted, id)
		}
	}
	for id := range r.avoid {
		if !still[id] {
			delete(r.avoid, id)
		}
	}
}

// assign gives c to whom the writer's own count says, and reports whether it
// did.
func (r *counter) assign(c *conversations.Conversation, loads map[string]int) (bool, error) {
	var chosen *access.Person
	err := conversations.Assign(r.app, c.ID, func(now *conversations.Conversation, counted map[string]int) (*access.Person, string) {
		chosen = r.choose(now, counted)
		return chosen, ""
	})
	if kind := fail.Of(err).Kind; err != nil && (kind == fail.Unauthorized || kind == fail.Forbidden) {
		return false, nil // gone between the choice and the commit: we shall be woken for it
	}
	if err != nil || chosen == nil {
		return false, err
	}
	loads[chosen.ID]++
	r.mu.Lock()
	r.given[chosen.ID] = time.Now()
	r.mu.Unlock()
	return true, nil
}

// choose applies [Choose] to who is available now.
func (r *counter) choose(c *conversations.Conversation, loads map[string]int) *access.Person {
	people, err := access.People(r.app)
	if err != nil {
		slog.Error("reading staff", "error", err)
		return nil
	}
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	var candidates []Candidate
	for _, p := range people {
		if r.status(p, now) == Online && p.May(access.ConversationsReply) {
			candidates = append(candidates, Candidate{Person: p, Load: loads[p.ID], Idle: r.given[p.ID], HandedOn: r.avoid[c.ID] == p.ID})
		}
	}
	return Choose(c.Group, candidates)
}

// alert tells everybody, once, that c waits and nobody is free.
func (r *counter) alert(c *conversations.Conversation) {
	r.mu.Lock()
	known := r.alerted[c.ID]
	r.alerted[c.ID] = true
	r.mu.Unlock()
	if known {
		return
	}
	if err := r.waiting.Trigger(&WaitingEvent{App: r.app, Conversation: c}); err != nil {
		slog.Error("telling that somebody waits", "error", err)
	}
}

// tellPlaces tells those whose place in the queue is another than it told them
// last. Newcomers count, although they know their first place from joining: it
// may have changed since, and nobody would tell them.
func (r *counter) tellPlaces() {
	defer recovered()
	queue, err := conversations.InQueue(r.app)
	if err != nil {
		slog.Error("reading the queue", "error", err)
		return
	}
	next, ahead := map[string]int{}, map[string]int{}
	var moved []*conversations.Conversation
	r.mu.Lock()
	for _, c := range queue {
		ahead[c.Group]++
		next[c.ID] = ahead[c.Group]
		if r.places[c.ID] != next[c.ID] {
			moved = append(moved, c)
		}
	}
	r.places = next
	r.mu.Unlock()
	if len(moved) == 0 {
		return
	}
	if err := r.moved.Trigger(&PlacesEvent{App: r.app, Conversations: moved}); err != nil {
		slog.Error("telling places in the queue", "error", err)
	}
}

func recovered() {
	if p := recover(); p != nil {
		slog.Error("routing panicked", "panic", p, "stack", string(debug.Stack()))
	}
}
