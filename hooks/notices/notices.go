// Package notices tells people what they have to know now: those of the staff
// who have the console open, live; and those who have not, through the shop's
// group robots and mailboxes.
//
// It owns who is told how, the robots, and what each of them still has to say.
// It does not know what happened, why it matters, or how a socket is spoken to:
// features above say what, the protocol makes frames of it.
package notices

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Level is how much a notice matters.
type Level string

// Levels. A warning wants somebody to do something; an alarm says that it is too
// late for what was promised.
const (
	Info  Level = "info"
	Warn  Level = "warning"
	Alarm Level = "alarm"
)

// Codes of what is told by more than one feature. A client may act on them; the
// words are the notice's own.
const (
	DeadlineNear      = "deadline_near"
	DeadlineBreached  = "deadline_breached"
	DeadlineEscalated = "deadline_escalated"
	Reminder          = "reminder"
	Rule              = "rule"     // an escalation rule has fired
	PresenceSet       = "presence" // a supervisor has said for somebody whether they are there
	Unseen            = "unseen"   // a customer waits, and nobody who may answer has looked
	Woken             = "woken"    // what was put aside has come back at its time
	Mention           = "mention"  // a colleague has named somebody in a note
	Backup            = "backup"   // the night's backup failed or the warm copy is behind, or that is over
)

// Codes lists them, for the protocol's document.
var Codes = []string{DeadlineNear, DeadlineBreached, DeadlineEscalated, Reminder, Rule, PresenceSet, Unseen, Woken, Mention, Backup}

// Notice is something told to staff who are connected, in each one's language.
type Notice struct {
	Level        Level
	Code         string
	Key          string   // of the words in views/locale
	Args         []any    // the words' variables: names and values in turn
	Conversation string   // that it is about; "" for none
	To           []string // ids of staff
	Supervisors  bool     // and all who may assign conversations and see this one
}

// TellEvent is a notice on its way to whoever is connected.
type TellEvent struct {
	hook.Event
	App core.App
	Notice
}

const storeKey = "notices.teller"

// Register binds the package to app.
func Register(app core.App) {
	t := &teller{app: app}
	app.Store().Set(storeKey, t)
	audit.Watch(app, Collection, trail)
	settings.Hold(app, paceKey, standardPace, checkPace)
	app.OnRecordValidate(Collection).BindFunc(check)
	access.OnGroupLeaves(app).BindFunc(followGroup)
	for _, k := range Kinds {
		outbox.Handle(app, effectOf(k), speak)
	}
	app.Cron().MustAdd("notices.sweep", "37 4 * * *", func() {
		if err := sweep(app, time.Now()); err != nil {
			app.Logger().Error("forgetting deleted robots", "error", err)
		}
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "noticesTold", Priority: stopPriority, Func: func(e *core.TerminateEvent) error {
		t.busy.Wait()
		return e.Next()
	}})
}

func of(app core.App) *teller {
	t, ok := app.Store().Get(storeKey).(*teller)
	if !ok {
		panic("notices.Register was not called for this app")
	}
	return t
}

// OnTell is triggered with each notice, once it is true.
func OnTell(app core.App) *hook.Hook[*TellEvent] { return &of(app).told }
