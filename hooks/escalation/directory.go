package escalation

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// directory is what rules may name, with what it is called.
type directory struct{ groups, staff, tags, channels []ui.Option }

func directoryOf(app core.App) (*directory, error) {
	d := &directory{}
	groups, err := access.Groups(app)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		d.groups = append(d.groups, ui.Option{Value: g.Id, Label: g.Name()})
	}
	people, err := access.People(app)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if serves(p) {
			d.staff = append(d.staff, ui.Option{Value: p.ID, Label: p.Nickname})
		}
	}
	tags, err := customers.AllTags(app)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		d.tags = append(d.tags, ui.Option{Value: t.Id, Label: t.Name()})
	}
	all, err := channels.All(app)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		d.channels = append(d.channels, ui.Option{Value: c.Id, Label: c.Name()})
	}
	return d, nil
}

// nameIn is what an id is called, "" where it is not there any more.
func nameIn(list []ui.Option, id string) string {
	if i := slices.IndexFunc(list, func(o ui.Option) bool { return o.Value == id }); i >= 0 {
		return list[i].Label
	}
	return ""
}

// Kinds of what a rule may name and is not there any more; each has its words
// under escalation.broken_.
const (
	brokenGroup   = "group"
	brokenStaff   = "staff"
	brokenTag     = "tag"
	brokenChannel = "channel"
	brokenRule    = "rule" // it cannot be read at all
)

// broken are the kinds of what a rule names and cannot find. It does the rest.
func (d *directory) broken(r *Rule) (kinds []string) {
	when, then := r.When(), r.Then()
	if when.check() != nil || then.check() != nil {
		return []string{brokenRule}
	}
	lost := func(kind string, list []ui.Option, ids ...string) {
		for _, id := range ids {
			if id != "" && nameIn(list, id) == "" && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	lost(brokenGroup, d.groups, append(slices.Clone(when.Groups), then.Group)...)
	lost(brokenStaff, d.staff, then.Staff)
	lost(brokenTag, d.tags, then.Tags...)
	lost(brokenChannel, d.channels, when.Channels...)
	return kinds
}

// with is the list and, where the chosen ones are not all in it, what they are
// called instead: what a form does not show it would silently change.
func with(list []ui.Option, gone string, chosen ...string) []ui.Option {
	list = slices.Clone(list)
	for _, id := range chosen {
		if id != "" && nameIn(list, id) == "" {
			list = append(list, ui.Option{Value: id, Label: gone})
		}
	}
	return list
}
