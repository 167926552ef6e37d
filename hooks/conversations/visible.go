package conversations

import (
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

var noTime time.Time

// Visible reports whether p may see c: their own always, those that they answered
// first while they answer customers, the conversations of their groups with that permission, and what waits in their groups in any
// case, because they may take it.
func Visible(p *access.Person, c *Conversation) bool {
	switch {
	case c.Assignee == p.ID, p.May(access.ConversationsSeeAll), c.Owner == p.ID && p.May(access.ConversationsReply):
		return true
	case c.Group != "" && !p.InGroup(c.Group):
		return false
	default:
		return c.Status == Waiting || p.May(access.ConversationsSeeGroup)
	}
}

// visibleTo is [Visible] as SQL over the conversations table.
func visibleTo(p *access.Person) dbx.Expression {
	if p.May(access.ConversationsSeeAll) {
		return nil
	}
	groups := []any{""}
	for _, g := range p.Groups {
		groups = append(groups, g)
	}
	own, shared := dbx.Expression(dbx.HashExp{"assignee": p.ID}), dbx.In("group", groups...)
	if p.May(access.ConversationsReply) {
		own = dbx.Or(own, dbx.HashExp{"owner": p.ID})
	}
	if p.May(access.ConversationsSeeGroup) {
		return dbx.Or(own, shared)
	}
	return dbx.Or(own, dbx.And(shared, dbx.HashExp{"status": string(Waiting)}))
}

// seen loads a conversation that p may see; what they may not see is not there.
func (tx *Tx) seen(p *access.Person, id string) (*Conversation, error) {
	c, err := tx.Conversation(id)
	if err != nil {
		return nil, err
	}
	if !Visible(p, c) {
		return nil, fail.New(fail.NotFound, "fail.not_found").On("conversation")
	}
	return c, nil
}
