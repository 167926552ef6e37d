package conversations_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// However the entries of a contact's conversations lie between each other, they are
// one thread, from whichever end and in whatever steps it is read.
func TestManyConversationsAreOneThread(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	who, other := contact(t, app), contact(t, app)
	all, some := hired(t, app, access.Supervisor, "主管"), hired(t, app, access.Agent, "客服")
	chance := rand.New(rand.NewPCG(1, 2))
	var whole, open, mine []string // all of it, what the visitor sees, what an agent sees
	var seqs []int64
	err := conversations.WritePast(app, func(p *conversations.Past) error {
		list := make([]*conversations.Conversation, 8)
		for i := range list {
			list[i] = &conversations.Conversation{ID: fmt.Sprintf("conversation%03d", i), Contact: who.Id, Status: conversations.Closed, Priority: "normal", Opened: time.Now(), Group: "others"}
			if i%3 == 0 {
				list[i].Assignee = some.ID
			}
		}
		list[7].Contact = other.Id
		for i := range 400 {
			// Now one, then the next, and a word to one that is long past.
			c := list[min(7, max(0, i/55+chance.IntN(3)-1))]
			if chance.IntN(20) == 0 {
				c = list[chance.IntN(8)]
			}
			m := &conversations.Message{
				ID: fmt.Sprintf("message%08d", i), Seq: p.Next(), Conversation: c.ID, Contact: c.Contact, Kind: conversations.Text, Text: "x",
				From: conversations.System(), Time: time.Now(), StaffOnly: chance.IntN(4) == 0,
			}
			if err := p.Entry(m); err != nil {
				return err
			}
			c.LastSeq = m.Seq
			if c.Contact != who.Id {
				continue
			}
			whole, seqs = append(whole, m.ID), append(seqs, m.Seq)
			if !m.StaffOnly {
				open = append(open, m.ID)
			}
			if c.Assignee == some.ID {
				mine = append(mine, m.ID)
			}
		}
		for _, c := range list {
			if err := p.Conversation(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]struct {
		want []string
		page func(seq int64) ([]*conversations.Message, error)
		back bool
	}{
		"a visitor's": {open, func(seq int64) ([]*conversations.Message, error) {
			return conversations.ThreadForVisitor(app, who.Id, seq)
		}, true},
		"a supervisor's": {whole, func(seq int64) ([]*conversations.Message, error) {
			return conversations.Thread(app, all, who.Id, seq)
		}, true},
		"an agent's": {mine, func(seq int64) ([]*conversations.Message, error) {
			return conversations.Thread(app, some, who.Id, seq)
		}, true},
		"onwards": {whole, func(seq int64) ([]*conversations.Message, error) {
			return conversations.ThreadAfter(app, all, who.Id, seq)
		}, false},
		"onwards, an agent's": {mine, func(seq int64) ([]*conversations.Message, error) {
			return conversations.ThreadAfter(app, some, who.Id, seq)
		}, false},
		"missed": {open, func(seq int64) ([]*conversations.Message, error) {
			return conversations.MissedByVisitor(app, who.Id, seq, 7)
		}, false},
	} {
		var got []string
		for at := map[bool]int64{true: 1 << 62}[read.back]; ; {
			page, err := read.page(at)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			ids := make([]string, len(page))
			for i, m := range page {
				ids[i] = m.ID
			}
			if read.back {
				got, at = slices.Concat(ids, got), page[0].Seq
			} else {
				got, at = append(got, ids...), page[len(page)-1].Seq
			}
		}
		if !slices.Equal(got, read.want) {
			t.Errorf("%s thread: %d entries, not %d, or in another order", name, len(got), len(read.want))
		}
	}
	for i, id := range whole {
		s, err := conversations.ThreadAround(app, all, who.Id, id)
		if err != nil {
			t.Fatal(err)
		}
		from, to := max(0, i-conversations.PageSize/2), min(len(whole), i+conversations.PageSize/2)
		if s.Entries[0].Seq != seqs[from] || s.Entries[len(s.Entries)-1].Seq != seqs[to-1] || s.Older != (from > 0) || s.Newer != (to < len(whole)) {
			t.Errorf("around the entry %d: from %s to %s, older %t, newer %t", i, s.Entries[0].ID, s.Entries[len(s.Entries)-1].ID, s.Older, s.Newer)
		}
	}
}

// What comes between two looks of one reading is missed as a whole, and read the next
// time: else a later word would be read without an earlier one, and the cursor would
// stand behind both.
func TestNothingIsMissedBetweenTwoLooks(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	var between atomic.Pointer[func()] // is done once, when it has been looked where the thread stands
	app.ConcurrentDB().(*dbx.DB).QueryLogFunc = func(_ context.Context, _ time.Duration, query string, _ *sql.Rows, _ error) {
		if strings.Contains(query, "first_entry") {
			if do := between.Swap(nil); do != nil {
				(*do)()
			}
		}
	}
	p, who := hired(t, app, access.Owner, "店主"), contact(t, app)
	say := func(id string) *conversations.Message {
		m, err := conversations.PostAsVisitor(app, who, text(id, id))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := say("first")
	say("second")
	if _, err := conversations.Close(app, p, "close", first.Conversation); err != nil {
		t.Fatal(err)
	}
	between.Store(new(func() {
		say("third") // opens the next conversation, and then comes a rating of this one
		if err := conversations.Rate(app, who, first.Conversation, conversations.Rating{Score: 5}); err != nil {
			t.Error(err)
		}
	}))
	seen := map[string]bool{}
	position := first.Seq
	for range 3 {
		list, err := conversations.MissedByVisitor(app, who.Id, position, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			position, seen[m.Text] = m.Seq, true
			if m.Event().Event == conversations.Rated {
				seen["rating"] = true
			}
		}
	}
	if !seen["second"] || !seen["third"] || !seen["rating"] {
		t.Errorf("seen %v", seen)
	}
}
