package quickreplies

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// followGroup gives the quick replies of a group that is deleted to its heir, or
// to the whole shop: they are worth keeping.
func followGroup(e *access.GroupLeavesEvent) error {
	var list []*QuickReply
	if err := e.App.RecordQuery(Collection).AndWhere(dbx.And(of(Group), dbx.HashExp{"group": e.Group})).All(&list); err != nil {
		return fmt.Errorf("quick replies of a group: %w", err)
	}
	scope := Group
	if e.Heir == "" {
		scope = Shop
	}
	for _, q := range list {
		q.belongTo(scope, e.Heir, "")
		if err := e.App.Save(q); err != nil {
			return fmt.Errorf("give quick reply %s on: %w", q.Id, err)
		}
	}
	return e.Next()
}
