package sla_test

import (
	"slices"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

func TestAnswerInTimeLeavesNoTrace(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	id := d.says(d.visitor())
	d.due(id, "first", "03-02 12:00:30")
	d.later(20 * time.Second)
	d.says(mustContact(d, id)) // another word does not put it off
	d.due(id, "first", "03-02 12:00:30")
	d.later(9 * time.Second)
	d.sweep()
	if got := d.one(id, "first").Stage; got != conversations.Warned {
		t.Errorf("after 29 s: %s", got)
	}
	d.answers(p, id)
	if left := d.deadlines(id); len(left) != 0 {
		t.Errorf("answered, yet %+v", left)
	}
	d.later(time.Minute)
	d.sweep()
	same(t, "events", d.happened(id), nil)
	d.later(time.Hour)
	d.says(mustContact(d, id))
	d.due(id, "next", "03-02 13:06:29")
	d.due(id, "first", "")
}

func TestStagesComeOnceEachInTheirOrder(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	id := d.says(d.visitor())
	for range 300 {
		d.later(500 * time.Millisecond)
		d.sweep()
		switch d.now.Load().Sub(monday).Milliseconds() {
		case 22_000:
			same(t, "before the warning", d.codes(), nil)
		case 22_500:
			same(t, "at the warning", d.codes(), []string{"deadline_near"})
		case 29_500:
			same(t, "before the breach", d.happened(id), nil)
		case 30_000:
			same(t, "at the breach", d.happened(id), []string{"breached first"})
		case 89_500:
			same(t, "before the escalation", d.happened(id), []string{"breached first"})
		}
	}
	same(t, "events", d.happened(id), []string{"breached first", "escalated first"})
	same(t, "notices", d.codes(), []string{"deadline_near", "deadline_breached", "deadline_escalated"})
	for _, n := range d.told {
		if !n.Supervisors || len(n.To) != 0 || n.Conversation != id {
			t.Errorf("nobody serves, and told is %+v", n)
		}
	}
}

func TestWhoServesIsToldFirst(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	id := d.says(d.visitor())
	_, err := conversations.Take(d.app, p, "t1", id)
	d.must(err)
	d.later(23 * time.Second)
	d.sweep()
	d.later(8 * time.Second)
	d.sweep()
	if len(d.told) != 2 || !slices.Equal(d.told[0].To, []string{p.ID}) || d.told[0].Supervisors || !slices.Equal(d.told[1].To, []string{p.ID}) || !d.told[1].Supervisors {
		t.Errorf("told: %+v", d.told)
	}
}

// Between the limit and the sweep lies a second, or as long as the program was
// down: whoever answers then is late.
func TestLateAnswerIsABreachEvenUnseen(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	id := d.says(d.visitor())
	d.later(30*time.Second + 400*time.Millisecond)
	d.answers(p, id)
	d.later(time.Hour)
	d.sweep()
	same(t, "events", d.happened(id), []string{"breached first"})
	same(t, "notices", d.codes(), nil)
	if left := d.deadlines(id); len(left) != 0 {
		t.Errorf("still there: %+v", left)
	}
}

func TestEscalationDoesWhatIsSet(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	experts := d.group("专家", hours.Week{})
	d.onLine("老徐", experts)
	d.set(func(s *sla.Settings) { s.Raise, s.Experts, s.Alarm, s.After = true, experts, false, 10*time.Second })
	id := d.says(d.visitor())
	_, err := conversations.Take(d.app, p, "t1", id)
	d.must(err)
	d.later(39 * time.Second)
	d.sweep()
	c, err := conversations.ByID(d.app, id)
	d.must(err)
	if c.Group == experts || c.Priority != "normal" || c.Assignee != p.ID {
		t.Fatalf("too early: %+v", c)
	}
	d.later(time.Second)
	d.sweep()
	d.sweep()
	if c, err = conversations.ByID(d.app, id); err != nil || c.Group != experts || c.Priority != "high" || c.Assignee != "" || c.Status != conversations.Waiting {
		t.Fatalf("escalated: %+v, %v", c, err)
	}
	same(t, "events", d.happened(id), []string{"breached first", "escalated first"})
	same(t, "notices", d.codes(), []string{"deadline_breached"})
	if got := d.one(id, "first").Stage; got != conversations.Escalated {
		t.Errorf("stage: %s", got)
	}
}

// Who is served is better off with whoever serves them than in a queue that
// nobody looks after.
func TestEscalationTakesNobodyFromWhoServesThemToAnEmptyGroup(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	d.set(func(s *sla.Settings) { s.Experts, s.After = d.group("专家", hours.Week{}), time.Second })
	id := d.says(d.visitor())
	_, err := conversations.Take(d.app, p, "t1", id)
	d.must(err)
	d.later(time.Minute)
	d.sweep()
	if c, err := conversations.ByID(d.app, id); err != nil || c.Assignee != p.ID {
		t.Fatalf("%+v, %v", c, err)
	}
	same(t, "events", d.happened(id), []string{"breached first", "escalated first"})
}

// What was set for a group that is deleted is its heir's.
func TestSettingsFollowAGroupThatIsDeleted(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	old, heir := d.group("专家", hours.Week{}), d.group("售后专家", hours.Week{})
	d.set(func(s *sla.Settings) {
		s.Experts, s.Times = old, append(s.Times, sla.Times{Group: old, Priority: "normal", Of: map[string]time.Duration{"first": time.Minute}})
	})
	d.must(access.DeleteGroup(d.app, d.owner(), old, heir))
	now := sla.Of(d.app)
	if now.Experts != heir || slices.ContainsFunc(now.Times, func(t sla.Times) bool { return t.Group == old }) {
		t.Fatalf("%+v", now)
	}
}

// What waited before there were deadlines gets one at the next start.
func TestWhatWaitsWithoutADeadlineGetsOne(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	id := d.says(d.visitor())
	_, err := d.app.NonconcurrentDB().NewQuery("UPDATE conversations SET deadlines = NULL, sweep = '' WHERE id = '" + id + "'").Execute()
	d.must(err)
	again := open(t, desktest.After(t, d.app))
	again.at(*d.now.Load())
	again.later(31 * time.Second)
	again.sweep()
	same(t, "events", again.happened(id), []string{"breached first"})
}

// A group that was deleted meanwhile must not stop the sweep.
func TestEscalationWithoutItsExpertsGoesOn(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	d.set(func(s *sla.Settings) { s.Experts, s.After = "nobodyhere12345", time.Second })
	id := d.says(d.visitor())
	d.later(time.Minute)
	d.sweep()
	same(t, "events", d.happened(id), []string{"breached first", "escalated first"})
}

// After a standstill everything is made up for in its order, once, and people
// are told how much it is instead of all of it.
func TestStandstillIsMadeUpForWithoutAStorm(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	const many = 12
	order := make([]string, 0, many)
	for i := range many {
		id := d.says(d.visitor())
		order = append(order, id)
		if i < 5 {
			_, err := conversations.Take(d.app, p, "t"+id, id)
			d.must(err)
		}
		d.later(time.Second)
	}
	d.later(time.Hour)
	d.sweep()
	for _, id := range order {
		same(t, "events", d.happened(id), []string{"breached first", "escalated first"})
	}
	var breached []string
	d.must(d.app.DB().NewQuery("SELECT conversation FROM messages WHERE seq > 0 AND data LIKE '%breached%' ORDER BY seq").Column(&breached))
	same(t, "order", breached, order)
	same(t, "notices", d.codes(), []string{"deadline_breached", "deadline_breached", "deadline_escalated"})
	counts := []int{5, many, many}
	for i, n := range d.told {
		if n.Conversation != "" || n.Args[1] != counts[i] || n.Supervisors != (i > 0) {
			t.Errorf("told: %+v", n)
		}
	}
	d.sweep()
	if len(d.told) != 3 {
		t.Errorf("told again: %+v", d.told[3:])
	}
}

func TestRestartInMidDeadlineChangesNothing(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	id := d.says(d.visitor())
	d.later(23 * time.Second)
	d.sweep()
	before := d.deadlines(id)
	again := open(t, desktest.After(t, d.app))
	again.at(*d.now.Load())
	if got := again.deadlines(id); !slices.Equal(got, before) {
		t.Errorf("it was %+v, and is %+v", before, got)
	}
	again.sweep()
	same(t, "told again", again.codes(), nil)
	again.later(7 * time.Second)
	again.sweep()
	same(t, "events", again.happened(id), []string{"breached first"})
	third := open(t, desktest.After(t, again.app))
	third.at(again.now.Load().Add(time.Minute))
	third.sweep()
	same(t, "events", third.happened(id), []string{"breached first", "escalated first"})
}

// What belongs to a stage is one commit with it: a fault undoes all of it, and
// the next sweep does all of it, once. One that fails holds up none of the others.
func TestStageAndWhatBelongsToItAreOneCommit(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	id, other := d.says(d.visitor()), d.says(d.visitor())
	d.later(30 * time.Second)
	exec := func(query string) {
		t.Helper()
		_, err := d.app.NonconcurrentDB().NewQuery(query).Execute()
		d.must(err)
	}
	exec("CREATE TRIGGER fault BEFORE UPDATE ON conversations WHEN NEW.id = '" + id + "' BEGIN SELECT RAISE(ABORT, 'fault'); END")
	if err := sla.Sweep(d.app); err == nil {
		t.Fatal("a fault was not told")
	}
	same(t, "events of the one that fails", d.happened(id), nil)
	same(t, "events of the other", d.happened(other), []string{"breached first"})
	if got := d.one(id, "first").Stage; got != conversations.Running {
		t.Errorf("its stage: %s", got)
	}
	same(t, "notices", d.codes(), []string{"deadline_breached"})
	exec("DROP TRIGGER fault")
	killed := open(t, desktest.After(t, d.app)) // between the two
	killed.at(*d.now.Load())
	killed.sweep()
	killed.sweep()
	same(t, "events after all", killed.happened(id), []string{"breached first"})
	same(t, "notices after all", killed.codes(), []string{"deadline_breached"})
}
