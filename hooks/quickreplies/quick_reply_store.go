package quickreplies

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// For lists what p can use: the shop's, those of p's groups, and p's own. Who
// edits the shop's sees those of all groups.
func For(app core.App, p *access.Person) ([]*QuickReply, error) {
	var all []*QuickReply
	err := app.RecordQuery(Collection).AndWhere(seenBy(p)).OrderBy("scope", "category", "created", "id").All(&all)
	if err != nil {
		return nil, fmt.Errorf("quick replies: %w", err)
	}
	return all, nil
}

// find returns a quick reply that p can use; what others keep for themselves is
// not there.
func find(app core.App, p *access.Person, id string) (*QuickReply, error) {
	q := &QuickReply{}
	err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).AndWhere(seenBy(p)).Limit(1).One(q)
	if err != nil {
		return nil, fmt.Errorf("quick reply %q: %w", id, err)
	}
	return q, nil
}

// seenBy are those that p can use.
func seenBy(p *access.Person) dbx.Expression { return dbx.And(dbx.NewExp("deleted = ''"), ownedBy(p)) }

// ownedBy are those that are p's to use, also when they are deleted.
func ownedBy(p *access.Person) dbx.Expression {
	groups := of(Group)
	if !p.May(access.QuickRepliesEdit) {
		mine := make([]any, len(p.Groups))
		for i, g := range p.Groups {
			mine[i] = g
		}
		groups["group"] = mine
	}
	own := of(Staff)
	own["staff"] = p.ID
	return dbx.Or(of(Shop), groups, own)
}

func of(s Scope) dbx.HashExp { return dbx.HashExp{"scope": string(s)} }
