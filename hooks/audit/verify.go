package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Wrong is what may be wrong with the trail. Each has its words under
// audit.wrong_….
type Wrong string

// What may be wrong.
const (
	Altered   Wrong = "altered"   // not what was written, or not where it was written
	Missing   Wrong = "missing"   // taken out
	Inserted  Wrong = "inserted"  // added by somebody else
	CutOff    Wrong = "cut_off"   // the newest are gone
	Foreign   Wrong = "foreign"   // made with a key that is not here any more
	Headless  Wrong = "headless"  // the chain's end is not what the newest entry says
	Older     Wrong = "older"     // the database is older than the anchor, or goes on otherwise
	Adrift    Wrong = "adrift"    // there is no anchor, or somebody else's
	Noted     Wrong = "noted"     // something was wrong when that entry was added, which says so
	Unguarded Wrong = "unguarded" // SQLite would let entries be changed
)

// Fault is something wrong with the entries From to To, or with the trail as a
// whole where both are 0.
type Fault struct {
	Wrong Wrong  `json:"wrong"`
	From  int64  `json:"from,omitempty"`
	To    int64  `json:"to,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Report is what [Verify] found. The accepted faults are those that somebody
// knows about and has said why, see [Accept].
type Report struct {
	OK       bool      `json:"ok"`
	Length   int64     `json:"length"`
	Head     string    `json:"head"`
	Faults   []Fault   `json:"faults"`
	Accepted []Fault   `json:"accepted"`
	At       time.Time `json:"at"`
}

const (
	pageOfWalk  = 1000
	guards      = 2             // triggers that keep entries as they are
	unanchored  = 2 * time.Hour // how old a trail may be without an anchor
	mostFaults  = 1000          // that are told one by one
	actAccepted = "audit.accepted"
	// ActVerified is the act that the trail was verified.
	ActVerified  = "audit.verified"
	fieldUpTo    = "up_to"
	fieldSum     = "sum"
	fieldFaults  = "faults"
	fieldEntries = "entries"
)

// walk goes along the chain from its first entry to its last.
type walk struct {
	chain  chain
	anchor *head

	seq      int64     // of the entry before
	before   []string  // its mac, and what its mac should be: either may be what the next one was made from
	gap      bool      // entries are missing before this one, so that nothing can be said of it
	first    string    // when the first entry was written
	anchored bool      // the anchor's entry was there
	sum      hash.Hash // over all entries so far
	report   Report
}

// Verify walks the whole trail and says what is wrong with it. It takes about
// 10 seconds for a million entries, and holds nobody up.
func Verify(ctx context.Context, app core.App, now time.Time) (Report, error) {
	w, err := begin(app)
	if err != nil {
		return Report{}, err
	}
	if err := w.toEnd(ctx, app); err != nil {
		return Report{}, err
	}
	return w.conclude(ctx, app, now)
}

func begin(app core.App) (*walk, error) {
	c, err := chainOf(app)
	if err != nil {
		return nil, err
	}
	w := &walk{chain: c, before: []string{""}, sum: sha256.New(), report: Report{Faults: []Fault{}, Accepted: []Fault{}}}
	w.anchor, err = readAnchor(app)
	if err != nil {
		w.wrong(Fault{Wrong: Adrift, Note: err.Error()})
	}
	return w, nil
}

// toEnd walks until there is nothing more, also of what is added meanwhile.
func (w *walk) toEnd(ctx context.Context, app core.App) error {
	at := math.Inf(-1)
	if w.seq > 0 {
		at = float64(w.seq)
	}
	for {
		rows, err := page(ctx, app, at)
		if err != nil {
			return err
		}
		for i := range rows {
			at = rows[i].Place
			w.step(&rows[i])
		}
		if len(rows) < pageOfWalk {
			return nil
		}
	}
}

// placed is an entry where it is; its place may be no whole number, where
// somebody has put it in between.
type placed struct {
	Record

	Place float64
}

func page(ctx context.Context, app core.App, after float64) ([]placed, error) {
	rows, err := app.ConcurrentDB().NewQuery("SELECT " + selected + " FROM audit WHERE seq > {:after} ORDER BY seq LIMIT {:most}").
		WithContext(ctx).Bind(dbx.Params{"after": max(after, -math.MaxFloat64), "most": pageOfWalk}).Rows()
	if err != nil {
		return nil, fmt.Errorf("audit entries: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var list []placed
	for rows.Next() {
		var p placed
		err := rows.Scan(&p.ID, &p.Place, &p.Time, &p.ActorKind, &p.Actor, &p.ActorName, &p.Address, &p.Act, &p.ObjectKind, &p.Object,
			&p.ObjectName, &p.Changes, &p.Reason, &p.Key, &p.MAC)
		if err != nil {
			return nil, fmt.Errorf("audit entries: %w", err)
		}
		p.Seq = int64(p.Place)
		list = append(list, p)
	}
	return list, rows.Err()
}

// step takes the next entry.
func (w *walk) step(p *placed) {
	r := &p.Record
	if float64(r.Seq) != p.Place || r.Seq < 1 {
		w.wrong(Fault{Wrong: Inserted, From: r.Seq, To: r.Seq})
		return
	}
	if r.Seq > w.seq+1 {
		w.wrong(Fault{Wrong: Missing, From: w.seq + 1, To: r.Seq - 1})
		w.gap = true
	}
	genuine := w.genuine(r)
	if w.anchor != nil && r.Seq == w.anchor.Seq {
		w.anchored = r.MAC == w.anchor.MAC
	}
	if genuine && r.Act == actBroken {
		w.wrong(Fault{Wrong: Noted, From: r.Seq, To: r.Seq, Note: r.Reason})
	}
	if genuine && r.Act == actAccepted && w.accepts(r) {
		w.report.Accepted = append(w.report.Accepted, w.report.Faults...)
		w.report.Faults = []Fault{}
	}
	writeTexts(w.sum, append(r.texts(), r.MAC))
	if w.report.Length++; w.first == "" {
		w.first = r.Time
	}
	w.seq, w.before, w.gap = r.Seq, []string{r.MAC, w.chain.of(w.before[0], r)}, false
	w.report.Head = r.MAC
}

// genuine reports whether r is what was added after the one before, and notes
// where it is not.
func (w *walk) genuine(r *Record) bool {
	if r.Key != w.chain.id() {
		w.wrong(Fault{Wrong: Foreign, From: r.Seq, To: r.Seq})
		return false
	}
	for _, before := range w.before {
		if hmac.Equal([]byte(w.chain.of(before, r)), []byte(r.MAC)) {
			return true
		}
	}
	if !w.gap {
		w.wrong(Fault{Wrong: Altered, From: r.Seq, To: r.Seq})
	}
	return false
}

// accepts reports whether r accepts everything before it as it is now.
func (w *walk) accepts(r *Record) bool {
	return slices.ContainsFunc(r.Changes.List(), func(c Change) bool { return c.Field == fieldSum && c.After == w.sumNow() })
}

func (w *walk) sumNow() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// wrong notes a fault. Neighbours with the same one are told together.
func (w *walk) wrong(f Fault) {
	n := len(w.report.Faults)
	if n > 0 {
		last := &w.report.Faults[n-1]
		if last.Wrong == f.Wrong && last.Note == f.Note && f.From > 0 && last.To+1 == f.From {
			last.To = f.To
			return
		}
	}
	if n < mostFaults {
		w.report.Faults = append(w.report.Faults, f)
	}
}

// conclude holds the end of the walk against the chain's head, the anchor and
// the schema.
func (w *walk) conclude(ctx context.Context, app core.App, now time.Time) (Report, error) {
	if err := w.checkHead(ctx, app); err != nil {
		return Report{}, err
	}
	w.checkAnchor(now)
	var n int
	if err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit' AND name LIKE 'audit_never_%'").Row(&n); err != nil {
		return Report{}, fmt.Errorf("guards of the audit trail: %w", err)
	}
	if n != guards {
		w.wrong(Fault{Wrong: Unguarded})
	}
	w.report.OK, w.report.At = len(w.report.Faults) == 0, now
	return w.report, nil
}

// checkHead walks on to where the head is, as far as entries were added since,
// and holds it against the last entry.
func (w *walk) checkHead(ctx context.Context, app core.App) error {
	for {
		h, err := headOf(app)
		there := err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		before := w.seq
		if h.Seq > before {
			if err = w.toEnd(ctx, app); err != nil {
				return err
			}
		}
		if w.seq == before {
			w.compare(h, there)
			return nil
		}
	}
}

// compare holds the head, where there is one, against the last entry.
func (w *walk) compare(h head, there bool) {
	switch {
	case there && h.start() && w.seq == 0:
	case !there || !w.chain.sealed(h, asHead):
		w.wrong(Fault{Wrong: Headless})
	case h.Seq > w.seq:
		w.wrong(Fault{Wrong: CutOff, From: w.seq + 1, To: h.Seq})
	case h.Seq < w.seq:
		w.wrong(Fault{Wrong: Inserted, From: h.Seq + 1, To: w.seq})
	case h.MAC != w.report.Head:
		w.wrong(Fault{Wrong: Headless})
	}
}

func (w *walk) checkAnchor(now time.Time) {
	switch {
	case w.anchor == nil && w.first != "":
		began, err := types.ParseDateTime(w.first)
		adrift := slices.ContainsFunc(w.report.Faults, func(f Fault) bool { return f.Wrong == Adrift })
		if !adrift && (err != nil || now.Sub(began.Time()) > unanchored) {
			w.wrong(Fault{Wrong: Adrift})
		}
	case w.anchor != nil && !w.chain.sealed(*w.anchor, asAnchor):
		w.wrong(Fault{Wrong: Adrift})
	case w.anchor != nil && !w.anchored:
		w.wrong(Fault{Wrong: Older, From: min(w.seq+1, w.anchor.Seq), To: w.anchor.Seq})
	}
}
