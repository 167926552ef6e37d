package conversations

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// places are conversations of one contact, or those that somebody may see of them,
// that with the latest entry first. What was said in them is one thread: mostly one
// after the other, but notes and ratings come when the next has begun.
//
// Each is read by the index of its own entries. One of the contact's entries would
// save the merging, and be a page more to write with each word.
type places []place

type place struct {
	ID   string `db:"id"`
	Last int64  `db:"last"` // the number of its last entry
}

// lastEntries asks the entries themselves: what is missed must not depend on what a
// conversation's row says of them.
const lastEntries = "SELECT id, (SELECT COALESCE(MAX(seq), 0) FROM messages m WHERE m.conversation = c.id) AS last " +
	"FROM conversations c WHERE contact = {:contact} ORDER BY last DESC"

// wholeThread is where a contact's thread stands.
func wholeThread(app core.App, contact string) (all places, err error) {
	err = app.ConcurrentDB().NewQuery(lastEntries).
		Bind(dbx.Params{"contact": contact}).All(&all)
	if err != nil {
		return nil, fmt.Errorf("a contact's conversations: %w", err)
	}
	return all, nil
}

// threadOf is what p may see of it.
func threadOf(app core.App, p *access.Person, contact string) (places, error) {
	all, err := wholeThread(app, contact)
	if err != nil {
		return nil, err
	}
	list, err := query(app, dbx.HashExp{"contact": contact}, 0)
	if err != nil {
		return nil, err
	}
	shown := map[string]bool{}
	for _, c := range list {
		shown[c.ID] = Visible(p, c)
	}
	return slices.DeleteFunc(all, func(one place) bool { return !shown[one.ID] }), nil
}

func (seen places) ids() []any {
	list := make([]any, len(seen))
	for i, p := range seen {
		list[i] = p.ID
	}
	return list
}

func (seen places) has(conversation string) bool {
	return slices.ContainsFunc(seen, func(p place) bool { return p.ID == conversation })
}

// before are the last entries before a number for which where holds, the newest
// first.
func (seen places) before(app core.App, seq, limit int64, where dbx.Expression) (list []*Message, err error) {
	for _, p := range seen {
		if int64(len(list)) == limit && list[limit-1].Seq > p.Last {
			break // neither it nor those behind it have any that is newer
		}
		some, err := entriesBy(app, dbx.And(dbx.HashExp{"conversation": p.ID}, dbx.NewExp("seq < {:before}", dbx.Params{"before": seq}), where), limit, "seq DESC")
		if err != nil {
			return nil, err
		}
		list = firstOf(slices.Concat(list, some), limit, func(a, b *Message) int { return cmp.Compare(b.Seq, a.Seq) })
	}
	return list, nil
}

// after are the first entries after a number for which where holds.
func (seen places) after(app core.App, seq, limit int64, where dbx.Expression) (list []*Message, err error) {
	for _, p := range seen {
		if p.Last <= seq {
			break
		}
		some, err := entriesBy(app, dbx.And(dbx.HashExp{"conversation": p.ID}, dbx.NewExp("seq > {:after}", dbx.Params{"after": seq}), where), limit, "seq")
		if err != nil {
			return nil, err
		}
		list = firstOf(slices.Concat(list, some), limit, func(a, b *Message) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return list, nil
}

// firstOf are the first of two stretches of entries, put in order.
func firstOf(list []*Message, limit int64, order func(a, b *Message) int) []*Message {
	slices.SortFunc(list, order)
	return list[:min(len(list), int(limit))]
}
