package protocol

import (
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/live"
)

// Who is concerned hears at once, who looks on in a moment.
func TestHowSoonWhoHears(t *testing.T) {
	t.Parallel()
	me, open := asStaff(&access.Person{ID: "me"}, ""), "open"
	me.looksAt.Store(&open)
	for what, c := range map[string]struct {
		who  *caller
		of   *conversations.Conversation
		want live.Haste
	}{
		"a visitor":             {&caller{contact: &guest{}}, &conversations.Conversation{Assignee: "other"}, live.Now},
		"mine":                  {me, &conversations.Conversation{ID: "a", Assignee: "me"}, live.Now},
		"nobody's":              {me, &conversations.Conversation{ID: "b"}, live.Now},
		"somebody else's":       {me, &conversations.Conversation{ID: "c", Assignee: "other"}, live.Soon},
		"open on my screen":     {me, &conversations.Conversation{ID: open, Assignee: "other"}, live.Now},
		"nothing is known of":   {me, nil, live.Now},
		"nothing on the screen": {asStaff(&access.Person{ID: "me"}, ""), &conversations.Conversation{ID: "d", Assignee: "other"}, live.Soon},
	} {
		if got := c.who.haste(c.of); got != c.want {
			t.Errorf("%s: %d", what, got)
		}
	}
}
