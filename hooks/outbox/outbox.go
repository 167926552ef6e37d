// Package outbox does what must happen after a commit: a row is written in the
// transaction that decides it, and a worker does it afterwards, again and again
// until it succeeds. A crash in between forgets nothing.
//
// An effect happens at least once, so a handler must bear being called twice
// with the same [Effect.ID]. Effects of one kind happen in the order of their
// commits, one at a time: one that fails holds up those behind it, and no other
// kind. After [most] tries it is given up, stays in the table with its error,
// and the next one's turn comes.
//
// Each kind has one goroutine, which lives from the server's start to its end.
// While the program stops, effects that are due are still done, for a few
// seconds, before the database closes; the others wait for the next start. The
// table is the truth: a wake-up that is lost costs one second.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

const (
	poll    = time.Second
	patient = time.Minute      // how long one try may take
	drain   = 3 * time.Second  // how long stopping waits for what is due
	slowest = 10 * time.Minute // between two tries
	most    = 100              // tries; with the pauses between them most of a day
	// atTermination is after sockets and requests have ended (-10000, -9999) and
	// before PocketBase flushes its log (-999) and closes the database.
	atTermination = -1500
)

// Effect is something that is to happen.
type Effect struct {
	ID      string
	Kind    string
	Tries   int // before this one
	payload []byte
	due     time.Time
}

// Into reads what was given to [Add].
func (e *Effect) Into(payload any) error {
	if err := json.Unmarshal(e.payload, payload); err != nil {
		return fmt.Errorf("read effect %s: %w", e.ID, err)
	}
	return nil
}

// Handler makes an effect happen. An error means: again later.
type Handler func(ctx context.Context, app core.App, e *Effect) error

// Add writes down an effect, to happen once due has come. Called with a
// transaction's app it commits, or not, with everything else in there.
func Add(app core.App, kind string, payload any, due time.Time) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("write down a %s: %w", kind, err)
	}
	if err = insert(app, kind, raw, due); err != nil {
		return fmt.Errorf("write down a %s: %w", kind, err)
	}
	if tx := app.TxInfo(); tx != nil {
		tx.OnComplete(func(error) error { wake(app, kind); return nil })
	} else {
		wake(app, kind)
	}
	return nil
}

// box is the worker of one app.
type box struct {
	app   core.App
	mu    sync.Mutex
	kinds map[string]*kind
	stop  chan struct{}
	end   func() // closes stop, once
	kill  func() // cancels what is still being tried
	done  sync.WaitGroup
}

type kind struct {
	name   string
	handle Handler
	wake   chan struct{} // holds one: more would say the same
}

const stored = "outbox"

// Register prepares app's outbox; its worker starts and ends with the server.
func Register(app core.App) {
	b := &box{app: app, kinds: map[string]*kind{}, stop: make(chan struct{}), kill: func() {}}
	b.end = sync.OnceFunc(func() { close(b.stop) })
	app.Store().Set(stored, b)
	begin := sync.OnceFunc(b.start) // tests serve one app more than once
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if e.Server != nil { // without one, routes are only listed
			begin()
		}
		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "outboxDrain", Priority: atTermination, Func: b.drain})
}

// Handle says how effects of a kind are made to happen. Call it while features
// register, once a kind.
func Handle(app core.App, name string, handle Handler) {
	b := of(app)
	if b == nil {
		panic("outbox: Register comes before Handle")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kinds[name] != nil {
		panic("outbox: " + name + " is handled twice")
	}
	b.kinds[name] = &kind{name: name, handle: handle, wake: make(chan struct{}, 1)}
}

func of(app core.App) *box {
	b, _ := app.Store().Get(stored).(*box)
	return b
}

func wake(app core.App, name string) {
	b := of(app)
	if b == nil {
		return // a command's app: the server will see the row
	}
	b.mu.Lock()
	k := b.kinds[name]
	b.mu.Unlock()
	if k == nil {
		return
	}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

func (b *box) start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	b.kill = cancel
	for _, k := range b.kinds {
		b.done.Go(func() { b.work(ctx, k) })
	}
}

// drain waits for the workers to finish. Whoever is still trying when the time
// is over is cancelled, and tries again after the next start.
func (b *box) drain(e *core.TerminateEvent) error {
	b.end()
	late := time.AfterFunc(drain, b.kill)
	b.done.Wait()
	late.Stop()
	b.kill()
	return e.Next()
}

// work is the life of one kind's goroutine.
func (b *box) work(ctx context.Context, k *kind) {
	for {
		wait := b.next(ctx, k, time.Now())
		if wait == 0 {
			select {
			case <-b.stop:
				b.finish(ctx, k)
				return
			default:
				continue
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-k.wake:
		case <-timer.C:
		case <-b.stop:
			timer.Stop()
			b.finish(ctx, k)
			return
		}
		timer.Stop()
	}
}

// finish does what is due while the program stops.
func (b *box) finish(ctx context.Context, k *kind) {
	for ctx.Err() == nil && b.next(ctx, k, time.Now()) == 0 {
		continue
	}
}

// next does the first effect of a kind if its time has come, and says how long
// to wait for the next: 0 after one that was done.
func (b *box) next(ctx context.Context, k *kind, now time.Time) (wait time.Duration) {
	defer func() {
		if p := recover(); p != nil { // a handler's own is caught by try
			b.app.Logger().Error("the outbox panicked", "kind", k.name, "panic", p, "stack", string(debug.Stack()))
			wait = poll
		}
	}()
	e, err := head(b.app, k.name, now)
	if err != nil {
		b.app.Logger().Error("read the outbox", "kind", k.name, "error", err)
		return poll
	}
	if e == nil {
		return poll
	}
	if early := e.due.Sub(now); early > 0 {
		return early // whatever comes meanwhile waits behind it
	}
	if err = b.try(ctx, k, e); err == nil {
		err = remove(b.app, e.ID)
	} else {
		err = b.postpone(e, err, now)
	}
	if err != nil {
		b.app.Logger().Error("write the outbox", "kind", k.name, "error", err)
		return poll
	}
	return 0
}

var errPanicked = errors.New("the handler panicked")

// try calls the handler, whatever it does.
func (b *box) try(ctx context.Context, k *kind, e *Effect) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			b.app.Logger().Error("outbox handler panicked", "kind", k.name, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %v", errPanicked, p)
		}
	}()
	return k.handle(ctx, b.app, e)
}

func (b *box) postpone(e *Effect, cause error, now time.Time) error {
	if e.Tries+1 >= most {
		b.app.Logger().Error("gave up an effect", "kind", e.Kind, "id", e.ID, "error", cause)
		return giveUp(b.app, e.ID, cause, now)
	}
	b.app.Logger().Warn("an effect is tried again", "kind", e.Kind, "id", e.ID, "tries", e.Tries+1, "error", cause)
	return again(b.app, e.ID, cause, now.Add(pause(e.Tries)))
}

// pause grows from a second, twice as long each time.
func pause(tries int) time.Duration {
	if tries > 9 { // 2^10 s is more already
		return slowest
	}
	return min(time.Second<<tries, slowest)
}
