package conversations

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Stretch is a part of a thread around one of its entries, oldest first.
type Stretch struct {
	Entries      []*Message
	At           string // the entry's id
	Older, Newer bool   // there is more before it, or after
}

// ThreadAfter is the page of what was said with a contact after the number after,
// as far as p may see it, oldest first.
func ThreadAfter(app core.App, p *access.Person, contact string, after int64) ([]*Message, error) {
	seen, err := threadOf(app, p, contact)
	if err != nil {
		return nil, err
	}
	return seen.after(app, contact, after, PageSize)
}

// ThreadAround is the part of a contact's thread in which an entry stands; p must
// be able to see it, else it is not_found.
func ThreadAround(app core.App, p *access.Person, contact, entry string) (*Stretch, error) {
	m, err := MessageByID(app, entry)
	if err != nil {
		return nil, err
	}
	seen, err := threadOf(app, p, contact)
	if err != nil {
		return nil, err
	}
	if m.Contact != contact || !slices.Contains(seen.ids, any(m.Conversation)) {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return seen.around(app, contact, m.Seq)
}

// ThreadSince is the part of a contact's thread in which the first entry since
// then stands; not_found where there is none.
func ThreadSince(app core.App, p *access.Person, contact string, since time.Time) (*Stretch, error) {
	first, err := firstSince(app, since)
	if err != nil {
		return nil, err
	}
	seen, err := threadOf(app, p, contact)
	if err != nil {
		return nil, err
	}
	next, err := seen.after(app, contact, first-1, 1)
	if err != nil {
		return nil, err
	}
	if len(next) == 0 {
		return nil, fail.New(fail.NotFound, "conversations.nothing_since")
	}
	return seen.around(app, contact, next[0].Seq)
}

// around is the entry of the number seq with half a page on either side.
func (seen part) around(app core.App, contact string, seq int64) (*Stretch, error) {
	const half = PageSize / 2
	before, err := seen.some(app, contact, dbx.NewExp("seq < {:seq}", dbx.Params{"seq": seq}), half+1, "seq DESC")
	if err != nil {
		return nil, err
	}
	after, err := seen.after(app, contact, seq-1, half+1)
	if err != nil {
		return nil, err
	}
	if len(after) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found") // deleted meanwhile
	}
	s := &Stretch{At: after[0].ID, Older: len(before) > half, Newer: len(after) > half}
	before, after = before[:min(len(before), half)], after[:min(len(after), half)]
	slices.Reverse(before)
	s.Entries = slices.Concat(before, after)
	return s, nil
}

func (seen part) after(app core.App, contact string, seq, limit int64) ([]*Message, error) {
	return seen.some(app, contact, dbx.NewExp("seq > {:after}", dbx.Params{"after": seq}), limit, "seq")
}

// some are entries of the thread's visible part that where finds.
func (seen part) some(app core.App, contact string, where dbx.Expression, limit int64, order string) ([]*Message, error) {
	place := dbx.Expression(dbx.HashExp{"contact": contact})
	if !seen.whole {
		place = dbx.In("conversation", seen.ids...)
	}
	return entriesBy(app, dbx.And(place, where), limit, order)
}
