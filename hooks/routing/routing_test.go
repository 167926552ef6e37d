package routing_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// Nothing else need happen for what could not be assigned to be tried again.
func TestAssigningIsTriedAgainAfterAFault(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	desktest.Serve(t, app)
	if _, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true}); err != nil {
		t.Fatal(err)
	}
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "a@example.com", Nickname: "小满", Password: "orange-Kettle-42", Role: access.Owner})
	if err != nil {
		t.Fatal(err)
	}
	if err = access.SetPresence(app, s.Id, string(routing.Online), ""); err != nil {
		t.Fatal(err)
	}
	c, _, _, err := customers.Arrive(app, customers.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := conversations.PostAsVisitor(app, c, conversations.Draft{ID: "m1", Kind: conversations.Text, Text: "在吗"})
	if err != nil {
		t.Fatal(err)
	}
	forbid := func(query string) {
		t.Helper()
		if _, err := app.NonconcurrentDB().NewQuery(query).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	forbid("CREATE TRIGGER fault BEFORE UPDATE ON conversations BEGIN SELECT RAISE(ABORT, 'fault'); END")
	routing.Connected(app, s.Id)
	<-time.After(200 * time.Millisecond) // the worker meets the fault meanwhile
	forbid("DROP TRIGGER fault")
	tick, end := time.NewTicker(20*time.Millisecond), time.After(5*time.Second)
	defer tick.Stop()
	for {
		now, err := conversations.ByID(app, m.Conversation)
		if err != nil {
			t.Fatal(err)
		}
		if now.Assignee == s.Id {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("the customer waits for ever")
		}
	}
}
