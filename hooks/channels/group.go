package channels

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// LeadingTo lists the channels that lead to a group, by themselves, by one of
// their questions or by one of their routes.
func LeadingTo(app core.App, group string) ([]*Channel, error) {
	all, err := All(app)
	if err != nil {
		return nil, err
	}
	var list []*Channel
	for _, c := range all {
		if c.leadsTo(group) {
			list = append(list, c)
		}
	}
	return list, nil
}

// followGroup leads to its heir what led to a group that is deleted.
func followGroup(e *access.GroupLeavesEvent) error {
	list, err := LeadingTo(e.App, e.Group)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.goTo(e.Heir, e.Group)
		if err := e.App.Save(c); err != nil {
			return fmt.Errorf("lead channel %s elsewhere: %w", c.Id, err)
		}
	}
	return e.Next()
}
