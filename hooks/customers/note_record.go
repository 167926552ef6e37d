package customers

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Notes is where staff's notes about customers are kept.
const Notes = "notes"

var _ core.RecordProxy = (*Note)(nil)

// Note is what a member of staff wants colleagues to know about a customer.
//
//	there ── delete ──▶ gone ── a day later ──▶ no more
//	  ▲                  │
//	  └───── restore ────┘
type Note struct{ core.BaseRecordProxy }

var noteTrail = audit.Fields{
	On: "customer", Links: map[string]string{"customer": Customers, "staff": "staff"}, Personal: []string{"text"}, Ignore: []string{"contact"},
	Turns: map[string][2]string{"deleted": {"deleted", "restored"}},
}

func newNote(app core.App, on about, staff, text string) (*Note, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Notes)
	if err != nil {
		return nil, err
	}
	n := &Note{}
	n.SetProxyRecord(core.NewRecord(collection))
	n.Set("customer", on.customer)
	n.Set("contact", on.contact)
	n.Set("staff", staff)
	n.Set("text", tidy(text))
	return n, nil
}

func wrapNote(r *core.Record) *Note {
	n := &Note{}
	n.SetProxyRecord(r)
	return n
}

// Customer is whom the note is about.
func (n *Note) Customer() string { return n.GetString("customer") }

// Staff is who wrote it.
func (n *Note) Staff() string { return n.GetString("staff") }

// Text is plain.
func (n *Note) Text() string { return n.GetString("text") }

// Created is when it was written.
func (n *Note) Created() types.DateTime { return n.GetDateTime("created") }

// Gone is when it was deleted, the zero time while it is there.
func (n *Note) Gone() time.Time { return n.GetDateTime("deleted").Time() }

func (n *Note) leave() { n.Set("deleted", types.NowDateTime()) }

func (n *Note) comeBack() { n.Set("deleted", "") }
