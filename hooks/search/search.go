// Package search finds what people in the shop may see: what was said, customers,
// and what staff have noted of them or among themselves.
//
// Words are cut by package terms and looked up in SQLite's full-text indexes. What
// is said is indexed by package conversations, in the commit that says it;
// customers and notes by this package, within a second of their change, by
// whatever way they were changed: triggers put it down (see [IndexRecords]). An
// index leads to candidates only. Each is read from where it stands, asked whether
// the person may see it now, and held against what was typed; so nothing is found
// that was recalled, deleted or erased, and what somebody may not see leaves no
// trace in what they are told, in no count either.
//
// By time, what was found first is answered at once, however much more there is.
// By fitness, the newest few thousand are held against each other.
//
// Personal data that is shown masked must not be found out by guessing it digit by
// digit: see [personal].
package search

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// So many searches somebody makes in a minute, of whom some at each pause in their
// typing.
const (
	searchesMost = 300
	searchesPer  = time.Minute
)

// Register binds the call, and the worker that indexes.
func Register(app core.App, t *web.Table) {
	d := &desk{limits.NewWindow(searchesMost, searchesPer)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.API(e.Router, web.Route{Method: http.MethodGet, Path: "/api/xiaoer/search", Permission: web.SignedIn, Handle: d.search})
		return e.Next()
	})
	rounds.Bind(app, rounds.Of{Name: "search", Round: func(time.Time) error { return IndexRecords(app) }})
}
