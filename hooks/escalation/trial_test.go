package escalation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

func (s *shop) try(when escalation.When) *escalation.Trial {
	s.Helper()
	t, err := escalation.Try(s.Context(), s.app, escalation.Draft{When: when}, hours.Zone(""))
	s.must(err)
	return t
}

// What a dry run says of a time is what happened then, for rules of all kinds and
// a shop in which all sorts of things go on.
func TestADryRunSaysWhatReallyHappened(t *testing.T) {
	t.Parallel()
	s := open(t)
	rules := []escalation.When{
		words("退款", "换货"),
		{Words: &escalation.Words{Any: []string{"投诉"}, Except: []string{"不投诉"}}, Groups: []string{s.sale}},
		{Words: &escalation.Words{Any: []string{"退款"}}, Amount: 300},
		{Emotion: conversations.Upset},
		{Emotion: conversations.Angry, Groups: []string{s.complaint}},
		{Again: 2},
		{Rating: &escalation.Rating{Most: 2, Unsolved: true}},
		{Breach: []string{conversations.NextResponse}, Words: &escalation.Words{Any: []string{"退款"}}},
		{Levels: []string{"金卡"}, Emotion: conversations.Upset},
		{Groups: []string{s.complaint}},
	}
	ids := make([]string, len(rules))
	for i, when := range rules {
		r := s.rule(escalation.Draft{Name: fmt.Sprint("规则", i), When: when, Then: escalation.Then{Assignee: true}})
		ids[i] = r.Id
	}
	s.live(rand.New(rand.NewPCG(5, 11)))
	really, err := conversations.Escalations(s.app, s.now.AddDate(0, 0, -30))
	s.must(err)
	for i, when := range rules {
		trial := s.try(when)
		if trial.Count != really[ids[i]] || trial.Count == 0 || !trial.Whole {
			t.Errorf("%+v: %d by the dry run, %d really, in %d conversations", when, trial.Count, really[ids[i]], trial.Conversations)
		}
		for _, f := range trial.Fires {
			if fired := s.fired(f.Conversation); !slices.Contains(fired, fmt.Sprint("规则", i)) {
				t.Errorf("%+v: %s fired %q", when, f.Conversation.ID, fired)
			}
		}
	}
}

// live has customers come, say things, be handed about, rate and come again.
func (s *shop) live(dice *rand.Rand) {
	s.Helper()
	lines := []string{"你好", "我要退款", "花了 500 块", "太慢了", "我要投诉", "不投诉，换货吧", "骗子！！！", "谢谢", "30元", "在吗？？"}
	people := make([]*customers.Contact, 12)
	for i := range people {
		who := s.comes()
		people[i] = who
		if c := s.says(who, "你好"); i%2 == 0 {
			level := "金卡"
			_, err := customers.Edit(s.app, c.Customer, customers.Change{Level: &level})
			s.must(err)
		}
	}
	for range 150 {
		s.at(s.now.Add(time.Duration(dice.IntN(90)) * time.Minute))
		who := people[dice.IntN(len(people))]
		c := s.says(who, lines[dice.IntN(len(lines))])
		s.n++
		switch dice.IntN(7) {
		case 0:
			s.takes(s.boss, c)
		case 1:
			_, err := conversations.Transfer(s.app, s.boss, fmt.Sprint("x", s.n), c.ID, conversations.Destination{Group: s.complaint})
			s.must(err)
		case 2:
			s.must(conversations.Mark(s.app, s.boss, c.ID, conversations.Calm))
		case 3:
			s.misses(c, conversations.NextResponse)
		case 4:
			if c.Assignee == "" {
				s.takes(s.boss, c)
			}
			s.closes(s.boss, c)
			solved := dice.IntN(2) == 0
			s.must(conversations.Rate(s.app, who, c.ID, conversations.Rating{Score: 1 + dice.IntN(5), Resolved: &solved, Comment: lines[dice.IntN(len(lines))]}))
		}
	}
}

func TestADryRunLooksAtThirtyDaysAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	if empty := s.try(words("退款")); empty.Count != 0 || !empty.Whole || empty.Conversations != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
	old := s.comes()
	s.says(old, "退款")
	s.at(s.now.AddDate(0, 0, 31))
	s.says(old, "还在吗") // the same conversation, of which the word is too old
	who := s.comes()
	c := s.says(who, "我要退款，电话 13800138000")
	trial := s.try(words("退款"))
	if trial.Count != 1 || trial.Conversations != 2 || len(trial.Fires) != 1 || trial.Fires[0].Conversation.ID != c.ID || trial.Days["2026-12-27"] != 1 {
		t.Errorf("%+v", trial)
	}
	if after := s.is(c.ID); after.Rev != c.Rev || len(s.fired(c)) != 0 {
		t.Error("something was done")
	}
	if _, err := escalation.Try(t.Context(), s.app, escalation.Draft{}, hours.Zone("")); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("without conditions: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if cut, err := escalation.Try(ended, s.app, escalation.Draft{When: words("退款")}, hours.Zone("")); err != nil || cut.Whole {
		t.Errorf("cut short: %+v, %v", cut, err)
	}
}
