package escalation

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Bounds of a dry run: it stands in nobody's way.
const (
	TrialDays    = 30
	trialEntries = 200_000
	trialTime    = 8 * time.Second
	trialFires   = 50 // are listed; all are counted
)

// Trial is what a rule would have done.
type Trial struct {
	Since         time.Time
	Conversations int       // that were looked at
	Entries       int       // of their timelines
	Whole         bool      // these were all of the time
	Oldest        time.Time // when the oldest of them was last added to, where they were not all
	Count         int       // in how many it would have fired
	Days          map[string]int
	Fires         []Fire // the newest
}

// Fire is a conversation in which it would have fired, and when.
type Fire struct {
	Conversation *conversations.Conversation
	At           time.Time
	Words        string // of the customer, that it would have fired at; "" where it was something else

	because []reason
}

// Try says what a rule would have done in the last 30 days, if it had been there
// and nothing had come of it. It looks at the newest conversations first, each
// from its beginning, by the same function as fires in truth; where there are too
// many for its bounds it says how far it came. Groups are those of the time; a
// channel and a customer's level are taken as they are now, and deadlines have
// been missed only since there were any.
func Try(ctx context.Context, app core.App, d Draft, zone *time.Location) (*Trial, error) {
	d = d.tidy()
	if err := d.When.check(); err != nil {
		return nil, err
	}
	busy, _ := app.Store().GetOrSet("escalation.trial", func() any { return &atomic.Bool{} }).(*atomic.Bool)
	if !busy.CompareAndSwap(false, true) {
		return nil, fail.New(fail.Busy, "escalation.trial_busy").In(trialTime)
	}
	defer busy.Store(false)
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()

	list, words := d.When.prepared()
	rule := &engine{words: newVocabulary(words)}
	t := &Trial{Since: clock.Now(app).AddDate(0, 0, -TrialDays), Days: map[string]int{}}
	t.Whole = true
	var broken error
	err := conversations.Replay(ctx, app, t.Since, func(c *conversations.Conversation, story []*conversations.Message) bool {
		if t.Entries+len(story) > trialEntries || ctx.Err() != nil {
			t.Whole = false
			return false
		}
		t.Conversations++
		t.Entries += len(story)
		if len(story) > 0 {
			t.Oldest = story[len(story)-1].Time
		}
		fire, err := retell(app, rule, list, c, story)
		if err != nil {
			broken = err
			return false
		}
		t.take(fire, zone)
		return true
	})
	t.Whole = t.Whole && ctx.Err() == nil
	slices.SortStableFunc(t.Fires, func(a, b Fire) int { return b.At.Compare(a.At) })
	return t, errors.Join(err, broken)
}

// take counts a fire of the time that is looked at.
func (t *Trial) take(f *Fire, zone *time.Location) {
	if f == nil || f.At.Before(t.Since) {
		return
	}
	t.Count++
	t.Days[f.At.In(zone).Format(time.DateOnly)]++
	if len(t.Fires) < trialFires {
		t.Fires = append(t.Fires, *f)
	}
}

// retell goes through a conversation again, entry by entry, until the conditions
// hold; nil where they never do.
func retell(app core.App, rules *engine, list []condition, c *conversations.Conversation, story []*conversations.Message) (*Fire, error) {
	past := &moment{}
	s := &scene{channel: c.Channel, group: groupAtFirst(c, story)}
	s.ask(app, c)
	s.earlier = func() (*moment, error) { return past, nil }
	for _, m := range story {
		s.moment = moment{}
		s.relive(rules, m)
		because, err := fires(list, s)
		if err != nil {
			return nil, err
		}
		if because != nil {
			return &Fire{Conversation: c, At: m.Time, Words: cmp.Or(m.Text, m.Event().Comment), because: because}, nil
		}
		past.said, past.breached = append(past.said, s.said...), append(past.breached, s.breached...)
	}
	return nil, nil //nolint:nilnil // it never fires: the usual answer
}

// relive takes an entry into the scene, with what it made of the conversation.
func (s *scene) relive(rules *engine, m *conversations.Message) {
	s.add(rules, m)
	feels, group := s.emotion, s.group
	switch d := m.Event(); d.Event {
	case "":
		feels = s.feeling(feels)
	case conversations.Marked:
		feels = d.Emotion
	case conversations.Rated:
		s.rating, s.unsolved = d.Score, d.Resolved != nil && !*d.Resolved
	case conversations.Transferred, conversations.Queued:
		if d.Group != nil {
			group = d.Group.ID
		}
	}
	s.felt, s.regrouped = feels != s.emotion, group != s.group
	s.emotion, s.group = feels, group
}

// groupAtFirst is where a conversation came to, as far as its story tells.
func groupAtFirst(c *conversations.Conversation, story []*conversations.Message) string {
	for _, m := range story {
		d := m.Event()
		switch {
		case d.FromGroup != nil:
			return d.FromGroup.ID
		case d.Event == conversations.Transferred:
			return ""
		case d.Event == conversations.Queued && d.Group != nil:
			return d.Group.ID
		}
	}
	return c.Group
}
