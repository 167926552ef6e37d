// Package sla owns deadlines: by when a customer has to be answered, an urgent
// conversation has to be somebody's, a question has to be solved, and what
// happens when that is not so.
//
// A deadline is part of its conversation's row, with all of its instants worked
// out in advance in the working time of the group that answers: when it turns
// amber, when it is warned of, when it is breached and when it escalates. Two
// things move it. Every change of a conversation makes its deadlines what they
// are to be ([change.plan], pure), in the same commit. And once a second [Sweep]
// looks, by an index, for those whose next instant has come. Nothing is kept in
// memory but hours that were read, so that a restart changes nothing: what became
// due meanwhile is found in its order by the first sweep.
//
// The timeline's events "breached" and "escalated" are the record of what went
// wrong; a deadline that was kept leaves no trace. One that is kept too late,
// between its limit and the sweep, is breached all the same.
//
// The package does not know who is free to answer, how people are told, or how a
// deadline looks.
package sla

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	storeKey = "sla.keeper"
	// last among those who have a say about a change: they may change the group
	// or the priority.
	afterAll = 20
)

// keeper keeps the deadlines of one app. Of its fields weeks alone is shared.
type keeper struct {
	app   core.App
	weeks sync.Map // name → hours.Week by which deadlines were set
	undo  lastSave
	hours stale // may be others than the deadlines were set by

	// The worker's alone.
	start  time.Time   // of its rounds
	clocks clocks      // as they were read then and since
	jumps  []*shifting // of the clock, that are not done yet
}

// Register binds deadlines to conversations, the pages, and the sweep.
func Register(app core.App, t *web.Table) {
	k := &keeper{app: app}
	app.Store().Set(storeKey, k)
	k.hours.mark() // to learn by which hours they were set before
	settings.Hold(app, settingsKey, Standard(), Settings.check)
	conversations.OnChange(app).Bind(&hook.Handler[*conversations.ChangeEvent]{Id: "deadlinesFollow", Func: k.follow, Priority: afterAll})
	app.OnRecordAfterUpdateSuccess("groups", "channels", settings.Collection).BindFunc(func(e *core.RecordEvent) error { k.hours.mark(); return e.Next() })
	t.Area(web.Area{Key: area, Section: web.Service, Icon: "hourglass", Path: at, Any: []web.Permission{access.SettingsEdit}})
	access.OnGroupLeaves(app).BindFunc(followGroup)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, k.routes()...)
		return e.Next()
	})
	rounds.Bind(app, rounds.Of{Name: "deadlines", Round: k.round})
}

func of(app core.App) *keeper {
	k, ok := app.Store().Get(storeKey).(*keeper)
	if !ok {
		panic("sla.Register was not called for this app")
	}
	return k
}

// follow makes the deadlines of a conversation that changes what they are to be.
func (k *keeper) follow(e *conversations.ChangeEvent) error {
	var fault error
	c := k.change(e.Tx, e.Before, e.After)
	c.answered = func() (yes bool) {
		if e.Before != nil {
			yes, fault = e.Tx.Answered(e.After)
		}
		return yes
	}
	missed := c.plan()
	if fault != nil {
		return fault
	}
	for _, kind := range missed {
		if err := e.Tx.Tell(e.After, conversations.EventData{Event: conversations.Breach, Kind: kind}); err != nil {
			return err
		}
	}
	return e.Next()
}

// change is one that is being made by tx. Settings and hours are read beside it,
// where they are kept for a moment.
func (k *keeper) change(tx *conversations.Tx, before, after *conversations.Conversation) *change {
	return &change{
		before: before, after: after, now: tx.Now, settings: Of(k.app),
		hours: func() hours.Week { return k.hoursOf(after) },
		week:  k.week,
	}
}

// hoursOf are when c is answered. Deadlines name them by what [keeper.week] finds.
func (k *keeper) hoursOf(c *conversations.Conversation) hours.Week {
	w := k.hours.at(c.Group+"/"+c.Channel, func() hours.Week { return conversations.HoursOf(k.app, c.Group, c.Channel) })
	k.weeks.LoadOrStore(weekID(w), w)
	return w
}

// week is the one that deadlines name so.
func (k *keeper) week(id string) (hours.Week, bool) {
	if id == "" {
		return hours.Week{}, true
	}
	known, _ := k.weeks.Load(id)
	w, ok := known.(hours.Week)
	return w, ok
}

// round moves what the clock has jumped over, and sweeps only once all of that is
// done: by a clock that was set on, everything would be late.
func (k *keeper) round(now time.Time) error {
	if k.start.IsZero() {
		k.start, k.clocks = now, clocks{wall: now.Round(0)}
	}
	if j := k.clocks.read(now.Round(0), now.Sub(k.start)); j.by != 0 {
		k.jumps = append(k.jumps, &shifting{jump: j})
	}
	for len(k.jumps) > 0 {
		if err := k.jumps[0].shift(k.app); err != nil {
			return err
		}
		k.jumps = k.jumps[1:]
	}
	return Sweep(k.app)
}
