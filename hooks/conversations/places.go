package conversations

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// places are conversations of one contact, or those that somebody may see of them, in
// the order in which they have begun. What was said in them is one thread: mostly one
// after the other, but notes and ratings come when the next has begun.
//
// Each is read by the index of its own entries. One of the contact's entries would
// save the merging, and be a page more to write with each word.
type places struct {
	list []place
	// head is the contact's last entry when it was looked where they are. What is read
	// afterwards goes no further: of what has come since, some would be read and some
	// not.
	head int64
}

// place is a conversation, with the numbers of its first and its last entry.
type place struct {
	ID    string `db:"id"`
	First int64  `db:"first_entry"`
	Last  int64  `db:"last_entry"`
}

// entriesOf asks the entries themselves: what is missed must not depend on what a
// conversation's row says of them.
const entriesOf = "SELECT id, (SELECT MIN(seq) FROM messages m WHERE m.conversation = c.id) AS first_entry, " +
	"(SELECT MAX(seq) FROM messages m WHERE m.conversation = c.id) AS last_entry " +
	"FROM conversations c WHERE contact = {:contact} AND first_entry IS NOT NULL ORDER BY first_entry"

// wholeThread is where a contact's thread stands.
func wholeThread(app core.App, contact string) (all places, err error) {
	if err = app.ConcurrentDB().NewQuery(entriesOf).Bind(dbx.Params{"contact": contact}).All(&all.list); err != nil {
		return all, fmt.Errorf("a contact's conversations: %w", err)
	}
	for _, p := range all.list {
		all.head = max(all.head, p.Last)
	}
	return all, nil
}

// threadOf is what p may see of it.
func threadOf(app core.App, p *access.Person, contact string) (places, error) {
	seen, err := wholeThread(app, contact)
	if err != nil {
		return places{}, err
	}
	list, err := query(app, dbx.HashExp{"contact": contact}, 0)
	if err != nil {
		return places{}, err
	}
	shown := map[string]bool{}
	for _, c := range list {
		shown[c.ID] = Visible(p, c)
	}
	seen.list = slices.DeleteFunc(seen.list, func(one place) bool { return !shown[one.ID] })
	return seen, nil
}

func (seen places) ids() []any {
	list := make([]any, len(seen.list))
	for i, p := range seen.list {
		list[i] = p.ID
	}
	return list
}

func (seen places) has(conversation string) bool {
	return slices.ContainsFunc(seen.list, func(p place) bool { return p.ID == conversation })
}

// before are the last entries before a number for which where holds, the newest
// first.
func (seen places) before(app core.App, seq, limit int64, where dbx.Expression) (list []*Message, err error) {
	byEnd := slices.SortedFunc(slices.Values(seen.list), func(a, b place) int { return cmp.Compare(b.Last, a.Last) })
	for _, p := range byEnd {
		if int64(len(list)) == limit && list[limit-1].Seq > p.Last {
			break // nor has any behind it one that is newer
		}
		if p.First >= seq {
			continue
		}
		some, err := entriesBy(app, dbx.And(dbx.HashExp{"conversation": p.ID}, numbered(0, min(seq, seen.head+1)), where), limit, "seq DESC")
		if err != nil {
			return nil, err
		}
		list = firstOf(slices.Concat(list, some), limit, func(a, b *Message) int { return cmp.Compare(b.Seq, a.Seq) })
	}
	return list, nil
}

// after are the first entries after a number for which where holds.
func (seen places) after(app core.App, seq, limit int64, where dbx.Expression) (list []*Message, err error) {
	for _, p := range seen.list {
		if int64(len(list)) == limit && list[limit-1].Seq < p.First {
			break // nor has any behind it one that is older
		}
		if p.Last <= seq {
			continue
		}
		some, err := entriesBy(app, dbx.And(dbx.HashExp{"conversation": p.ID}, numbered(seq, seen.head+1), where), limit, "seq")
		if err != nil {
			return nil, err
		}
		list = firstOf(slices.Concat(list, some), limit, func(a, b *Message) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return list, nil
}

// numbered are the entries between two numbers.
func numbered(after, before int64) dbx.Expression {
	return dbx.NewExp("seq > {:after} AND seq < {:before}", dbx.Params{"after": after, "before": before})
}

// firstOf are the first of two stretches of entries, put in order.
func firstOf(list []*Message, limit int64, order func(a, b *Message) int) []*Message {
	slices.SortFunc(list, order)
	return list[:min(len(list), int(limit))]
}
