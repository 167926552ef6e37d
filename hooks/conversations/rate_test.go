package conversations_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func TestARatingIsChangedWithinADay(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now()
	clock.Set(app, func() time.Time { return now })
	c := contact(t, app)
	m, err := conversations.PostAsVisitor(app, c, text("m", "在吗"))
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	rate := func(want fail.Kind, score int, resolved *bool, comment string) {
		t.Helper()
		err = conversations.Rate(app, c, m.Conversation, conversations.Rating{Score: score, Resolved: resolved, Comment: comment})
		if (err == nil) != (want == "") || err != nil && fail.Of(err).Kind != want {
			t.Errorf("rated %d: %v, want %q", score, err, want)
		}
	}
	holds := func(rating, first int, resolved, comment string) {
		t.Helper()
		is, wrong := conversations.ByID(app, m.Conversation)
		if wrong != nil {
			t.Fatal(wrong)
		}
		if is.Rating != rating || is.FirstRating != first || is.Resolved != resolved || is.RatingComment != comment {
			t.Errorf("rated %d (first %d), %q, %q", is.Rating, is.FirstRating, is.Resolved, is.RatingComment)
		}
	}
	rate("", 5, &yes, "很快")
	holds(5, 5, "yes", "很快")
	now = now.Add(23 * time.Hour)
	rate("", 5, &yes, "很快") // the same again is nothing
	rate("", 2, &no, "其实没修好")
	holds(2, 5, "no", "其实没修好")
	now = now.Add(59 * time.Minute) // counted from the first, not from the change
	rate("", 3, nil, "")
	holds(3, 5, "", "")
	now = now.Add(time.Minute)
	rate(fail.Conflict, 4, nil, "")
	rate("", 3, nil, "")
	holds(3, 5, "", "")

	list, err := conversations.ThreadForVisitor(app, c.Id, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	var said [][2]int
	for _, m := range list {
		if d := m.Event(); d.Event == conversations.Rated {
			said = append(said, [2]int{d.WasScore, d.Score})
		}
	}
	if len(said) != 3 || said[0] != [2]int{0, 5} || said[1] != [2]int{5, 2} || said[2] != [2]int{2, 3} {
		t.Errorf("the timeline tells %v", said)
	}
}
