// Package routing decides who answers, and says why somebody waits.
//
// It knows who is present, puts what begins to wait into its place in the queue,
// gives it to whom it belongs or to the least busy, takes back what somebody had
// who has left or may no longer serve, wakes what was put aside, and shares out the night. All that is
// decided is decided by pure functions over a [Snapshot]; who gets what is
// decided a second time in the commit that gives it, over loads counted there.
//
// [Round] does whatever is due. A worker calls it when something changes that
// could let somebody's waiting end, and when the next thing is due by the clock;
// a test may call it under a clock of its own. Nothing in memory is the truth:
// what people have said of themselves is kept with their accounts, and places,
// preferences and the night with the conversations. Memory has who is connected,
// and hints that are read from the timeline again after a restart: who was given
// one last, who has just handed one on, what somebody has had of the night.
// Whoever was there counts as having lost the connection at the restart.
//
// Lock order: rounds, then mu; mu is never held while the database is read or
// written. It does not know what deadlines there are, nor how a frame looks.
package routing

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const storeKey = "routing.counter"

// afterPublishing lets everybody hear of a commit before they hear what routing
// makes of it.
const afterPublishing = 100

// counter is who stands behind it.
type counter struct {
	app    core.App
	worker *rounds.Worker

	changed  hook.Hook[*PresenceEvent]
	moved    hook.Hook[*PlacesEvent]
	waiting  hook.Hook[*WaitingEvent]
	offered  hook.Hook[*OfferEvent]
	returned hook.Hook[*ReturnedEvent]

	rounds sync.Mutex // one at a time; it guards what follows
	begun  bool       // what memory lacks was read
	rights int64      // as of which those who may no longer serve were looked for; 0: never
	placed time.Time  // when places were told last

	mu        sync.Mutex
	connected map[string]int       // sockets of a staff member
	lost      map[string]time.Time // when the last one went, until there is one again
	told      map[string]Status    // presence as it was last told
	given     map[string]time.Time // when somebody was last given a conversation
	avoid     map[string]handover  // by conversation that waits
	nights    map[string]*Night    // by group
	places    map[string]toldPlace // by conversation
	seen      seen
	alerted   map[string]bool          // waiting conversations that everybody was told of
	offers    map[string]bool          // those whose visitors were offered to leave a message
	took      map[string]time.Duration // how long conversations take, see medians
	judged    time.Time                // when it was looked for that
	staff     map[string]bool          // who worked here when it was last looked
	due       time.Time                // when the next round is
}

// handover is who has just handed a conversation on.
type handover struct {
	staff string
	until time.Time // they may have it back although others are there
}

// Register starts the worker of app, lets its places, preferences and nights be
// part of each change of a conversation, and binds the page of its settings.
func Register(app core.App, t *web.Table) {
	r := &counter{
		app: app, connected: map[string]int{}, lost: map[string]time.Time{},
		told: map[string]Status{}, given: map[string]time.Time{}, avoid: map[string]handover{}, nights: map[string]*Night{},
		places: map[string]toldPlace{}, alerted: map[string]bool{}, offers: map[string]bool{},
	}
	app.Store().Set(storeKey, r)
	r.worker = rounds.Bind(app, rounds.Of{Name: "routing", Round: func(time.Time) error { return r.round() }, Due: r.isDue})
	rounds.Bind(app, rounds.Of{Name: "later", Round: func(time.Time) error { return WakeDue(app) }})
	settings.Hold(app, settingsKey, Standard(), Settings.Check)
	settings.Hold(app, "levels", settings.Levels{}, CheckLevels)
	registerPages(app, t)
	conversations.OnChange(app).Bind(&hook.Handler[*conversations.ChangeEvent]{Id: "routingPlaces", Func: r.place})
	conversations.OnCommit(app).Bind(&hook.Handler[*conversations.Committed]{Id: "routingFollows", Func: r.follow, Priority: afterPublishing})
	access.Changed(app).BindFunc(func(e *access.ChangeEvent) error { r.nudge(); return e.Next() })
}

func of(app core.App) *counter {
	r, ok := app.Store().Get(storeKey).(*counter)
	if !ok {
		panic("routing.Register was not called for this app")
	}
	return r
}
