package sla

import (
	"slices"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// followGroup forgets the times of a group that is deleted, and lets its heir be
// the experts where it was.
func followGroup(e *access.GroupLeavesEvent) error {
	s := Of(e.App)
	if s.Experts != e.Group && !slices.ContainsFunc(s.Times, func(t Times) bool { return t.Group == e.Group }) {
		return e.Next()
	}
	s = s.replaced(e.Group, nil)
	if s.Experts == e.Group {
		s.Experts = e.Heir
	}
	if err := Save(e.App, s); err != nil {
		return err
	}
	return e.Next()
}
