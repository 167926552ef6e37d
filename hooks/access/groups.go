package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

const mostGroupName = 20

// GroupDraft is what a group is to be.
type GroupDraft struct {
	Key     string // only for those that a shop begins with
	Name    string
	Hours   hours.Week
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
		g.become(d.Name, d.Hours)
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
		g.become(d.Name, d.Hours)
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

// DeleteGroup takes a group away that no conversation waits in; its members
// leave it.
func DeleteGroup(app core.App, by *Person, id string) error {
	return onGroup(app, by, id, func(app core.App, _ *Person, g *Group) error {
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
		r, err := app.FindRecordById(CollectionGroups, id)
		if err != nil {
			return err
		}
		return act(app, by, wrapGroup(r))
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
	return e.Next()
}
