package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Query is what to look for; a zero field asks for nothing.
type Query struct {
	Actor     string    // id of a member of staff
	ActorKind ActorKind // where no one is named
	Act       string    // one act, or all of a kind: "staff."
	On        []Object  // on any of these, by kind and id
	From, To  time.Time // from, and before
	Text      string    // in names, reasons and values
	Before    int64     // older than this entry
	Limit     int       // [PageSize] by default
}

// Found is a page of entries, the newest first.
type Found struct {
	Entries []Record
	// Older is the number to look before for more, 0 where there is none. It may
	// be there although the page is not full: what no index leads to is looked for
	// in so many entries at once.
	Older int64
}

// How many entries are on a page, and how many are looked at for one.
const (
	PageSize = 50
	stretch  = 20_000
)

// ParseObject reads "customers:abc".
func ParseObject(text string) Object {
	kind, id, _ := strings.Cut(text, ":")
	return Object{Kind: kind, ID: id}
}

// Length is how many entries there are.
func Length(app core.App) (int64, error) {
	h, err := headOf(app)
	if errors.Is(err, sql.ErrNoRows) { // tampered with
		return 0, nil
	}
	return h.Seq, err
}

// Find looks for entries.
func Find(ctx context.Context, app core.App, q Query) (Found, error) {
	if q.Limit < 1 || q.Limit > stretch {
		q.Limit = PageSize
	}
	low, high, err := q.span(ctx, app)
	if err != nil || low >= high {
		return Found{Entries: []Record{}}, err
	}
	floor := low
	if !q.led() {
		floor = max(low, min(high, math.MaxInt64)-stretch)
	}
	query := app.ConcurrentDB().Select(strings.Split(columns, ", ")...).AndSelect("COALESCE(changes, '') AS changes").From(Collection).WithContext(ctx).
		Where(dbx.NewExp("seq >= {:floor} AND seq < {:high}", dbx.Params{"floor": floor, "high": high})).
		OrderBy("seq DESC").Limit(int64(q.Limit) + 1)
	for _, condition := range q.conditions() {
		query.AndWhere(condition)
	}
	found := Found{Entries: []Record{}}
	if err := query.All(&found.Entries); err != nil {
		return Found{}, fmt.Errorf("audit entries: %w", err)
	}
	switch {
	case len(found.Entries) > q.Limit:
		found.Entries = found.Entries[:q.Limit]
		found.Older = found.Entries[q.Limit-1].Seq
	case floor > low:
		found.Older = floor
	}
	return found, nil
}

// span is the range of numbers to look in: from low on and below high.
func (q Query) span(ctx context.Context, app core.App) (low, high int64, err error) {
	h, err := headOf(app)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, 0, err
	}
	low, high = 1, h.Seq+1
	if q.Before > 0 {
		high = min(high, q.Before)
	}
	for _, bound := range []struct {
		at   time.Time
		text string
		into *int64
	}{
		{q.From, "SELECT MIN(seq) FROM audit WHERE time >= {:at}", &low},
		{q.To, "SELECT MAX(seq) + 1 FROM audit WHERE time < {:at}", &high},
	} {
		if bound.at.IsZero() {
			continue
		}
		at, err := types.ParseDateTime(bound.at)
		if err != nil {
			return 0, 0, fmt.Errorf("period: %w", err)
		}
		var seq sql.NullInt64
		if err := app.ConcurrentDB().NewQuery(bound.text).WithContext(ctx).Bind(dbx.Params{"at": at.String()}).Row(&seq); err != nil {
			return 0, 0, fmt.Errorf("period: %w", err)
		}
		switch {
		case !seq.Valid:
			return 0, 0, nil // nothing so late, or so early
		case bound.into == &low:
			low = max(low, seq.Int64)
		default:
			high = min(high, seq.Int64)
		}
	}
	return low, high, nil
}

// led reports whether an index leads to exactly what q asks for.
func (q Query) led() bool {
	rest := q.Text == "" && q.ActorKind == "" && !strings.HasSuffix(q.Act, ".")
	exact := q.Actor != "" || q.Act != "" && !strings.HasSuffix(q.Act, ".") || len(q.On) > 0
	return rest && (exact || q.Act == "")
}

func (q Query) conditions() []dbx.Expression {
	var list []dbx.Expression
	if q.Actor != "" {
		list = append(list, dbx.HashExp{"actor": q.Actor})
	}
	if q.ActorKind != "" {
		list = append(list, dbx.HashExp{"actor_kind": string(q.ActorKind)})
	}
	switch {
	case strings.HasSuffix(q.Act, "."):
		list = append(list, dbx.NewExp("substr(act, 1, {:length}) = {:prefix}", dbx.Params{"length": len(q.Act), "prefix": q.Act}))
	case q.Act != "":
		list = append(list, dbx.HashExp{"act": q.Act})
	}
	if len(q.On) > 0 {
		either := make([]dbx.Expression, len(q.On))
		for i, o := range q.On {
			either[i] = dbx.HashExp{"object_kind": o.Kind, "object": o.ID}
		}
		list = append(list, dbx.Or(either...))
	}
	if q.Text != "" {
		list = append(list, dbx.NewExp("instr(lower(actor_name || char(10) || object_name || char(10) || object || char(10) || reason || char(10) || address || char(10) || changes), {:text}) > 0",
			dbx.Params{"text": strings.ToLower(q.Text)}))
	}
	return list
}
