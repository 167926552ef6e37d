package conversations_test

import (
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// boss is an owner, who may tag everything.
func boss(t *testing.T, app core.App) *access.Person {
	t.Helper()
	if err := access.EnsureRoles(app); err != nil {
		t.Fatal(err)
	}
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "own@example.com", Nickname: "店主", Password: "orange-Kettle-42", Role: access.Owner})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, s.Id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func talk(t *testing.T, app core.App) string {
	t.Helper()
	m, err := conversations.PostAsVisitor(app, contact(t, app), text("m", "在吗"))
	if err != nil {
		t.Fatal(err)
	}
	return m.Conversation
}

func tags(t *testing.T, app core.App, conversation string) []string {
	t.Helper()
	c, err := conversations.ByID(app, conversation)
	if err != nil {
		t.Fatal(err)
	}
	return c.Tags
}

func TestMergedTagIsTheOtherOneInEveryConversation(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p := boss(t, app)
	from, err := customers.AppendTag(app, "vip", "blue")
	if err != nil {
		t.Fatal(err)
	}
	into, err := customers.AppendTag(app, "VIP", "gold")
	if err != nil {
		t.Fatal(err)
	}
	open, done, plain := talk(t, app), talk(t, app), talk(t, app)
	for id, list := range map[string][]string{open: {from.Id}, done: {from.Id, into.Id}} {
		if err := conversations.SetTags(app, p, id, list); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conversations.Take(app, p, "take", done); err != nil {
		t.Fatal(err)
	}
	if _, err := conversations.Close(app, p, "close", done); err != nil {
		t.Fatal(err)
	}
	if uses, err := conversations.TagUses(app); err != nil || uses[from.Id] != 1 || uses[into.Id] != 0 {
		t.Errorf("uses %v, %v: a closed one counts", uses, err)
	}
	changed := make(chan struct{}, 10)
	conversations.OnCommit(app).BindFunc(func(e *conversations.Committed) error {
		changed <- struct{}{}
		return e.Next()
	})
	forgotten := make(chan struct{})
	app.OnRecordAfterDeleteSuccess(customers.Tags).BindFunc(func(e *core.RecordEvent) error {
		close(forgotten)
		return e.Next()
	})
	if _, err := customers.MergeTags(app, from.Id, into.Id); err != nil {
		t.Fatal(err)
	}
	// Whoever has not heard yet and says the old one gets the new one.
	if err := conversations.SetTags(app, p, plain, []string{from.Id}); err != nil || !slices.Equal(tags(t, app, plain), []string{into.Id}) {
		t.Errorf("said late: %v, %v", tags(t, app, plain), err)
	}
	desktest.Serve(t, app) // the outbox begins its work
	select {
	case <-forgotten:
	case <-time.After(20 * time.Second):
		t.Fatal("the tag is still there")
	}
	for _, id := range []string{open, done, plain} {
		if got := tags(t, app, id); !slices.Equal(got, []string{into.Id}) {
			t.Errorf("%s bears %v", id, got)
		}
	}
	select {
	case <-changed:
	case <-time.After(20 * time.Second):
		t.Error("nobody was told")
	}
	// One that is no more is left out where it was borne, and is not found elsewhere.
	if err := conversations.SetTags(app, p, plain, []string{from.Id}); err == nil {
		t.Error("a tag that was forgotten is taken")
	}
}

func TestWhoeverAsksOffHoursIsTold(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now().In(hours.Zone(""))
	closed := hours.Week{Spans: []hours.Span{{Day: (now.Weekday() + 3) % 7, From: 9 * 60, To: 10 * 60}}}
	if _, err := channels.Add(app, channels.New{Name: "官网", OffHours: "我们 9 点上班", Hours: closed}); err != nil {
		t.Fatal(err)
	}
	c := contact(t, app)
	var conversation string
	for _, id := range []string{"m1", "m2"} {
		m, err := conversations.PostAsVisitor(app, c, text(id, "在吗"))
		if err != nil {
			t.Fatal(err)
		}
		conversation = m.Conversation
	}
	var said []string
	list, err := conversations.ThreadForVisitor(app, c.Id, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.From.Kind == conversations.FromBot {
			said = append(said, m.Text)
		}
	}
	if !slices.Equal(said, []string{"我们 9 点上班"}) {
		t.Errorf("said %q", said)
	}
	if now, err := conversations.ByID(app, conversation); err != nil || now.Status != conversations.Waiting || now.Unread != 2 || now.WaitingSince.IsZero() {
		t.Errorf("it does not wait: %+v, %v", now, err)
	}
}
