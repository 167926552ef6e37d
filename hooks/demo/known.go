package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// What the shop knows of its customers beyond their names: fields of its own, and
// which pages they came by.

// makeFields makes the shop's own fields.
func (f *furnished) makeFields(app core.App) error {
	for _, one := range f.Field {
		made, err := customers.AddField(app, customers.FieldDraft{
			Name: one.Name, Kind: customers.FieldKind(one.Kind), Options: one.Options, Personal: one.Personal,
		})
		if err != nil {
			return fmt.Errorf("field %s: %w", one.Name, err)
		}
		f.fields = append(f.fields, made)
	}
	return nil
}

// told is what somebody has said of themselves, by field.
func (f *furnished) told(dice *rand.Rand, p *person) (string, error) {
	custom := map[string]string{}
	for i, one := range f.fields {
		if p.name == "" || !chance(dice, f.Field[i].Share) {
			continue
		}
		switch one.Kind() {
		case customers.DateField:
			custom[one.Id] = time.Date(1965+dice.IntN(40), time.Month(1+dice.IntN(12)), 1+dice.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		case customers.NumberField:
			custom[one.Id] = strconv.Itoa(1 + dice.IntN(6))
		case customers.ChoiceField:
			custom[one.Id] = pick(dice, one.Options())
		default:
			custom[one.Id] = pick(dice, f.Field[i].Says)
		}
	}
	raw, err := json.Marshal(custom)
	if err != nil {
		return "", fmt.Errorf("what is known of %s: %w", p.name, err)
	}
	return string(raw), nil
}

const insertPage = "INSERT INTO contact_pages (id, contact, url, title, kind, came) VALUES ({:id}, {:contact}, {:url}, {:title}, {:kind}, {:came})"

// walk invents how somebody came to the page that they are on, or were on last.
func (f *furnished) walk(w *writer, dice *rand.Rand, p *person) {
	p.page.Since = p.seen.Add(-time.Duration(5+dice.IntN(120)) * time.Second).UTC().Truncate(time.Second)
	at, page := p.page.Since, p.page
	for range 4 + dice.IntN(10) {
		w.exec(insertPage, dbx.Params{
			"id": core.GenerateDefaultRandomId(), "contact": p.contact, "url": page.URL, "title": page.Title, "kind": page.Kind, "came": clock.Stored(at),
		})
		at = at.Add(-time.Duration(8+dice.IntN(150)) * time.Second)
		if chance(dice, 12) { // another visit
			at = at.Add(-time.Duration(3+dice.IntN(60)) * time.Hour)
		}
		next := pick(dice, f.Page)
		page = customers.Page{URL: "https://www.heye.example" + next.Path, Title: next.Title, Kind: next.Kind}
	}
}
