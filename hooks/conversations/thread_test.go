package conversations_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func TestAThreadIsReadFromItsMiddle(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	begin := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	who := contact(t, app)
	all, blind := hired(t, app, access.Supervisor, "主管"), hired(t, app, access.Agent, "客服")
	said := make([]*conversations.Message, 0, 120)
	for i := range 120 { // one a day
		clock.Set(app, func() time.Time { return begin.AddDate(0, 0, i) })
		m, err := conversations.PostAsVisitor(app, who, text(fmt.Sprint("m", i), fmt.Sprint("第", i, "天")))
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, m)
	}
	check := func(s *conversations.Stretch, err error, at int, older, newer bool) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if s.At != said[at].ID || s.Older != older || s.Newer != newer {
			t.Errorf("around %d: at %s, older %t, newer %t", at, s.At, s.Older, s.Newer)
		}
		there := false
		for i, m := range s.Entries {
			there = there || m.ID == said[at].ID
			if i > 0 && s.Entries[i-1].Seq >= m.Seq {
				t.Error("out of order")
			}
		}
		if !there {
			t.Errorf("%d is not among what is around it", at)
		}
	}
	s, err := conversations.ThreadAround(app, all, who.Id, said[60].ID)
	check(s, err, 60, true, true)
	s, err = conversations.ThreadAround(app, all, who.Id, said[119].ID)
	check(s, err, 119, true, false)
	s, err = conversations.ThreadSince(app, all, who.Id, begin.AddDate(0, 0, 10).Add(time.Hour))
	check(s, err, 11, false, true)
	if _, err = conversations.ThreadSince(app, all, who.Id, begin.AddDate(1, 0, 0)); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("after the end: %v", err)
	}
	next, err := conversations.ThreadAfter(app, all, who.Id, said[100].Seq)
	if err != nil || len(next) != 19 || next[0].ID != said[101].ID {
		t.Errorf("after 100: %d entries, %v", len(next), err)
	}

	// What one may not see is no place to begin at.
	_, err = app.NonconcurrentDB().NewQuery("UPDATE conversations SET [[group]] = 'others' WHERE id = {:id}").Bind(dbx.Params{"id": said[0].Conversation}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.ThreadAround(app, blind, who.Id, said[60].ID); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("around what is hidden: %v", err)
	}
	if _, err = conversations.ThreadSince(app, blind, who.Id, begin); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("since what is hidden: %v", err)
	}
}
