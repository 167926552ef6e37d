package conversations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// PromisedEvent asks whether something is still to be done that was promised to
// whom a conversation is with.
type PromisedEvent struct {
	hook.Event
	App          core.App // the transaction's, where it is asked in one
	Conversation *Conversation
	Open         bool // the answer
}

// OnPromised is triggered by [Promised]; who keeps promises answers.
func OnPromised(app core.App) *hook.Hook[*PromisedEvent] { return of(app).promised }

// Promised reports whether something is still to be done that was promised to
// whom c is with.
func Promised(app core.App, c *Conversation) (bool, error) {
	e := &PromisedEvent{App: app, Conversation: c}
	err := of(app).promised.Trigger(e)
	return e.Open, err
}
