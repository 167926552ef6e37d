package protocol

import (
	"context"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const day = 24 * time.Hour

// drainWithin bounds how long sockets get to say goodbye at shutdown.
const drainWithin = 3 * time.Second

// bounds is what visitors and addresses may do. They follow the settings: whoever
// counts with one asks [bounds.inForce] first.
type bounds struct {
	app      core.App
	exempt   limits.Exempt
	sends    *limits.Window // a contact's
	uploads  *limits.Window // a contact's
	bytes    *limits.Window // a contact's, a day
	hints    *limits.Window // a contact's: typing and pages, on all of their sockets
	arrivals *limits.Window // an address's
	sockets  *limits.Slots  // an address's, at a time

	mu  *sync.Mutex // guards the numbers below
	now *settings.Limits
}

func newBounds(app core.App, exempt limits.Exempt) bounds {
	l := settings.LimitsOf(app)
	return bounds{
		app: app, exempt: exempt, sends: limits.NewWindow(l.VisitorSends, l.VisitorSendWindow), uploads: limits.NewWindow(l.Uploads, l.UploadWindow),
		bytes: limits.NewWindow(int(l.UploadBytesDay), day), hints: limits.NewWindow(hintsMost, hintsTime),
		arrivals: limits.NewWindow(l.NewVisitors, l.NewVisitorWindow),
		sockets:  limits.NewSlots(l.VisitorSockets), mu: &sync.Mutex{}, now: &l,
	}
}

// inForce is b with what the settings say by now: reading them is free, and what
// has been counted stays.
func (b *bounds) inForce() *bounds {
	l := settings.LimitsOf(b.app)
	b.mu.Lock()
	defer b.mu.Unlock()
	if l == *b.now {
		return b
	}
	*b.now = l
	b.sends.Resize(l.VisitorSends, l.VisitorSendWindow)
	b.uploads.Resize(l.Uploads, l.UploadWindow)
	b.bytes.Resize(int(l.UploadBytesDay), day)
	b.arrivals.Resize(l.NewVisitors, l.NewVisitorWindow)
	b.sockets.Resize(l.VisitorSockets)
	return b
}

// free reports whether no limit applies to the request's address.
func (b *bounds) free(e *core.RequestEvent) bool { return b.exempt.Has(web.Address(e)) }

// within refuses what is over the limit of w.
func within(w *limits.Window, key string, n int64) error {
	if ok, wait := w.AllowN(key, n); !ok {
		return fail.New(fail.Limit, "fail.limit").In(wait)
	}
	return nil
}

// life is a context that ends with the app.
func life(app core.App) context.Context {
	ctx, end := context.WithCancel(context.Background())
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		end()
		return e.Next()
	})
	return ctx
}
