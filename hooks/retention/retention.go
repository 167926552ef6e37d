// Package retention keeps no longer than the owner wants what is only kept
// because nobody has thrown it away: old conversations, sent files, the sessions
// of visitors who do not come back, and PocketBase's log.
//
// Everything is off until it is switched on. The page tells what a rule would
// remove before it is saved. A round removes a little a second, each bit in a
// commit of its own, so that who writes is not held up; what it removes leaves
// the disk as what is erased does. It knows the rules and the pace; what belongs
// to a conversation its own package knows.
package retention

import (
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	path = "/admin/retention"
	key  = "retention" // in the settings
)

// Rules are for how long things are kept; 0 is for good.
type Rules struct {
	Conversations int `json:"conversations"` // months after they were closed
	Files         int `json:"files"`         // months after they were sent, once the conversation is closed
	Sessions      int `json:"sessions"`      // days without a visit; without a rule a year
	Logs          int `json:"logs"`          // days, of PocketBase's log and of what the outbox gave up
}

// What the rules' fields are called in the form.
const (
	ofConversations = "conversations"
	ofFiles         = "files"
	ofSessions      = "sessions"
	ofLogs          = "logs"
)

// longest bounds each but the sessions: unused they end by themselves after a year.
const (
	longest        = 3650
	longestSession = 365
)

func (r Rules) check() error {
	for field, n := range map[string]int{ofConversations: r.Conversations, ofFiles: r.Files, ofSessions: r.Sessions, ofLogs: r.Logs} {
		if n < 0 || n > longest {
			return fail.New(fail.Invalid, "fail.invalid").On(field)
		}
	}
	if r.Sessions > longestSession {
		return fail.New(fail.Invalid, "retention.sessions_longest").On(ofSessions)
	}
	return nil
}

// RulesOf returns the rules in force.
func RulesOf(app core.App) Rules { return settings.Load(app, key, Rules{}) }

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	settings.Hold(app, key, Rules{}, Rules.check)
	bindLogs(app)
	t.Area(web.Area{Key: "retention", Section: web.System, Icon: "hourglass", Path: path, Any: []web.Permission{access.CustomersErase}})
	in := &inside{}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		for _, r := range []web.Route{
			{Method: http.MethodGet, Path: path, Handle: show},
			{Method: http.MethodPost, Path: path, Handle: save},
			{Method: http.MethodPost, Path: path + "/effects", Handle: effects},
			{Method: http.MethodGet, Path: path + "/database", Handle: in.show},
		} {
			r.Permission = access.CustomersErase
			t.Pages(e.Router, r)
		}
		return e.Next()
	})
	var rest atomic.Int64 // until when, in Unix seconds: nothing was left to do
	rounds.Bind(app, rounds.Of{
		Name: "retention",
		Due:  func() bool { return time.Now().Unix() >= rest.Load() },
		Round: func(now time.Time) error {
			more, err := Round(app, clock.Now(app))
			if !more {
				rest.Store(now.Add(pause).Unix())
			}
			return err
		},
	})
}

// pause is how long nothing is looked for after all was found to be well.
const pause = 10 * time.Minute

// Round removes a little of what the rules say, and reports whether there may be
// more. By a clock that has leapt nothing is removed.
func Round(app core.App, now time.Time) (more bool, err error) {
	if may, wrong := clock.Trusted(app, now); wrong != nil || !may {
		return false, wrong
	}
	r, some := RulesOf(app), 0
	try := func(on int, then time.Time, forget func(core.App, time.Time) (int, error)) {
		if on == 0 || err != nil {
			return
		}
		var n int
		if n, err = forget(app, then); err == nil {
			some += n
		}
	}
	try(r.Conversations, now.AddDate(0, -r.Conversations, 0), conversations.Forget)
	try(r.Files, now.AddDate(0, -r.Files, 0), conversations.ForgetFiles)
	try(r.Sessions, now.AddDate(0, 0, -r.Sessions), conversations.ForgetSessions)
	if r.Logs > 0 {
		then := now.AddDate(0, 0, -r.Logs)
		err = errors.Join(err, outbox.Forget(app, then))
	}
	if err == nil && some == 0 {
		err = conversations.Forgotten(app)
	}
	if f, ok := errors.AsType[*fail.Error](err); ok && f.Kind.Retry() {
		return true, nil // who writes goes first
	}
	return some > 0, err
}
