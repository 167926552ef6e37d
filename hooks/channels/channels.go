// Package channels owns the ways in: what a visitor finds there (greeting,
// hours, entry questions), which sites may show the chat, and the secrets with
// which a shop's own site vouches for its visitors.
//
// Exactly one channel is the default as soon as there is any. Whoever becomes
// the default takes that from the one before, in one transaction; nobody can
// only give it up. These rules are hooks, so the dashboard keeps them too.
//
// The package knows nothing of visitors or conversations.
package channels

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Register binds the invariants, and the pages on which channels are set up.
func Register(app core.App, t *web.Table) {
	audit.Watch(app, Collection, trail)
	t.Area(web.Area{Key: area, Section: web.Service, Icon: "plug", Path: at, Any: []web.Permission{access.ChannelsEdit}, Find: find})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, routes()...)
		return e.Next()
	})
	app.OnRecordCreate(Collection).BindFunc(complete)
	app.OnRecordValidate(Collection).BindFunc(check)
	app.OnRecordCreateExecute(Collection).BindFunc(oneDefault)
	app.OnRecordUpdateExecute(Collection).BindFunc(oneDefault)
	app.OnRecordDelete(Collection).BindFunc(keepDefault)
	access.OnGroupLeaves(app).BindFunc(followGroup)
	for _, changed := range []*hook.TaggedHook[*core.RecordEvent]{
		app.OnRecordAfterCreateSuccess(Collection), app.OnRecordAfterUpdateSuccess(Collection), app.OnRecordAfterDeleteSuccess(Collection),
	} {
		changed.Bind(&hook.Handler[*core.RecordEvent]{Id: knownKey, Func: knownOf(app).forget, Priority: beforeAll})
	}
}
