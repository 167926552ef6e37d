package routing

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// WakeDue brings back what was put aside until now, and tells whoever put it
// aside. It stays theirs also where they are not there: nobody waits for an answer
// then, or the customer's word would have woken it. But the supervisors are told
// of it in their place, so that it is not forgotten until they come.
func WakeDue(app core.App) error {
	return conversations.WakeDue(app, clock.Now(app), func(tx *conversations.Tx, c *conversations.Conversation) error {
		p, err := access.ByID(tx.App, c.Assignee)
		if err != nil {
			return fmt.Errorf("who put it aside: %w", err)
		}
		n := notices.Notice{Level: notices.Info, Code: notices.Woken, Key: "routing.woken", Conversation: c.ID, To: []string{p.ID}}
		if PresenceAt(app, p, tx.Now) == Offline {
			n.Key, n.Args, n.Supervisors = "routing.woken_away", []any{"Name", p.Nickname}, true
		}
		return notices.Tell(tx.App, n)
	})
}
