package ops

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// asked is how long an answer about the database is good for, so that whoever
// asks all the time does not keep the writer from its work.
const asked = 500 * time.Millisecond

// readiness is whether to send anybody here: the database takes writes and the
// timeline has not met a failing disk, the schema is up to date (serve migrates
// before it listens), and the program is not about to stop.
type readiness struct {
	draining atomic.Bool

	mu   sync.Mutex // held while the database is asked: one asks for all
	last error
	at   time.Time
}

func (r *readiness) answer(e *core.RequestEvent) error {
	if r.draining.Load() {
		return fail.New(fail.Draining, "fail.draining")
	}
	if !conversations.Healthy(e.App) {
		return fail.New(fail.Busy, "fail.busy")
	}
	if err := r.writable(e.App); err != nil {
		return fail.New(fail.Busy, "fail.busy").Because(err)
	}
	return e.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

var errOnlyTried = errors.New("only tried")

// writable takes the lock for writing and gives it back.
func (r *readiness) writable(app core.App) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && time.Since(r.at) < asked {
		return r.last
	}
	r.last = app.RunInTransaction(func(app core.App) error {
		if _, err := app.DB().NewQuery("UPDATE rights SET version = version WHERE id = 1").Execute(); err != nil {
			return err
		}
		return errOnlyTried
	})
	if errors.Is(r.last, errOnlyTried) {
		r.last = nil
	}
	r.at = time.Now()
	return r.last
}
