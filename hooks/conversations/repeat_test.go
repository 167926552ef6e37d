package conversations_test

import (
	"sync"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Promise 2: what was taken once is answered so again, whatever would be said against
// it by now; and what was not is refused, as often as it is tried.
func TestARepeatGoesBeforeARefusal(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	p := staff(t, app, "agent", access.Owner)
	v, err := conversations.PostAsVisitor(app, contact(t, app), text("v", "在吗"))
	if err != nil {
		t.Fatal(err)
	}
	says := func(id, words string) (*conversations.Message, error) {
		d := text(id, words)
		d.Conversation = v.Conversation
		return conversations.PostAsStaff(app, p, d)
	}
	first, err := says("a", "在的")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.Close(app, p, "c", v.Conversation); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if again, wrong := says("a", "在的"); wrong != nil || again.ID != first.ID {
			t.Errorf("a repeat was answered %v, %v", again, wrong)
		}
		if _, wrong := says("a", "别的"); fail.Of(wrong).Kind != fail.IDReused {
			t.Errorf("another word of the same id: %v", wrong)
		}
		if _, wrong := says("b", "还在吗"); fail.Of(wrong).Kind != fail.Closed {
			t.Errorf("a word in a closed conversation: %v", wrong)
		}
	}
	stranger := staff(t, app, "stranger", "agent")
	if err = access.Disable(app, nil, stranger.ID); err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.PostAsStaff(app, stranger, conversations.Draft{ID: "s", Kind: conversations.Text, Text: "我", Conversation: v.Conversation}); fail.Of(err).Kind != fail.Unauthorized {
		t.Errorf("who was sent away: %v", err)
	}
}

// A repeat among others costs them nothing, and makes nothing twice.
func TestARepeatSparesTheOthersOfItsBatch(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	one, other := contact(t, app), contact(t, app)
	first, err := conversations.PostAsVisitor(app, one, text("a", "在吗"))
	if err != nil {
		t.Fatal(err)
	}
	release := held(t, app)
	var wg sync.WaitGroup
	got := make([]*conversations.Message, 3)
	for i, do := range []func() (*conversations.Message, error){
		func() (*conversations.Message, error) {
			return conversations.PostAsVisitor(app, other, text("a", "有货吗"))
		},
		func() (*conversations.Message, error) {
			return conversations.PostAsVisitor(app, one, text("a", "在吗"))
		},
		func() (*conversations.Message, error) {
			return conversations.PostAsVisitor(app, one, text("b", "几点发货"))
		},
	} {
		wg.Go(func() {
			m, wrong := do()
			if wrong != nil {
				t.Error(wrong)
			}
			got[i] = m
		})
		queued(app, i+1)
	}
	release()
	wg.Wait()
	if t.Failed() {
		return
	}
	if got[1].ID != first.ID || got[0].ID == first.ID || got[2].Seq <= got[0].Seq {
		t.Errorf("answered %v, %v, %v; the first was %v", got[0], got[1], got[2], first)
	}
	for id, want := range map[string]int{first.Conversation: 2, got[0].Conversation: 1} {
		list, err := conversations.Timeline(app, id, 1<<62)
		words := 0
		for _, m := range list {
			if m.Kind == conversations.Text && m.From.Kind == conversations.FromVisitor {
				words++
			}
		}
		if err != nil || words != want {
			t.Errorf("%s holds %d words, want %d; %v", id, words, want, err)
		}
	}
}
