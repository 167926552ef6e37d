// Package protocol speaks xiaoer.v1, the live protocol, and the HTTP calls
// beside it: it turns frames and requests into intentions, and commits into
// frames. It owns the names on the wire and nothing else; asyncapi.yaml beside
// it is the contract, held against this code by tests.
//
// Two kinds of peers listen. A visitor hears their own thread and sees, field
// by field, only what is listed for visitors in wire.go. A member of staff hears
// the conversations that they may see, which is asked again for each entry.
package protocol

import (
	"context"
	_ "embed"
	"net/http"
	"sync"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// drainPriority lies before PocketBase's own shutdown of HTTP (-9999), so that
// sockets are told to come back while their answers still get out.
const drainPriority = -10000

// everybody is the topic that all staff hear.
const everybody live.Topic = "staff"

func thread(contact string) live.Topic { return live.Topic("contact:" + contact) }

func colleague(id string) live.Topic { return live.Topic("staff:" + id) }

//go:embed asyncapi.yaml
var document []byte

// desk is the protocol's server for one app.
type desk struct {
	app   core.App
	hub   *live.Hub
	sweep sync.Once // tests serve one app more than once
	// telling is held while staff are told what a conversation is, from before it is read:
	// what has been read first would else arrive last. It lies before the hub's locks.
	telling sync.Mutex
	bounds
}

const storeKey = "protocol.desk"

// Online reports whether the contact has the chat open somewhere.
func Online(app core.App, contact string) bool {
	d, ok := app.Store().Get(storeKey).(*desk)
	return ok && d.hub.Count(thread(contact)) > 0
}

// Connected is how many sockets are open: of visitors, those who have not said
// hello yet among them, and of staff.
func Connected(app core.App) (visitors, staff int) {
	d, ok := app.Store().Get(storeKey).(*desk)
	if !ok {
		return 0, 0
	}
	staff = d.hub.Count(everybody)
	return max(d.hub.Size()-staff, 0), staff
}

// Register serves the protocol on app. Addresses in exempt know no limits.
func Register(app core.App, table *web.Table, exempt limits.Exempt) {
	d := &desk{app: app, bounds: bounds{exempt: exempt}}
	d.hub = live.NewHub(d)
	app.Store().Set(storeKey, d)
	for name, c := range commands {
		table.Command(name, c.permission)
	}
	conversations.OnCommit(app).BindFunc(d.publish)
	routing.OnPresence(app).BindFunc(d.tellPresence)
	routing.OnPlaces(app).BindFunc(d.tellPlaces)
	routing.OnOffer(app).BindFunc(d.tellOffer)
	routing.OnWaiting(app).BindFunc(d.tellWaiting)
	routing.OnReturned(app).BindFunc(d.tellReturned)
	notices.OnTell(app).BindFunc(d.tellNotice)
	access.Changed(app).BindFunc(d.refresh)
	app.OnRecordAfterUpdateSuccess(customers.Customers).BindFunc(d.tellKnown)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error { return d.serve(e, table) })
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "socketsDrain", Func: d.drain, Priority: drainPriority})
}

func (d *desk) serve(e *core.ServeEvent, table *web.Table) error {
	d.bounds = newBounds(d.app, d.exempt)
	if e.Server != nil { // without one, routes are only listed
		d.sweep.Do(func() { go d.hub.Run(life(d.app)) })
	}

	table.Guard(web.Visitor, d.admitVisitor)
	get, post := http.MethodGet, http.MethodPost
	table.Open(e.Router,
		web.Route{Method: get, Path: "/ws", Permission: web.Anyone, Handle: d.socket},
		web.Route{Method: get, Path: "/asyncapi.yaml", Permission: web.Anyone, Handle: describe},
		web.Route{Method: post, Path: "/api/xiaoer/visitor", Permission: web.Anyone, Handle: d.arrive},
		web.Route{Method: get, Path: "/api/xiaoer/visitor/messages", Permission: web.Visitor, Handle: d.visitorMessages},
		web.Route{Method: post, Path: "/api/xiaoer/visitor/messages", Permission: web.Visitor, Handle: d.visitorSend},
		web.Route{Method: post, Path: "/api/xiaoer/visitor/left", Permission: web.Visitor, Handle: d.leave},
		web.Route{Method: post, Path: "/api/xiaoer/visitor/files", Permission: web.Visitor, Handle: d.visitorUpload},
		web.Route{Method: post, Path: "/api/xiaoer/visitor/rating", Permission: web.Visitor, Handle: d.rate},
		web.Route{Method: get, Path: "/files/{id}", Permission: web.Anyone, Handle: d.download},
	)
	table.API(e.Router,
		web.Route{Method: get, Path: "/api/xiaoer/conversations", Permission: web.SignedIn, Handle: d.list},
		web.Route{Method: get, Path: "/api/xiaoer/conversations/{id}", Permission: web.SignedIn, Handle: d.one},
		web.Route{Method: get, Path: "/api/xiaoer/conversations/{id}/messages", Permission: web.SignedIn, Handle: d.timeline},
		web.Route{Method: get, Path: "/api/xiaoer/conversations/{id}/thread", Permission: web.SignedIn, Handle: d.thread},
		web.Route{Method: post, Path: "/api/xiaoer/files", Permission: access.ConversationsReply, Handle: d.staffUpload},
		web.Route{Method: get, Path: "/api/xiaoer/files/{id}", Permission: web.Anyone, Handle: d.fileLink},
	)
	return e.Next()
}

func (d *desk) drain(e *core.TerminateEvent) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainWithin)
	defer cancel()
	d.hub.Drain(ctx)
	return e.Next()
}

func describe(e *core.RequestEvent) error {
	return e.Blob(http.StatusOK, "application/yaml; charset=utf-8", document)
}
