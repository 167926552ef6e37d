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

// hearing keeps the last change that is told.
type hearing struct {
	t    *testing.T
	told chan struct{}
	mu   sync.Mutex
	last conversations.Conversation
}

func listen(t *testing.T, app core.App) *hearing {
	t.Helper()
	h := &hearing{t: t, told: make(chan struct{}, 100)}
	conversations.OnCommit(app).BindFunc(func(e *conversations.Committed) error {
		h.mu.Lock()
		for _, c := range e.Changes {
			h.last = *c.After
		}
		h.mu.Unlock()
		h.told <- struct{}{}
		return e.Next()
	})
	return h
}

func (h *hearing) next() conversations.Conversation {
	h.t.Helper()
	select {
	case <-h.told:
	case <-time.After(20 * time.Second):
		h.t.Fatal("it is not told")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// links has a contact turn out to be somebody else; then runs once that is committed and
// before it is told.
func links(t *testing.T, app core.App, contact string, then func()) {
	t.Helper()
	must(t, app.RunInTransaction(func(tx core.App) error {
		tx.TxInfo().OnComplete(func(err error) error {
			must(t, err)
			then()
			return nil
		})
		return customers.OnLink(app).Trigger(&customers.LinkEvent{App: tx, Contact: contact, To: "somebodyelse001"})
	}))
}

// Who turns out to be somebody else while they write is told as they are in the end:
// the word that was committed in between is not taken back by what was true before it.
func TestALinkIsToldAsThingsAreThen(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	h := listen(t, app)
	v, first := asking(t, app)
	h.next()
	var second *conversations.Message
	links(t, app, v.Id, func() {
		var err error
		second, err = conversations.PostAsVisitor(app, v, text("2", "是我"))
		must(t, err)
	})
	h.next()
	if last := h.next(); last.ID != first.Conversation || last.Customer != "somebodyelse001" || last.LastSeq < second.Seq {
		t.Fatalf("told last: customer %q, up to %d; want somebodyelse001, up to %d", last.Customer, last.LastSeq, second.Seq)
	}
}

// A link is committed, and so is told, although the database cannot be written again.
func TestALinkIsToldWhileTheDatabaseIsLocked(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	h, lock := listen(t, app), other(t, app)
	v, _ := asking(t, app)
	h.next()
	links(t, app, v.Id, func() {
		_, err := lock.Exec("BEGIN IMMEDIATE")
		must(t, err)
	})
	if last := h.next(); last.Customer != "somebodyelse001" {
		t.Errorf("told: customer %q", last.Customer)
	}
	_, err := lock.Exec("ROLLBACK")
	must(t, err)
}
