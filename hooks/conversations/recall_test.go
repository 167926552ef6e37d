package conversations_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// Of two words that were said in one millisecond the later one stands in the list
// until it is taken back itself.
func TestTakingBackAnEarlierWordLeavesTheLastOne(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	at := time.Now()
	clock.Set(app, func() time.Time { return at })
	v := contact(t, app)
	first, err := conversations.PostAsVisitor(app, v, text("1", "错的"))
	must(t, err)
	second, err := conversations.PostAsVisitor(app, v, text("2", "对的"))
	must(t, err)
	last := func(text string, recalled bool) {
		t.Helper()
		if l := now(t, app, first.Conversation).Last; l.Text != text || l.Recalled != recalled {
			t.Errorf("the last word is %q, taken back: %v", l.Text, l.Recalled)
		}
	}
	_, err = conversations.Recall(app, conversations.Visitor(v), "r1", first.ID)
	must(t, err)
	last("对的", false)
	_, err = conversations.Recall(app, conversations.Visitor(v), "r2", second.ID)
	must(t, err)
	last("", true)
}
