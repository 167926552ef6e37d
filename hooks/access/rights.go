package access

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// poll is how often a server looks whether another process has changed rights.
const poll = time.Second

// ChangeEvent says that staff, roles or sign-ins are no longer what they were.
type ChangeEvent struct {
	hook.Event
	App     core.App
	Version int64
}

// rights is what an app knows of the version row. While it serves, watch keeps
// version up to date; else it is read each time.
type rights struct {
	version  atomic.Int64
	watching atomic.Bool
	moved    chan struct{} // wakes watch before the next poll
	stop     chan struct{} // ends watch; made when it starts
	stopped  chan struct{} // closed when it has ended

	mu      sync.Mutex // guards current; held while it is loaded
	current *snapshot

	changed hook.Hook[*ChangeEvent]
	leaves  hook.Hook[*GroupLeavesEvent]
}

func rightsOf(app core.App) *rights {
	r, _ := app.Store().GetOrSet("xiaoer.access", func() any { return &rights{moved: make(chan struct{}, 1)} }).(*rights)
	return r
}

// Changed fires within a second after rights have changed, whichever process
// did it. It fires in a goroutine of its own, and only in a server.
func Changed(app core.App) *hook.Hook[*ChangeEvent] { return &rightsOf(app).changed }

// Version is that of the rights now: another one, where staff, roles or sign-ins
// have changed.
func Version(app core.App) (int64, error) {
	if r := rightsOf(app); r.watching.Load() && !app.IsTransactional() {
		return r.version.Load(), nil
	}
	return readVersion(app)
}

// now returns everybody as of the present version. Inside a transaction it
// reads what the transaction sees and keeps nothing of it.
func now(app core.App) (*snapshot, error) {
	if app.IsTransactional() {
		return load(app, 0)
	}
	r := rightsOf(app)
	version := r.version.Load()
	if !r.watching.Load() {
		var err error
		if version, err = readVersion(app); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil && r.current.version >= version {
		return r.current, nil
	}
	s, err := load(app, version)
	if err != nil {
		return nil, err
	}
	r.current = s
	return s, nil
}

// newer is everybody as of this moment, for whoever is not in s: another process may
// have added them since the last look.
func newer(app core.App, s *snapshot) (*snapshot, error) {
	version, err := readVersion(app)
	if err != nil || version == s.version || app.IsTransactional() {
		return s, err
	}
	return load(app, version)
}

func readVersion(app core.App) (int64, error) {
	var version int64
	if err := app.ConcurrentDB().NewQuery("SELECT version FROM rights WHERE id = 1").Row(&version); err != nil {
		return 0, fmt.Errorf("version of the rights: %w", err)
	}
	return version, nil
}

// bump moves the version in the transaction that changes a staff member, a role
// or a sign-in, starting one where there is none.
func bump(e *core.RecordEvent) error {
	return audit.Within(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		_, err := e.App.DB().NewQuery("UPDATE rights SET version = version + 1 WHERE id = 1").Execute()
		return err
	})
}

// notice runs after the commit, so that whoever made the change sees it at once.
func notice(e *core.RecordEvent) error {
	r := rightsOf(e.App)
	if version, err := readVersion(e.App); err != nil {
		e.App.Logger().Error("rights not read", "error", err)
	} else if !e.App.IsTransactional() {
		r.advance(version)
	}
	select {
	case r.moved <- struct{}{}:
	default:
	}
	return e.Next()
}

// advance never goes back: two readers may arrive in the wrong order.
func (r *rights) advance(version int64) {
	for {
		known := r.version.Load()
		if version <= known || r.version.CompareAndSwap(known, version) {
			return
		}
	}
}

// watch polls the version until stop is closed and tells whoever asked for
// [Changed].
func (r *rights) watch(app core.App) {
	defer close(r.stopped)
	tick := time.NewTicker(poll)
	defer tick.Stop()
	told := r.version.Load()
	for {
		select {
		case <-r.stop:
			return
		case <-tick.C:
		case <-r.moved:
		}
		if !r.watching.Load() {
			return
		}
		told = r.look(app, told)
	}
}

// look reads the version and tells of it where it is not the one told last. It
// returns the one that is told now. A handler's panic ends only this look.
func (r *rights) look(app core.App, told int64) (now int64) {
	defer func() {
		if p := recover(); p != nil {
			app.Logger().Error("following the rights panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	now = told
	if err := endOverdue(app, time.Now()); err != nil {
		app.Logger().Error("overdue sign-ins not ended", "error", err)
	}
	version, err := readVersion(app)
	if err != nil {
		app.Logger().Error("rights not read", "error", err)
		return now
	}
	r.advance(version)
	if now = version; now == told {
		return now
	}
	if err := r.changed.Trigger(&ChangeEvent{App: app, Version: version}); err != nil {
		app.Logger().Error("change of rights not followed", "error", err)
	}
	return now
}

// start begins to watch. A second call, as tests make it, changes nothing.
func (r *rights) start(app core.App) error {
	version, err := readVersion(app)
	if err != nil {
		return err
	}
	r.advance(version)
	if !r.watching.CompareAndSwap(false, true) {
		return nil
	}
	r.stop, r.stopped = make(chan struct{}), make(chan struct{})
	go r.watch(app)
	return nil
}

// end stops watching; what is asked for later is read from the database again.
func (r *rights) end() {
	if !r.watching.CompareAndSwap(true, false) {
		return
	}
	close(r.stop)
	select { // the database closes next
	case <-r.stopped:
	case <-time.After(2 * poll):
	}
}
