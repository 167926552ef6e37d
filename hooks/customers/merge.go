package customers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// ActAbsorbed is what the audit trail calls it, of the one who is kept.
const ActAbsorbed = "customers.absorbed"

// Merging says that two customers are one: From turned out to be Into, who keeps
// what they have but for the fields of Take, which become From's.
type Merging struct {
	Into, From string
	Take       []string // name, phone…, or custom.<id>
	Staff      string   // who says so
}

// MergeCustomers makes one customer of two: contacts with all that was said,
// notes and tags are the one's, and of each field one side's value stays. Who is
// known to the shop's own data is kept, whichever of the two was named first. For
// [Undo] it can be undone. Whether somebody may see both is the caller's to ask.
// Errors: invalid, not_found, conflict.
func MergeCustomers(app core.App, m Merging) (*Merge, error) {
	var done *Merge
	err := app.RunInTransaction(func(app core.App) error {
		into, from, err := m.both(app)
		if err != nil {
			return err
		}
		kept, gone := into, from
		if into.ExternalID() == "" && from.ExternalID() != "" {
			kept, gone = from, into
		}
		done, err = m.join(app, kept, gone, m.wanted(into, from))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("merge customers: %w", err)
	}
	return done, nil
}

func (m Merging) both(app core.App) (into, from *Customer, err error) {
	for _, field := range m.Take {
		if _, own := CustomID(field); !own && !slices.Contains(mergeable, field) {
			return nil, nil, fail.New(fail.Invalid, "fail.invalid").On("take")
		}
	}
	if into, err = ByID(app, m.Into); err != nil {
		return nil, nil, err
	}
	if from, err = ByID(app, m.From); err != nil {
		return nil, nil, err
	}
	if into.Id == from.Id {
		return nil, nil, fail.New(fail.Invalid, "customers.merge_itself").On("from")
	}
	if into.Merged() != "" || from.Merged() != "" {
		return nil, nil, fail.New(fail.Conflict, "customers.merged_already").On("from")
	}
	return into, from, nil
}

// wanted is what the fields shall hold in the end.
func (m Merging) wanted(into, from *Customer) map[string]string {
	want := map[string]string{}
	for _, field := range fieldsOf(into, from) {
		want[field] = into.value(field)
		if slices.Contains(m.Take, field) {
			want[field] = from.value(field)
		}
	}
	return want
}

func fieldsOf(customers ...*Customer) []string {
	fields := slices.Clone(mergeable)
	for _, c := range customers {
		for id := range c.Custom() {
			if name := customKey + id; !slices.Contains(fields, name) {
				fields = append(fields, name)
			}
		}
	}
	return fields
}

// join does it.
func (m Merging) join(app core.App, kept, gone *Customer, want map[string]string) (*Merge, error) {
	merge, err := newMerge(app, kept, gone, m.Staff, clock.Now(app))
	if err != nil {
		return nil, err
	}
	s := kept.take(want, gone)
	if s.own, s.contacts, s.notes, err = belongings(app, kept.Id, gone.Id); err != nil {
		return nil, err
	}
	merge.keep(s)
	gone.mergeInto(kept.Id)
	if err = app.SaveNoValidate(gone); err != nil { // what is wrong with who goes is no reason to keep them
		return nil, err
	}
	for _, c := range []core.Model{kept, merge} {
		if err = app.Save(c); err != nil {
			return nil, err
		}
	}
	for _, c := range s.contacts {
		if err = moveContact(app, c.ID, gone.Id, kept.Id); err != nil {
			return nil, err
		}
	}
	if err = moveNotes(app, s.notes, gone.Id, kept.Id); err != nil {
		return nil, err
	}
	return merge, audit.Add(app, audit.Entry{
		Act: ActAbsorbed, Object: audit.Object{Kind: Customers, ID: kept.Id}, Changes: []audit.Change{{Field: "absorbed", After: audit.Named{ID: gone.Id}}},
	})
}

// take makes of c who both are, and tells what has changed.
func (c *Customer) take(want map[string]string, other *Customer) (s shape) {
	said, theirs := c.Said(), other.Said()
	for field, value := range map[string][2]string{fieldSaidPhone: {said.Phone, theirs.Phone}, fieldSaidEmail: {said.Email, theirs.Email}} {
		if want[field] = value[0]; value[0] == "" {
			want[field] = value[1]
		}
	}
	for field, value := range want {
		if before := c.value(field); before != value {
			s.changes = append(s.changes, changed{field, before, value})
			c.put(field, value)
		}
	}
	slices.SortFunc(s.changes, func(a, b changed) int { return strings.Compare(a.Field, b.Field) })
	tags := c.Tags()
	for _, t := range other.Tags() {
		if !slices.Contains(tags, t) {
			s.tags = append(s.tags, t)
		}
	}
	c.bear(s.tags)
	return s
}

// belongings are what each of two customers has.
func belongings(app core.App, kept, gone string) (own []string, contacts []moved, notes []string, err error) { //nolint:revive // four results: a struct for them would be used in one place
	mine, err := ContactsOf(app, kept)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, c := range mine {
		own = append(own, c.Id)
	}
	theirs, err := ContactsOf(app, gone)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, c := range theirs {
		contacts = append(contacts, moved{c.Id, c.Identity()})
	}
	err = app.DB().Select("id").From(Notes).Where(ofCustomer(gone)).Column(&notes)
	return own, contacts, notes, err
}

// moveContact makes a contact another customer's, with all that was said there.
func moveContact(app core.App, id, from, to string) error {
	if _, err := app.DB().Update(Contacts, dbx.Params{"customer": to}, dbx.HashExp{"id": id}).Execute(); err != nil {
		return fmt.Errorf("move contact %s: %w", id, err)
	}
	return OnLink(app).Trigger(&LinkEvent{App: app, Contact: id, From: from, To: to})
}

func moveNotes(app core.App, ids []string, from, to string) error {
	for some := range slices.Chunk(ids, 200) {
		list := make([]any, len(some))
		for i, id := range some {
			list[i] = id
		}
		if _, err := app.DB().Update(Notes, dbx.Params{"customer": to}, dbx.And(ofCustomer(from), dbx.In("id", list...))).Execute(); err != nil {
			return fmt.Errorf("move notes: %w", err)
		}
	}
	return nil
}
