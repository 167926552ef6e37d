package conversations_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// becomes waits for a conversation to be as it should be.
func becomes(t *testing.T, app core.App, id, what string, holds func(*conversations.Conversation) bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !holds(now(t, app, id)) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			t.Fatalf("not %s: %+v", what, now(t, app, id))
		}
	}
}

// What somebody has read in a conversation that is erased before that is saved does
// not keep the marks of others from being saved.
func TestAMarkOfWhatIsErasedHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	a, b := contact(t, app), contact(t, app)
	erased, err := conversations.PostAsVisitor(app, a, text("a", "在吗"))
	must(t, err)
	kept, err := conversations.PostAsVisitor(app, b, text("b", "在吗"))
	must(t, err)
	exec(t, app, "DELETE FROM messages WHERE conversation = '"+erased.Conversation+"'")
	exec(t, app, "DELETE FROM conversations WHERE id = '"+erased.Conversation+"'")
	exec(t, app, "UPDATE sequence SET last = last + 1") // so that the writer reads it again
	conversations.Read(app, erased.Conversation, conversations.FromVisitor, erased.Seq)
	conversations.Read(app, kept.Conversation, conversations.FromVisitor, kept.Seq)
	becomes(t, app, kept.Conversation, "read", func(c *conversations.Conversation) bool { return c.ReadVisitor == kept.Seq })
}

// A mark that cannot be saved, whatever the reason, costs nobody else theirs.
func TestAMarkThatCannotBeSavedHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	a, b := contact(t, app), contact(t, app)
	bad, err := conversations.PostAsVisitor(app, a, text("a", "在吗"))
	must(t, err)
	good, err := conversations.PostAsVisitor(app, b, text("b", "在吗"))
	must(t, err)
	conversations.OnChange(app).BindFunc(func(e *conversations.ChangeEvent) error {
		if e.After.ID == bad.Conversation {
			return errors.New("a bug")
		}
		return e.Next()
	})
	conversations.Read(app, bad.Conversation, conversations.FromVisitor, bad.Seq)
	conversations.Read(app, good.Conversation, conversations.FromVisitor, good.Seq)
	becomes(t, app, good.Conversation, "read", func(c *conversations.Conversation) bool { return c.ReadVisitor == good.Seq })
}

// Somebody who may not mark a conversation unread takes nothing from the assignee
// who has just read it.
func TestWhoMayNotMarkItUnreadLeavesItRead(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p, other := boss(t, app), hired(t, app, access.Supervisor, "主管")
	_, m := asking(t, app)
	_, err := conversations.Take(app, p, "take", m.Conversation)
	must(t, err)
	conversations.Read(app, m.Conversation, conversations.FromStaff, m.Seq)
	if err := conversations.SetUnread(app, other, m.Conversation, true); fail.Of(err).Kind != fail.Forbidden {
		t.Fatalf("a colleague's: %v", err)
	}
	becomes(t, app, m.Conversation, "read", func(c *conversations.Conversation) bool { return c.ReadStaff == m.Seq && c.Unread == 0 })
}
