package notices

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// stopPriority lies after the timeline's last commit (-5000) and before the
// database closes.
const stopPriority = -4900

// teller hands on the notices of one app. Those of transactions wait in line for
// a goroutine that lives while there is something in it, so that the timeline's
// writer waits for nobody's socket.
type teller struct {
	app  core.App
	told hook.Hook[*TellEvent]
	busy sync.WaitGroup // the goroutine

	mu      sync.Mutex
	line    []Notice
	telling bool
}

// Tell tells n to whoever it is for and connected, and forgets it: what somebody
// must learn although they are away is an [Alert], or stands in the timeline.
// With a transaction's app it is told after the commit, if there is one. A
// change of the timeline that has told something must not fail afterwards, since
// the others of its batch are committed without it.
func Tell(app core.App, n Notice) error {
	t := of(app)
	tx := app.TxInfo()
	if tx == nil {
		return t.tell(n)
	}
	tx.OnComplete(func(err error) error {
		if err == nil {
			t.later(n)
		}
		return nil
	})
	return nil
}

func (t *teller) tell(n Notice) error {
	if err := t.told.Trigger(&TellEvent{App: t.app, Notice: n}); err != nil {
		return fmt.Errorf("tell a %s: %w", n.Code, err)
	}
	return nil
}

func (t *teller) later(n Notice) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line = append(t.line, n)
	if t.telling {
		return
	}
	t.telling = true
	t.busy.Add(1)
	go t.tellAll()
}

// tellAll tells what stands in line, in its order, and ends with the line.
func (t *teller) tellAll() {
	defer t.busy.Done()
	for {
		t.mu.Lock()
		if len(t.line) == 0 {
			t.telling = false
			t.mu.Unlock()
			return
		}
		n := t.line[0]
		t.line = t.line[1:]
		t.mu.Unlock()
		t.safely(n)
	}
}

// safely tells n whatever its hearers do.
func (t *teller) safely(n Notice) {
	defer func() {
		if p := recover(); p != nil {
			t.app.Logger().Error("telling a notice panicked", "code", n.Code, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if err := t.tell(n); err != nil {
		t.app.Logger().Error("notice not told", "code", n.Code, "error", err)
	}
}
