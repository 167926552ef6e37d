package sla

import (
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// lastSave is what the last save has changed, so that it can be taken back as
// long as nothing else was changed. It is a convenience of the minute after, and
// gone with the program.
type lastSave struct {
	mu     sync.Mutex
	before Settings
	after  string // version of what was saved; "" where there is nothing to take back
}

func (l *lastSave) remember(before, after Settings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before, l.after = before, web.Version(after)
}

// take gives what was before now, once.
func (l *lastSave) take(now Settings) (Settings, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := l.after != "" && l.after == web.Version(now)
	l.after = ""
	return l.before, ok
}

// takeBack puts back what the last save has changed.
func (k *keeper) takeBack(e *core.RequestEvent) error {
	err := e.App.RunInTransaction(func(app core.App) error {
		before, ok := k.undo.take(Of(app))
		if !ok {
			return fail.New(fail.Conflict, "sla.undo_gone")
		}
		return Save(app, before)
	})
	if err != nil {
		return err
	}
	return web.Done(e, at, "sla.undone")
}
