package escalation

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// followGroup has rules name the heir of a group that is deleted. Without an heir
// they go on naming the one that is gone, and show that they are broken: what a
// rule is to do instead is for people to say.
func followGroup(e *access.GroupLeavesEvent) error {
	if e.Heir == "" {
		return e.Next()
	}
	err := rename(e.App, func(d *Draft) {
		d.When.Groups = inPlaceOf(d.When.Groups, e.Group, e.Heir)
		if d.Then.Group == e.Group {
			d.Then.Group = e.Heir
		}
	})
	if err != nil {
		return err
	}
	return e.Next()
}

// followTag has rules name the tag that another one was merged into.
func followTag(e *core.RecordEvent) error {
	t := &customers.Tag{}
	t.SetProxyRecord(e.Record)
	if t.Into() == "" {
		return e.Next()
	}
	if err := rename(e.App, func(d *Draft) { d.Then.Tags = inPlaceOf(d.Then.Tags, t.Id, t.Into()) }); err != nil {
		return err
	}
	return e.Next()
}

func inPlaceOf(list []string, from, into string) []string {
	if !slices.Contains(list, from) {
		return list
	}
	return customers.Retagging{From: from, Into: into}.Of(list)
}

// rename changes what rules name, those that were deleted left out.
func rename(app core.App, change func(*Draft)) error {
	all, err := All(app)
	if err != nil {
		return err
	}
	for _, r := range all {
		d := r.draft()
		change(&d)
		if reflect.DeepEqual(d, r.draft()) {
			continue
		}
		if err := r.write(d); err != nil {
			return err
		}
		if err := app.Save(r); err != nil {
			return fmt.Errorf("escalation rule %s follows: %w", r.Id, err)
		}
	}
	return nil
}
