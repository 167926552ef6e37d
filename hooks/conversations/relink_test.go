package conversations_test

import (
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// Who turns out to be somebody else while they write is told as they are in the end:
// the word that was committed in between is not taken back by what was true before it.
func TestALinkIsToldAsThingsAreThen(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	v := contact(t, app)
	var mu sync.Mutex
	var last conversations.Conversation
	told := make(chan struct{}, 100)
	conversations.OnCommit(app).BindFunc(func(e *conversations.Committed) error {
		mu.Lock()
		for _, c := range e.Changes {
			last = *c.After
		}
		mu.Unlock()
		told <- struct{}{}
		return e.Next()
	})
	hears := func() {
		t.Helper()
		select {
		case <-told:
		case <-time.After(20 * time.Second):
			t.Fatal("it is not told")
		}
	}
	first, err := conversations.PostAsVisitor(app, v, text("1", "在吗"))
	must(t, err)
	hears()
	var second *conversations.Message
	err = app.RunInTransaction(func(tx core.App) error {
		tx.TxInfo().OnComplete(func(err error) error { // committed, and not told of yet
			must(t, err)
			second, err = conversations.PostAsVisitor(app, v, text("2", "是我"))
			return err
		})
		return customers.OnLink(app).Trigger(&customers.LinkEvent{App: tx, Contact: v.Id, To: "somebodyelse001"})
	})
	must(t, err)
	hears()
	hears()
	mu.Lock()
	defer mu.Unlock()
	if last.ID != first.Conversation || last.Customer != "somebodyelse001" || last.LastSeq < second.Seq {
		t.Fatalf("told last: customer %q, up to %d; want somebodyelse001, up to %d", last.Customer, last.LastSeq, second.Seq)
	}
}
