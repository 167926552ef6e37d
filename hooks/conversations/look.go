package conversations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// LookEvent says that somebody who may answer a conversation has opened it.
type LookEvent struct {
	hook.Event
	App          core.App
	Conversation *Conversation
	By           *access.Person
}

// OnLook is triggered by [Look].
func OnLook(app core.App) *hook.Hook[*LookEvent] { return of(app).looking }

// Look notes that p has opened c. It is no read mark: that is the assignee's, and
// of what they have read.
func Look(app core.App, p *access.Person, c *Conversation) error {
	if !MayAnswer(p, c) {
		return nil
	}
	return of(app).looking.Trigger(&LookEvent{App: app, Conversation: c, By: p})
}

// MayAnswer reports whether p sees c and may speak in it: in their own, in what
// waits, and in a colleague's with that permission.
func MayAnswer(p *access.Person, c *Conversation) bool {
	return Visible(p, c) && p.May(access.ConversationsReply) && (c.Assignee == "" || c.Assignee == p.ID || p.May(access.ConversationsTakeOver))
}
