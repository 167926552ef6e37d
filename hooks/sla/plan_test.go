package sla_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// office is open on weekdays from 9 to 18.
func office() (w hours.Week) {
	for day := time.Monday; day <= time.Friday; day++ {
		w.Spans = append(w.Spans, hours.Span{Day: day, From: 9 * 60, To: 18 * 60})
	}
	return w
}

func times(priority string, of map[string]time.Duration) sla.Times {
	return sla.Times{Priority: priority, Of: of}
}

func TestRaisedPriorityKeepsWhatWasUsedUp(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	d.set(func(s *sla.Settings) {
		s.Times = append(s.Times, times("high", map[string]time.Duration{conversations.FirstResponse: 20 * time.Second}))
	})
	id := d.says(d.visitor())
	d.later(12 * time.Second)
	d.must(conversations.SetPriority(d.app, p, id, "high"))
	d.due(id, "first", "03-02 12:00:20")
	d.due(id, "urgent", "")
	d.later(3 * time.Second)
	d.must(conversations.SetPriority(d.app, p, id, "urgent"))
	d.due(id, "first", "03-02 12:00:30")
	d.due(id, "urgent", "03-02 12:01:15") // from when it was urgent
	d.later(time.Second)
	_, err := conversations.Take(d.app, p, "t1", id)
	d.must(err)
	d.due(id, "urgent", "")
	d.due(id, "first", "03-02 12:00:30")
	d.later(30 * time.Second)
	d.must(conversations.Return(d.app, id, conversations.OfBreak, nil))
	d.due(id, "urgent", "03-02 12:01:46") // nobody has it, anew
}

// Raised when more is used up than there now is: it is due at once, and what is
// breached stays so when the priority falls again.
func TestRaisedTooLateIsDueAtOnce(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	d.set(func(s *sla.Settings) {
		s.Times = append(s.Times, times("high", map[string]time.Duration{conversations.FirstResponse: 10 * time.Second}))
	})
	id := d.says(d.visitor())
	d.later(15 * time.Second)
	d.must(conversations.SetPriority(d.app, p, id, "high"))
	d.due(id, "first", "03-02 12:00:15")
	d.sweep()
	d.must(conversations.SetPriority(d.app, p, id, "normal"))
	d.sweep()
	same(t, "events", d.happened(id), []string{"breached first"})
	if got := d.one(id, "first").Stage; got != conversations.Breached {
		t.Errorf("stage: %s", got)
	}
}

func TestGroupHasItsOwnTimesAndHours(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	after := d.group("售后", office())
	d.set(func(s *sla.Settings) {
		slow := times("normal", map[string]time.Duration{conversations.FirstResponse: time.Minute})
		slow.Group = after
		s.Times = append(s.Times, slow)
	})
	d.at(monday.Add(6*time.Hour - 30*time.Second)) // 17:59:30
	id := d.says(d.visitor())
	d.due(id, "first", "03-02 18:00:00")
	d.later(10 * time.Second)
	_, err := conversations.Transfer(d.app, p, "t1", id, conversations.Destination{Group: after})
	d.must(err)
	d.due(id, "first", "03-03 09:00:30") // 10 s used, 20 s today, 30 s tomorrow
	d.later(15 * time.Hour)
	d.sweep()
	same(t, "events in the night", d.happened(id), nil)
	d.later(51 * time.Second)
	d.sweep()
	same(t, "events in the morning", d.happened(id), []string{"breached first"})
}

func TestClosedDayAndChangeOfClocksAreWorkingTimeToo(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	week := hours.Week{Zone: "Europe/Berlin", Spans: []hours.Span{{Day: time.Sunday, From: 0, To: 24 * 60}, {Day: time.Monday, From: 9 * 60, To: 18 * 60}}, Closed: []string{"2026-10-26"}}
	nights := d.group("夜班", week)
	d.set(func(s *sla.Settings) {
		s.Times = []sla.Times{times("normal", map[string]time.Duration{conversations.FirstResponse: 25 * time.Hour})}
	})
	// The day on which Berlin's clocks go back has 25 hours, and the Monday after
	// it is closed.
	d.at(time.Date(2026, 10, 25, 0, 0, 0, 0, hours.Zone("Europe/Berlin")))
	in := func() string {
		c := d.visitor()
		id := d.says(c)
		d.change(id, func(c *conversations.Conversation) { c.Group = nights })
		return id
	}
	first := in()
	if got := d.one(first, "first").Due.In(hours.Zone("Europe/Berlin")); got.Format(time.RFC3339) != "2026-10-26T00:00:00+01:00" {
		t.Errorf("from midnight: %s", got)
	}
	d.later(time.Hour)
	second := in()
	if got := d.one(second, "first").Due.In(hours.Zone("Europe/Berlin")); got.Format(time.RFC3339) != "2026-11-01T01:00:00+01:00" {
		t.Errorf("an hour later: %s", got)
	}
}

