package conversations_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// now is a conversation as it is.
func now(t *testing.T, app core.App, id string) *conversations.Conversation {
	t.Helper()
	c, err := conversations.ByID(app, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unread holds a conversation to so many unread words, and to a read mark that its
// visitor is told of.
func unread(t *testing.T, app core.App, id string, want int, read int64) {
	t.Helper()
	if c := now(t, app, id); c.Unread != want || c.ReadStaff < read {
		t.Fatalf("%d unread, read to %d; want %d, read to %d at least", c.Unread, c.ReadStaff, want, read)
	}
}

func TestUnreadIsForItsAssigneeAloneAndTakesNothingBackFromTheVisitor(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p := boss(t, app)
	v, m := asking(t, app)
	id := m.Conversation
	if err := conversations.SetUnread(app, p, id, true); fail.Of(err).Kind != fail.Forbidden {
		t.Fatalf("nobody's: %v", err)
	}
	_, err := conversations.Take(app, p, "take", id)
	must(t, err)
	second, err := conversations.PostAsVisitor(app, v, text("2", "杯子碎了"))
	must(t, err)
	must(t, conversations.SetUnread(app, p, id, true))
	unread(t, app, id, 2, 0) // as it was: there is nothing to put back

	// What was read a moment ago, and is not saved yet, is not read afterwards.
	conversations.Read(app, id, conversations.FromStaff, second.Seq)
	must(t, conversations.SetUnread(app, p, id, true))
	unread(t, app, id, 1, second.Seq)
	must(t, conversations.SetUnread(app, p, id, true))
	again := desktest.After(t, app)
	unread(t, again, id, 1, second.Seq)

	third, err := conversations.PostAsVisitor(app, v, text("3", "还在吗"))
	must(t, err)
	unread(t, app, id, 2, second.Seq)
	must(t, conversations.SetUnread(app, p, id, false))
	unread(t, app, id, 0, third.Seq)
	if c := now(t, app, id); c.UnreadAfter != 0 {
		t.Errorf("still marked: %d", c.UnreadAfter)
	}

	// Reading it once more, without a newer word, makes it read.
	must(t, conversations.SetUnread(app, p, id, true))
	unread(t, app, id, 1, third.Seq)
	conversations.Read(app, id, conversations.FromStaff, third.Seq)
	must(t, conversations.SetUnread(app, p, id, false))
	unread(t, app, id, 0, third.Seq)

	other, err := access.AddStaff(app, nil, access.Newcomer{Email: "b@example.com", Nickname: "小雨", Password: "orange-Kettle-42", Role: access.Owner})
	must(t, err)
	q, err := access.ByID(app, other.Id)
	must(t, err)
	if err := conversations.SetUnread(app, q, id, true); fail.Of(err).Kind != fail.Forbidden {
		t.Errorf("a colleague's: %v", err)
	}
}

// served is somebody whose only word p, who serves them, has not read.
func served(t *testing.T, app core.App) (p *access.Person, v *customers.Contact, m *conversations.Message) {
	t.Helper()
	p = boss(t, app)
	v, m = asking(t, app)
	_, err := conversations.Take(app, p, "take", m.Conversation)
	must(t, err)
	return p, v, m
}

// What was read before somebody marks it unread is behind it, although it was about to be
// saved, and its turn comes later.
func TestMarksThatWaitAreBehindWhatIsMarkedUnread(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p, _, m := served(t, app)
	release := held(t, app)
	marked := make(chan error, 1)
	go func() { marked <- conversations.SetUnread(app, p, m.Conversation, true) }()
	queued(app, 1)
	conversations.Read(app, m.Conversation, conversations.FromStaff, m.Seq)
	queued(app, 2) // it is to be saved, after the other
	release()
	must(t, <-marked)
	must(t, conversations.Write(app, func(*conversations.Tx) error { return nil })) // whose turn is after both
	unread(t, app, m.Conversation, 1, m.Seq)
}

func TestARecalledWordIsNotMarkedUnread(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p, v, m := served(t, app)
	_, err := conversations.Recall(app, conversations.Visitor(v), "recall", m.ID)
	must(t, err)
	if err := conversations.SetUnread(app, p, m.Conversation, true); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("nothing was said: %v", err)
	}
}
