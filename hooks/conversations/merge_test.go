package conversations_test

import (
	"fmt"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// The writer merges the index on the way. FTS5 does so by itself only when there are
// 16 parts of a size, all at once.
func TestTheIndexIsMergedOnTheWay(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	c := contact(t, app)
	for i := range 240 {
		if _, err := conversations.PostAsVisitor(app, c, text(fmt.Sprint("m", i), fmt.Sprint("第", i, "个词 word", i))); err != nil {
			t.Fatal(err)
		}
		if err := conversations.Index(t.Context(), app); err != nil { // as who searches after each
			t.Fatal(err)
		}
	}
	parts := 0
	for range 100 { // the writer goes on with it between these
		if err := conversations.Write(app, func(*conversations.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := app.ConcurrentDB().NewQuery("SELECT COUNT(DISTINCT segid) FROM message_words_idx").Row(&parts); err != nil {
			t.Fatal(err)
		}
		if parts <= 12 {
			break
		}
	}
	if parts == 0 || parts > 12 {
		t.Errorf("the index has %d parts", parts)
	}
}