func TestResolutionWaitsForTheCustomer(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	d.set(func(s *sla.Settings) {
		s.Times = []sla.Times{times("normal", map[string]time.Duration{conversations.Resolution: time.Hour})}
	})
	id := d.says(d.visitor())
	d.due(id, "resolution", "03-02 13:00:00")
	d.later(20 * time.Minute)
	d.answers(p, id)
	if got := d.one(id, "resolution"); got.Stage != conversations.Paused || got.Rest != 40*time.Minute || !got.Due.IsZero() {
		t.Errorf("paused: %+v", got)
	}
	d.later(20 * time.Hour)
	d.sweep()
	d.says(mustContact(d, id))
	d.due(id, "resolution", "03-03 09:00:00")
	d.later(30 * time.Minute)
	d.sweep()
	same(t, "after 50 minutes of it", d.codes(), []string{"deadline_near"})
	d.answers(p, id)
	d.later(time.Hour)
	d.says(mustContact(d, id))
	if got := d.one(id, "resolution").Stage; got != conversations.Warned {
		t.Errorf("going on after the warning: %s", got)
	}
	d.sweep()
	same(t, "warned once", d.codes(), []string{"deadline_near"})
	d.later(9 * time.Minute)
	_, err := conversations.Close(d.app, p, "c1", id)
	d.must(err)
	d.later(time.Hour)
	d.sweep()
	same(t, "closed in time", d.happened(id), nil)
}

func TestLeftMessageHasItsOwnTime(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	p := d.colleague("小满")
	who := d.visitor()
	id := d.says(who)
	d.later(20 * time.Second)
	_, err := conversations.LeaveMessage(d.app, who, d.left("请打给我"))
	d.must(err)
	d.due(id, "first", "")
	d.due(id, "left", "03-02 14:00:20")
	d.later(time.Hour)
	d.says(who) // back in the chat, and waits there from now on
	d.due(id, "left", "")
	d.due(id, "first", "03-02 13:00:50")
	d.later(time.Second)
	_, err = conversations.LeaveMessage(d.app, who, d.left("还是打给我"))
	d.must(err)
	d.later(3 * time.Hour)
	d.sweep()
	d.answers(p, id)
	same(t, "events", d.happened(id), []string{"breached left", "escalated left"})
	if left := d.deadlines(id); len(left) != 0 {
		t.Errorf("answered, yet %+v", left)
	}
}

// Whoever changes the hours while time runs changes what is left, and not what
// was used up.
func TestChangedHoursCountFromTheirChange(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	after := d.group("售后", office())
	d.set(func(s *sla.Settings) {
		s.Times = []sla.Times{times("normal", map[string]time.Duration{conversations.FirstResponse: 2 * time.Hour})}
	})
	d.at(monday.Add(5 * time.Hour)) // 17:00
	id := d.says(d.visitor())
	d.change(id, func(c *conversations.Conversation) { c.Group = after })
	d.due(id, "first", "03-03 10:00:00")
	d.sweep()
	d.later(30 * time.Minute)
	regroup := func(week hours.Week) {
		t.Helper()
		d.must(access.EditGroup(d.app, d.owner(), after, access.GroupDraft{Name: "售后", Hours: week, Members: []string{d.owner().ID}}))
		d.sweep()
	}
	closed := office()
	closed.Closed = []string{"2026-03-03"} // tomorrow is a holiday after all
	regroup(closed)
	d.due(id, "first", "03-04 10:00:00")
	again := open(t, desktest.After(t, d.app))
	again.at(d.now.Load().Add(15 * time.Minute))
	again.sweep() // learns by which hours it was set
	late := office()
	for i := range late.Spans {
		late.Spans[i].To = 20 * 60
	}
	d = again
	regroup(late)
	d.due(id, "first", "03-02 19:00:00")
}

func TestWithBotNobodyIsWaitedFor(t *testing.T) {
	t.Parallel()
	d := furnished(t)
	d.colleague("小满")
	id := d.says(d.visitor())
	d.change(id, func(c *conversations.Conversation) { c.Status, c.WaitingSince = conversations.WithBot, time.Time{} })
	if left := d.deadlines(id); len(left) != 0 {
		t.Errorf("with the bot, yet %+v", left)
	}
	d.later(time.Hour)
	d.says(mustContact(d, id))
	d.due(id, "first", "03-02 13:00:30")
}
