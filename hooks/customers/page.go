package customers

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// A contact's trail is bounded in pages and in time.
const (
	mostPages = 50
	trailLife = 30 * 24 * time.Hour
	sweptRows = 2000 // in one statement: messages wait for the same connection
)

// sameVisit is how long somebody may stay on a page and be counted as having
// stayed there: who is on the same page a day later has come again.
const sameVisit = 12 * time.Hour

// longestStay is what the time between two pages may be taken for: who reads one
// for longer has been elsewhere meanwhile.
const longestStay = 30 * time.Minute

// SetPage notes the page that a visitor is on, and adds it to their trail. It is
// raw: visitors walk. One that is told again, by a socket that came back or by
// another tab, costs a read.
func SetPage(app core.App, contact string, p Page) error {
	var raw string
	err := app.ConcurrentDB().NewQuery("SELECT COALESCE(page, '') FROM contacts WHERE id = {:id}").Bind(dbx.Params{"id": contact}).Row(&raw)
	if err != nil {
		return fmt.Errorf("page of contact %s: %w", contact, err)
	}
	var before Page
	_ = json.Unmarshal([]byte(raw), &before) // none yet
	page := p.cut().from(before, clock.Now(app))
	if page == before {
		return nil
	}
	now, err := json.Marshal(page)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	err = app.RunInTransaction(func(app core.App) error {
		if _, failed := app.NonconcurrentDB().Update(Contacts, dbx.Params{"page": string(now)}, dbx.HashExp{"id": contact}).Execute(); failed != nil {
			return failed
		}
		return walk(app, contact, before, page)
	})
	if err != nil {
		return fmt.Errorf("page of contact %s: %w", contact, err)
	}
	return nil
}

// from is the page of who was on another one before: since when they are on it.
func (p Page) from(before Page, now time.Time) Page {
	now = now.UTC().Truncate(time.Millisecond)
	p.Since = now
	if p.URL == before.URL && !before.Since.IsZero() && now.Sub(before.Since) < sameVisit {
		p.Since = before.Since
		if p.Referrer == "" {
			p.Referrer = before.Referrer
		}
	}
	return p
}

const (
	addPage    = "INSERT INTO contact_pages (id, contact, url, title, kind, came) VALUES ({:id}, {:contact}, {:url}, {:title}, {:kind}, {:came})"
	renamePage = "UPDATE contact_pages SET title = {:title} WHERE contact = {:contact} AND came = {:came}"
	dropPages  = "DELETE FROM contact_pages WHERE id IN (SELECT id FROM contact_pages WHERE contact = {:contact} ORDER BY came DESC LIMIT -1 OFFSET {:most})"
	dropTrail  = "DELETE FROM contact_pages WHERE id IN (SELECT id FROM contact_pages WHERE came < {:limit} LIMIT {:most})"
	trailOf    = "SELECT p.contact, p.url, p.title, p.kind, p.came FROM contact_pages p JOIN contacts c ON c.id = p.contact " +
		"WHERE c.customer = {:customer} AND p.came >= {:since} ORDER BY p.came DESC LIMIT {:most}"
)

// walk adds a page to the trail of who has come to it.
func walk(app core.App, contact string, before, page Page) error {
	if page.URL == "" {
		return nil
	}
	if page.Since.Equal(before.Since) { // a title comes after its address
		_, err := app.NonconcurrentDB().NewQuery(renamePage).Bind(dbx.Params{"contact": contact, "title": page.Title, "came": moment(page.Since)}).Execute()
		return err
	}
	_, err := app.NonconcurrentDB().NewQuery(addPage).Bind(dbx.Params{
		"id": core.GenerateDefaultRandomId(), "contact": contact, "url": page.URL, "title": page.Title, "kind": page.Kind, "came": moment(page.Since),
	}).Execute()
	if err != nil {
		return fmt.Errorf("trail: %w", err)
	}
	_, err = app.NonconcurrentDB().NewQuery(dropPages).Bind(dbx.Params{"contact": contact, "most": mostPages}).Execute()
	if err != nil {
		return fmt.Errorf("trail: %w", err)
	}
	return nil
}

// Visited is a page that a contact came by.
type Visited struct {
	Contact string
	Page    Page
	Stayed  time.Duration // until the next one; 0 where nobody knows
}

// TrailOf lists the pages that a customer's contacts came by, the last one first.
func TrailOf(app core.App, customer string) ([]Visited, error) {
	return trail(app, customer, clock.Now(app).Add(-trailLife), mostPages)
}

// trail lists at most so many of those that they came by since; -1 is all.
func trail(app core.App, customer string, since time.Time, most int) ([]Visited, error) {
	var rows []struct {
		Contact string         `db:"contact"`
		URL     string         `db:"url"`
		Title   string         `db:"title"`
		Kind    string         `db:"kind"`
		Came    types.DateTime `db:"came"`
	}
	err := app.ConcurrentDB().NewQuery(trailOf).Bind(dbx.Params{"customer": customer, "since": moment(since), "most": most}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("trail of %s: %w", customer, err)
	}
	left := map[string]time.Time{} // when each contact came to the page after
	list := make([]Visited, len(rows))
	for i, r := range rows {
		came := r.Came.Time()
		list[i] = Visited{Contact: r.Contact, Page: Page{URL: r.URL, Title: r.Title, Kind: r.Kind, Since: came}}
		if stayed := left[r.Contact].Sub(came); !left[r.Contact].IsZero() && stayed <= longestStay {
			list[i].Stayed = stayed
		}
		left[r.Contact] = came
	}
	return list, nil
}

// sweepTrails drops what is too old.
func sweepTrails(app core.App, now time.Time) error {
	for n := int64(sweptRows); n == sweptRows; {
		done, err := app.NonconcurrentDB().NewQuery(dropTrail).Bind(dbx.Params{"limit": moment(now.Add(-trailLife)), "most": sweptRows}).Execute()
		if err != nil {
			return fmt.Errorf("old pages: %w", err)
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
	}
	return nil
}

// moment is t as the database keeps times.
func moment(t time.Time) string {
	d, _ := types.ParseDateTime(t) // a time is one
	return d.String()
}
