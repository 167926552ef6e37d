package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

const mostGroupName = 20

// GroupDraft is what a group is to be.
type GroupDraft struct {
	Key     string // only for those that a shop begins with
	Name    string
	Hours   hours.Week
	Leaving *Leaving // nil leaves it as it is
	Members []string // ids of staff; nil leaves them as they are
}

// AddGroup makes a group. Whoever makes it may put anybody into it whom they
// manage, themselves too: there is nothing to see in it yet.
func AddGroup(app core.App, by *Person, d GroupDraft) (*Group, error) {
	var g *Group
	err := as(app, by, GroupsEdit, func(app core.App, by *Person) error {
		collection, err := app.FindCachedCollectionByNameOrId(CollectionGroups)
		if err != nil {
			return err
		}
		all, err := Groups(app)
		if err != nil {
			return err
		}
		g = wrapGroup(core.NewRecord(collection))
		g.begin(d.Key)
		g.become(d)
		g.standAt(len(all) + 1)
		if err := app.Save(g); err != nil {
			return err
		}
		return setMembers(app, by, g.Id, d.Members)
	})
	if err != nil {
		return nil, fmt.Errorf("add group %s: %w", d.Name, err)
	}
	return g, nil
}

// EditGroup changes a group and who is in it.
func EditGroup(app core.App, by *Person, id string, d GroupDraft) error {
	return onGroup(app, by, id, func(app core.App, by *Person, g *Group) error {
		g.become(d)
		if err := app.Save(g); err != nil {
			return err
		}
		if d.Members == nil {
			return nil
		}
		if err := mayAdd(app, by, id, d.Members); err != nil {
			return err
		}
		return setMembers(app, by, id, d.Members)
	})
}

// DeleteGroup takes a group away that no conversation is in; its members leave
// it, and what named it names heir, another group or "". What was the group's is
// others' to see from then on: ask [MayDissolve] before anything is moved.
func DeleteGroup(app core.App, by *Person, id, heir string) error {
	return onGroup(app, by, id, func(app core.App, by *Person, g *Group) error {
		if err := MayDissolve(by, id); err != nil {
			return err
		}
		if heir != "" {
			if _, err := GroupByID(app, heir); err != nil || heir == id {
				return fail.New(fail.Invalid, "access.no_such_group", "Group", heir).On("heir").Because(err)
			}
		}
		if err := rightsOf(app).leaves.Trigger(&GroupLeavesEvent{App: app, Group: id, Heir: heir}); err != nil {
			return err
		}
		if err := setMembers(app, nil, id, []string{}); err != nil { // whoever they are
			return err
		}
		return app.Delete(g)
	})
}

// OrderGroups puts the groups into the order of ids; those left out come last.
func OrderGroups(app core.App, by *Person, ids []string) error {
	return as(app, by, GroupsEdit, func(app core.App, _ *Person) error {
		all, err := Groups(app)
		if err != nil {
			return err
		}
		rank := func(g *Group) int {
			if i := slices.Index(ids, g.Id); i >= 0 {
				return i
			}
			return len(ids)
		}
		slices.SortStableFunc(all, func(a, b *Group) int { return rank(a) - rank(b) })
		for i, g := range all {
			g.standAt(i + 1)
			if err := app.Save(g); err != nil {
				return fmt.Errorf("order groups: %w", err)
			}
		}
		return nil
	})
}

func onGroup(app core.App, by *Person, id string, act func(core.App, *Person, *Group) error) error {
	err := as(app, by, GroupsEdit, func(app core.App, by *Person) error {
		g, err := GroupByID(app, id)
		if err != nil {
			return err
		}
		return act(app, by, g)
	})
	if err != nil {
		return fmt.Errorf("group %s: %w", id, err)
	}
	return nil
}

// mayAdd refuses new members where by does not see the group's conversations.
func mayAdd(app core.App, by *Person, group string, members []string) error {
	for _, id := range members {
		p, err := Present(app, id)
		if err != nil {
			return err
		}
		if !p.InGroup(group) {
			if err := MayPlace(by, group); err != nil {
				return err
			}
		}
	}
	return nil
}

// setMembers brings into the group who is in the list and out of it who is not;
// nil leaves all as they are.
func setMembers(app core.App, by *Person, group string, members []string) error {
	if members == nil {
		return nil
	}
	all, err := Everybody(app)
	if err != nil {
		return err
	}
	for _, p := range all {
		is, was := slices.Contains(members, p.ID), p.InGroup(group)
		if is == was {
			continue
		}
		if err := MayManage(by, p); err != nil {
			return err
		}
		groups := slices.DeleteFunc(slices.Clone(p.Groups), func(id string) bool { return id == group })
		if is {
			groups = append(groups, group)
		}
		if err := change(app, p.ID, func(s *Staff) { s.join(groups) }); err != nil {
			return err
		}
	}
	return nil
}

// validGroup keeps names apart and hours readable.
func validGroup(e *core.RecordEvent) error {
	g := wrapGroup(e.Record)
	name := g.Name()
	switch {
	case strings.TrimSpace(name) == "":
		return fail.New(fail.Invalid, "access.group_name_missing").On("name")
	case utf8.RuneCountInString(name) > mostGroupName:
		return fail.New(fail.Invalid, "access.name_long", "Most", mostGroupName).On("name")
	case strings.ContainsFunc(name, unicode.IsControl):
		return fail.New(fail.Invalid, "access.name_odd").On("name")
	}
	all, err := Groups(e.App)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Id != g.Id && other.Name() == name {
			return fail.New(fail.Conflict, "access.group_name_taken").On("name")
		}
	}
	var week hours.Week
	if err = g.readHours(&week); err == nil {
		err = week.Validate()
	}
	if err != nil {
		return fail.New(fail.Invalid, "access.hours_wrong").On("hours").Because(err)
	}
	var leaving Leaving
	if err = g.readLeaving(&leaving); err != nil {
		return fail.New(fail.Invalid, "fail.invalid").On("leaving").Because(err)
	}
	if err = leaving.Check(true); err != nil {
		return err
	}
	return e.Next()
}

// GroupLeavesEvent says that a group is being deleted, in the transaction that
// does it. What names the group has to name Heir instead, or nobody's where
// that is ""; whoever cannot, refuses.
type GroupLeavesEvent struct {
	hook.Event
	App         core.App
	Group, Heir string
}

// OnGroupLeaves is triggered for a deletion by whomever, the dashboard included.
func OnGroupLeaves(app core.App) *hook.Hook[*GroupLeavesEvent] { return &rightsOf(app).leaves }

// groupLeaves tells those who name the group, for a deletion that names no heir. Of
// one by [DeleteGroup] there is nothing left to tell.
func groupLeaves(e *core.RecordEvent) error {
	if err := rightsOf(e.App).leaves.Trigger(&GroupLeavesEvent{App: e.App, Group: e.Record.Id}); err != nil {
		return err
	}
	return e.Next()
}
