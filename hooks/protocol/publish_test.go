package protocol_test

import (
	"context"
	"database/sql"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// What a visitor's coming and going makes staff see is never older than what they have
// been told before.
func TestComingAndGoingTellsNothingOlder(t *testing.T) {
	t.Parallel()
	var between atomic.Pointer[func()] // is done once, when the conversation has been read
	s := open(t, func(app *tests.TestApp) {
		app.ConcurrentDB().(*dbx.DB).QueryLogFunc = func(_ context.Context, _ time.Duration, query string, _ *sql.Rows, _ error) {
			if strings.Contains(query, "`opened` DESC LIMIT 1") {
				if do := between.Swap(nil); do != nil {
					(*do)()
				}
			}
		}
	})
	_, owner := s.hire("店主", "owner")
	boss, visitor := s.hello(owner, ""), s.hello(s.visitorToken(), "")
	id := visitor.send("m", "在吗").str("message", "conversation")
	boss.ask(frame{"type": "take", "id": "t", "conversation": id})
	told := make(chan struct{}, 100)
	conversations.OnCommit(s.app).BindFunc(func(e *conversations.Committed) error { // behind those that tell
		if len(e.Changes) > 0 && e.Changes[0].After.Status == conversations.Closed {
			told <- struct{}{}
		}
		return e.Next()
	})
	done := make(chan struct{})
	between.Store(new(func() {
		defer close(done)
		boss.say(frame{"type": "close", "id": "c", "conversation": id})
		select {
		case <-told:
		case <-time.After(time.Second): // they wait, as they should
		}
	}))
	visitor.say(frame{"type": "page", "url": "https://shop.example.com/p/1", "title": "茶杯"})
	<-done
	closed := is([]string{"conversation", "status"}, "closed")
	boss.wait("conversation", closed)
	visitor.say(frame{"type": "ping"})
	visitor.wait("pong")
	boss.say(frame{"type": "ping"})
	boss.wait("pong")
	last := ""
	for _, f := range boss.seen {
		if f.str("type") == "conversation" && f.str("conversation", "id") == id {
			last = f.str("conversation", "status")
		}
	}
	if last != "closed" {
		t.Errorf("they see it %s", last)
	}
}
