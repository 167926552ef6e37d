// Package conversations owns conversations and their timelines, and the one
// writer of both.
//
// The timeline is the log: what people say and what happens to a conversation
// (assigned, transferred, closed, rated…) are entries of it, numbered in the
// order of their commits. A conversation's row is its present state, changed in
// the same commit. Whoever changes either does it inside [Write], which shares
// one fsync among all that wait; raw statements, because a record saved through
// PocketBase costs several times as much, and an acknowledgement waits for it.
//
// Raw statements fire no record hooks: what follows from a commit binds to
// [OnCommit]. Saving conversations, messages or files as records is refused to
// everybody, the dashboard included.
//
// What is said can be found by its words, see [Find]: they are put into the index
// soon after, and before anybody looks.
//
// The package does not know who is on line, who should be given what, or how a
// frame looks: that is routing's and protocol's business.
package conversations

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
)

const storeKey = "conversations.timeline"

// Register starts the timeline of app and binds its rules.
func Register(app core.App) {
	t := newTimeline(app)
	app.Store().Set(storeKey, t)

	for _, collection := range []string{"conversations", "messages"} { // files keep themselves
		app.OnRecordCreate(collection).BindFunc(refuseRecords)
		app.OnRecordUpdate(collection).BindFunc(refuseRecords)
		app.OnRecordDelete(collection).BindFunc(refuseRecords)
	}
	customers.OnLink(app).BindFunc(t.relink)
	customers.OnExport(app).BindFunc(exportHistory)
	access.OnGroupLeaves(app).BindFunc(keepGroup)
	outbox.Handle(app, recalledFile, deleteFile)
	outbox.Handle(app, customers.Retag, t.retag)
	app.OnServe().BindFunc(t.renewEpoch)
	rounds.Bind(app, rounds.Of{Name: "indexing", Round: func(time.Time) error { return indexRound(app) }})
	rounds.Bind(app, rounds.Of{Name: "purging", Round: func(time.Time) error { return Purge(app) }})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "timelineStops", Func: t.stop, Priority: stopPriority})
}

// of returns the timeline that [Register] has started for app.
func of(app core.App) *timeline {
	t, ok := app.Store().Get(storeKey).(*timeline)
	if !ok {
		panic("conversations.Register was not called for this app")
	}
	return t
}

// Committed tells what one commit has added and changed, in order.
type Committed struct {
	hook.Event
	App     core.App
	Entries []*Message
	Changes []Change
}

// Change is a conversation before and after a commit; Before is nil where the
// commit opened it.
type Change struct{ Before, After *Conversation }

// ChangeEvent is what a change makes of one conversation, before it is written.
// Handlers may change After, and do more by Tx: it is one commit, or none.
type ChangeEvent struct {
	hook.Event
	Tx      *Tx
	Before  *Conversation // nil where the change opens it
	After   *Conversation
	Entries []*Message // that the change has added to it, without those of handlers
}

// OnChange is triggered inside the writer's transaction at the end of each
// change, once for each conversation that it changes. Everybody waits for it:
// handlers must be quick, and what they fail at undoes the change.
func OnChange(app core.App) *hook.Hook[*ChangeEvent] { return of(app).changing }

// OnCommit is triggered after each commit that changed something, one at a time
// and in the order of the commits. Handlers must be quick and must not wait for
// [Write]; what they fail at is logged and spoils nothing.
func OnCommit(app core.App) *hook.Hook[*Committed] { return of(app).committed }
