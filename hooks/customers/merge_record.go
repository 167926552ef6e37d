package customers

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Merges is where it is kept what merges have moved, for as long as they can be
// undone.
const Merges = "customer_merges"

var _ core.RecordProxy = (*Merge)(nil)

// Merge is that one customer turned out to be another one.
//
//	merged ── undo, within a day ──▶ undone
//	merged ── a day later ──▶ settled: the row goes, and the one who is gone keeps
//	                          nothing but the identity that leads to the other one
//
// The audit trail tells of it with the customers, so it is not watched itself.
type Merge struct{ core.BaseRecordProxy }

// changed is a field of the kept customer's before and after a merge.
type changed struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// moved is a contact that a merge has moved, with who it was known as then.
type moved struct {
	ID       string `json:"id"`
	Identity string `json:"identity,omitempty"`
}

// shape is what a merge moves.
type shape struct {
	changes  []changed
	tags     []string // that the kept one did not have
	own      []string // contacts that it had
	contacts []moved
	notes    []string
}

func newMerge(app core.App, kept, gone *Customer, staff string, now time.Time) (*Merge, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Merges)
	if err != nil {
		return nil, err
	}
	m := &Merge{}
	m.SetProxyRecord(core.NewRecord(collection))
	m.Set("kept", kept.Id)
	m.Set("gone", gone.Id)
	m.Set("staff", staff)
	m.Set("known", kept.ExternalID() != "")
	m.Set("at", now)
	return m, nil
}

// Kept is the id of the customer who both are now.
func (m *Merge) Kept() string { return m.GetString("kept") }

// Gone is the id of the customer who is gone.
func (m *Merge) Gone() string { return m.GetString("gone") }

// Staff is who has merged them.
func (m *Merge) Staff() string { return m.GetString("staff") }

// At is when they were merged.
func (m *Merge) At() time.Time { return m.GetDateTime("at").Time() }

// Undone is when it was undone, the zero time while it stands.
func (m *Merge) Undone() time.Time { return m.GetDateTime("undone").Time() }

// wasKnown reports whether the kept one was known to the shop's own data when
// they were merged.
func (m *Merge) wasKnown() bool { return m.GetBool("known") }

func (m *Merge) keep(s shape) {
	m.Set("changes", s.changes)
	m.Set("tags", s.tags)
	m.Set("own", s.own)
	m.Set("contacts", s.contacts)
	m.Set("notes", s.notes)
}

func (m *Merge) shape() (s shape, err error) {
	for name, into := range map[string]any{"changes": &s.changes, "tags": &s.tags, "own": &s.own, "contacts": &s.contacts, "notes": &s.notes} {
		if err = m.UnmarshalJSONField(name, into); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (m *Merge) undo(now time.Time) { m.Set("undone", now) }

// follow adds a contact that has come by the identity of who is gone.
func (m *Merge) follow(contact string) error {
	s, err := m.shape()
	if err != nil {
		return err
	}
	for _, c := range s.contacts {
		if c.ID == contact {
			return nil
		}
	}
	m.Set("contacts", append(s.contacts, moved{ID: contact}))
	return nil
}
