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

// Thread is a page of all that was said with a contact, for p: the parts that p
// may see.
func Thread(app core.App, p *access.Person, contact string, before int64) ([]*Message, error) {
	seen, err := threadOf(app, p, contact)
	if err != nil {
		return nil, err
	}
	list, err := seen.before(app, before, PageSize, nil)
	slices.Reverse(list)
	return list, err
}

// ThreadForVisitor is a page of what the contact sees of all their
// conversations, oldest first.
func ThreadForVisitor(app core.App, contact string, before int64) ([]*Message, error) {
	all, err := wholeThread(app, contact)
	if err != nil {
		return nil, err
	}
	list, err := all.before(app, before, PageSize, forVisitors)
	slices.Reverse(list)
	return list, err
}

// MissedByVisitor is the next page of what the contact has not seen after the
// number after.
func MissedByVisitor(app core.App, contact string, after, limit int64) ([]*Message, error) {
	all, err := wholeThread(app, contact)
	if err != nil {
		return nil, err
	}
	return all.after(app, after, limit, forVisitors)
}

var forVisitors = dbx.NewExp("staff_only = FALSE")

// ThreadAfter is the page of what was said with a contact after the number after,
// as far as p may see it, oldest first.
func ThreadAfter(app core.App, p *access.Person, contact string, after int64) ([]*Message, error) {
	seen, err := threadOf(app, p, contact)
	if err != nil {
		return nil, err
	}
	return seen.after(app, after, PageSize, nil)
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
	if m.Contact != contact || !seen.has(m.Conversation) {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return seen.around(app, m.Seq)
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
	next, err := seen.after(app, first-1, 1, nil)
	if err != nil {
		return nil, err
	}
	if len(next) == 0 {
		return nil, fail.New(fail.NotFound, "conversations.nothing_since")
	}
	return seen.around(app, next[0].Seq)
}

// around is the entry of the number seq with half a page on either side.
func (seen places) around(app core.App, seq int64) (*Stretch, error) {
	const half = PageSize / 2
	before, err := seen.before(app, seq, half+1, nil)
	if err != nil {
		return nil, err
	}
	after, err := seen.after(app, seq-1, half+1, nil)
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
