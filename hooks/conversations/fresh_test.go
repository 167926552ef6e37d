package conversations_test

import (
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// found are the entries of who may see all that have a word, the newest first.
func found(t *testing.T, app core.App, p *access.Person, word string) (list []string) {
	t.Helper()
	q := terms.Parse(word)
	err := conversations.Find(t.Context(), app, p, conversations.Sought{Query: q}, func(h conversations.Hit) bool {
		list = append(list, h.Text)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// beside is the same desk in another process.
func beside(t *testing.T, app core.App) core.App {
	t.Helper()
	other := core.NewBaseApp(core.BaseAppConfig{DataDir: app.DataDir(), DBConnect: ops.Connect})
	if err := other.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	hooks.Register(other, &hooks.Config{})
	t.Cleanup(func() {
		_ = other.OnTerminate().Trigger(&core.TerminateEvent{App: other}, func(*core.TerminateEvent) error { return other.ResetBootstrapState() })
	})
	return other
}

func inIndex(t *testing.T, app core.App) (n int) {
	t.Helper()
	if err := app.NonconcurrentDB().NewQuery("SELECT COUNT(*) FROM message_words_docsize").Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Words go into the index together, and are there when somebody looks: what was
// said by this process, what was said by another one, and what a process that was
// killed has left. What was taken back before is never put there.
func TestWordsAreInTheIndexWhenSomebodyLooks(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	all, who := hired(t, app, access.Supervisor, "主管"), contact(t, app)
	say := func(app core.App, id string) *conversations.Message {
		t.Helper()
		m, err := conversations.PostAsVisitor(app, who, text(id, "发票 "+id))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	hitsIn := func(app core.App, want ...string) {
		t.Helper()
		if got := found(t, app, all, "发票"); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("found %q, want %q", got, want)
		}
		if _, err := app.NonconcurrentDB().NewQuery("INSERT INTO message_words (message_words) VALUES ('integrity-check')").Execute(); err != nil {
			t.Error(err)
		}
	}
	hits := func(want ...string) { t.Helper(); hitsIn(app, want...) }
	say(app, "a")
	if n := inIndex(t, app); n != 0 {
		t.Errorf("%d are in the index before anybody looks", n)
	}
	hits("发票 a")
	gone := say(app, "b")
	if _, err := conversations.Recall(app, conversations.Visitor(who), "r", gone.ID); err != nil {
		t.Fatal(err)
	}
	hits("发票 a")
	say(app, "c")
	hitsIn(desktest.After(t, app), "发票 c", "发票 a")
	say(beside(t, app), "d") // by a process that will have left it to others
	say(app, "e")
	hits("发票 e", "发票 d", "发票 c", "发票 a")
	for i := range 300 {
		say(app, fmt.Sprint("m", i))
	}
	if n := inIndex(t, app); n < 200 {
		t.Errorf("only %d are in the index although nobody looks", n)
	}
}
