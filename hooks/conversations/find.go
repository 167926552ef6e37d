package conversations

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// Sought is what is searched for in the timeline.
type Sought struct {
	Query  terms.Query
	In     string // a contact: in that thread alone, notes and all
	Notes  bool   // staff's notes; else what was said to customers and by them
	Before int64  // the number before which it is looked for; 0 for the end
}

// Hit is an entry that was found, and what of it.
type Hit struct {
	Seq  int64
	Text string // what of the entry is searched
	terms.Found
}

// fewest is how many conversations are named to the index at most, where somebody
// sees no others. From there on all that is found is looked at.
const fewest = 500

// Find looks for entries that p may see, the newest first, until each wants no
// more or there are none. Whether p may see one is asked of its conversation as it
// is now.
func Find(ctx context.Context, app core.App, p *access.Person, s Sought, each func(Hit) (more bool)) error {
	if s.Before == 0 { // what is older is there since then
		indexed(ctx, app)
	}
	return s.find(ctx, app, p, each)
}

func (s Sought) find(ctx context.Context, app core.App, p *access.Person, each func(Hit) (more bool)) error {
	labels, where, err := s.within(app, p)
	if err != nil || labels == nil {
		return err
	}
	before := s.Before
	if before == 0 {
		before = 1 << 62
	}
	q := app.ConcurrentDB().Select("m.seq", "m.kind", "m.text", "m.data", "m.file").From("message_words w").
		Join("CROSS JOIN", "messages m", dbx.NewExp("m.seq = w.rowid")).WithContext(ctx)
	if where != nil {
		q.Join("CROSS JOIN", "conversations c", dbx.NewExp("c.id = m.conversation"))
	}
	match := s.Query.Match(labels...)
	if s.In == "" && !s.Notes {
		match = "(" + match + `) NOT "` + noteLabel + `"`
	}
	rows, err := q.Where(dbx.And(dbx.NewExp("message_words MATCH {:match} AND w.rowid < {:before} AND m.recalled = FALSE", dbx.Params{"match": match, "before": before}), where)).
		OrderBy("w.rowid DESC").Rows()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var m Message
		var data string
		if err = rows.Scan(&m.Seq, &m.Kind, &m.Text, &data, &m.File); err != nil {
			return fmt.Errorf("reading what was found: %w", err)
		}
		m.Data = json.RawMessage(data)
		h := Hit{Seq: m.Seq, Text: m.Said(app)}
		var there bool
		if h.Found, there = s.Query.In(h.Text); there && !each(h) {
			return nil
		}
	}
	return rows.Err()
}

// within is where s looks for what p may see: labels, of which nil are none at
// all, and a condition on the conversation, which may be nil.
func (s Sought) within(app core.App, p *access.Person) (labels [][]string, where dbx.Expression, err error) {
	labels = [][]string{}
	if s.Notes {
		labels = append(labels, []string{noteLabel})
	}
	if s.In != "" {
		seen, wrong := threadOf(app, p, s.In)
		if wrong != nil || len(seen.list) == 0 {
			return nil, nil, wrong
		}
		return append(labels, ofConversations(seen.ids())), nil, nil
	}
	where = visibleTo(p)
	if where == nil || p.May(access.ConversationsSeeGroup) {
		return labels, where, nil
	}
	var ids []string // who sees their own alone sees few
	err = app.ConcurrentDB().Select("id").From("conversations").Where(where).Limit(fewest + 1).Column(&ids)
	switch {
	case err != nil || len(ids) == 0:
		return nil, nil, err
	case len(ids) > fewest:
		return labels, where, nil
	}
	return append(labels, ofConversations(values(ids))), where, nil
}

func ofConversations(ids []any) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = terms.Label(ofConversation, fmt.Sprint(id))
	}
	return list
}

// Share is about which part of the newest entries have q, for what is rare to
// count for more: from the newest thousand that have it.
func Share(app core.App, q terms.Query) (float64, error) {
	const enough = 1000
	var found struct {
		N     int64 `db:"n"`
		First int64 `db:"first"`
		Last  int64 `db:"last"`
	}
	err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) AS n, COALESCE(MIN(seq), 0) AS first, (SELECT last FROM sequence WHERE id = 1) AS last " +
		"FROM (SELECT rowid AS seq FROM message_words WHERE message_words MATCH {:match} ORDER BY rowid DESC LIMIT {:enough})").
		Bind(dbx.Params{"match": q.Match(), "enough": enough}).One(&found)
	if err != nil {
		return 0, fmt.Errorf("how common it is: %w", err)
	}
	if found.N < enough {
		found.First = 0
	}
	return min(1, float64(found.N)/float64(max(1, found.Last-found.First))), nil
}

// AtSeqs are the entries of these numbers, in their order.
func AtSeqs(app core.App, seqs []int64) ([]*Message, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	list, err := entries(app, dbx.In("seq", values(seqs)...), int64(len(seqs)))
	slices.SortFunc(list, func(a, b *Message) int { return slices.Index(seqs, a.Seq) - slices.Index(seqs, b.Seq) })
	return list, err
}
