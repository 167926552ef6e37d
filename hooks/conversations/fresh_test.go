package conversations_test

import (
	"errors"
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
	erased := say(app, "x")
	exec(t, app, "DELETE FROM messages WHERE id = '"+erased.ID+"'")
	hits("发票 a")
	say(app, "c")
	hitsIn(desktest.After(t, app), "发票 c", "发票 a")
	say(beside(t, app), "d") // by a process that will have left it to others
	say(app, "e")
	hits("发票 e", "发票 d", "发票 c", "发票 a")
	refuse := errors.New("refused")
	err := conversations.Write(app, func(tx *conversations.Tx) error { // it has to be made again, change by change
		_, wrong := tx.App.NonconcurrentDB().NewQuery("UPDATE contacts SET name = '错'").Execute()
		return errors.Join(wrong, refuse)
	})
	if !errors.Is(err, refuse) {
		t.Fatal(err)
	}
	say(app, "f")
	exec(t, app, "UPDATE sequence SET last = last + 1") // as who links a contact does
	say(app, "g")
	hits("发票 g", "发票 f", "发票 e", "发票 d", "发票 c", "发票 a")
}

// Nobody has to look: words go into the index when they are many, and when the
// program stops.
func TestWordsGoIntoTheIndexByThemselves(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	other, who := beside(t, app), contact(t, app)
	for i := range 300 {
		if _, err := conversations.PostAsVisitor(other, who, text(fmt.Sprint("m", i), fmt.Sprint("发票 ", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := conversations.Write(other, func(*conversations.Tx) error { return nil }); err != nil { // behind what goes on
		t.Fatal(err)
	}
	if n := inIndex(t, app); n < 200 || n == 300 {
		t.Errorf("%d of 300 are in the index", n)
	}
	if err := other.OnTerminate().Trigger(&core.TerminateEvent{App: other}); err != nil {
		t.Fatal(err)
	}
	if n := inIndex(t, app); n != 300 {
		t.Errorf("%d of 300 are in the index when it has stopped", n)
	}
}

// More than is read for one commit is missing where an older program has written
// meanwhile, which knows nothing of it.
func TestWhatAnOlderProgramLeftIsIndexed(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	all := hired(t, app, access.Supervisor, "主管")
	err := conversations.WritePast(app, func(p *conversations.Past) error {
		for i := range 2500 {
			m := &conversations.Message{ID: fmt.Sprintf("past%011d", i), Seq: p.Next(), Kind: conversations.Text, Text: fmt.Sprint("发票 ", i), From: conversations.Author{Kind: conversations.FromVisitor, ID: "x"}}
			if err := p.Entry(m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, app, "UPDATE words_from SET upto = 0")
	for _, app := range []core.App{app, desktest.After(t, app)} {
		if err := conversations.Index(t.Context(), app); err != nil {
			t.Error(err)
		}
		if n, hits := inIndex(t, app), found(t, app, all, "发票"); n != 2500 || len(hits) != n {
			t.Errorf("%d of 2500 are in the index, and %d are found", n, len(hits))
		}
	}
}

func exec(t *testing.T, app core.App, text string) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery(text).Execute(); err != nil {
		t.Fatal(err)
	}
}
