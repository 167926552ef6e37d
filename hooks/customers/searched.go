package customers

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

// Searched is one thing by which a customer is found.
type Searched struct {
	Field string // as in a [Change]; custom.<id>, tag, identity
	Label string // what the shop calls it, "" for the program's own fields
	Value string // in full
	Shown string // as staff see it
}

// Masked is whether staff do not see all of it.
func (s Searched) Masked() bool { return s.Value != s.Shown }

// SearchedOf is all by which a customer is found: what is known of them, and what
// their contacts are called. The name is first.
func SearchedOf(app core.App, c *Customer) ([]Searched, error) {
	var list []Searched
	add := func(field, label, value, shown string) {
		if value != "" {
			list = append(list, Searched{field, label, value, shown})
		}
	}
	add(FieldName, "", c.Name(), c.Name())
	add(FieldPhone, "", c.Phone(), mask.Phone(c.Phone()))
	add(FieldEmail, "", c.Email(), mask.Email(c.Email()))
	add(fieldSaidPhone, "", c.Said().Phone, mask.Phone(c.Said().Phone))
	add(fieldSaidEmail, "", c.Said().Email, mask.Email(c.Said().Email))
	for _, field := range []string{"region", "level", "distributor_level"} {
		add(field, "", c.value(field), c.value(field))
	}
	if err := ownFields(app, c, add); err != nil {
		return nil, err
	}
	if err := ownTags(app, c, add); err != nil {
		return nil, err
	}
	contacts, err := ContactsOf(app, c.Id)
	if err != nil {
		return nil, err
	}
	for _, contact := range contacts {
		add(FieldName, "", contact.Name(), contact.Name())
		add("identity", "", contact.Identity(), mask.Within(contact.Identity()))
	}
	add("identity", "", c.ExternalID(), mask.Within(c.ExternalID()))
	return list, nil
}

func ownFields(app core.App, c *Customer, add func(field, label, value, shown string)) error {
	custom := c.Custom()
	if len(custom) == 0 {
		return nil
	}
	fields, err := AllFields(app)
	if err != nil {
		return err
	}
	for _, f := range fields {
		value := custom[f.Id]
		shown := mask.Within(value)
		if f.Personal() {
			shown = mask.Text(value)
		}
		add(customKey+f.Id, f.Name(), value, shown)
	}
	return nil
}

func ownTags(app core.App, c *Customer, add func(field, label, value, shown string)) error {
	own := c.Tags()
	if len(own) == 0 {
		return nil
	}
	all, err := AllTags(app)
	if err != nil {
		return err
	}
	for _, t := range all {
		if slices.Contains(own, t.Id) {
			add("tag", "", t.Name(), t.Name())
		}
	}
	return nil
}

// NoteByID returns a note that is there.
func NoteByID(app core.App, id string) (*Note, error) {
	n := &Note{}
	if err := app.RecordQuery(Notes).AndWhere(dbx.HashExp{"id": id}).AndWhere(dbx.NewExp("deleted = ''")).Limit(1).One(n); err != nil {
		return nil, fmt.Errorf("note %q: %w", id, err)
	}
	return n, nil
}
