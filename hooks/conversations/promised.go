package conversations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// PromisedEvent asks whether something that was promised to the customer in a
// conversation is still to be done.
type PromisedEvent struct {
	hook.Event
	App          core.App // the transaction's, where it is asked in one
	Conversation string
	Open         bool // the answer
}

// OnPromised is triggered by [Promised]; who keeps promises answers.
func OnPromised(app core.App) *hook.Hook[*PromisedEvent] { return of(app).promised }

// Promised reports whether something that was promised in a conversation is
// still to be done.
func Promised(app core.App, conversation string) (bool, error) {
	e := &PromisedEvent{App: app, Conversation: conversation}
	err := of(app).promised.Trigger(e)
	return e.Open, err
}
