package routing_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// putOff is an answered conversation of staff's that is put aside for so long, 0
// until the customer writes.
func (f *floor) putOff(staff string, span time.Duration) string {
	f.Helper()
	id := f.asked()
	f.answers(staff, id)
	until := f.clock().Add(span)
	if span == 0 {
		until = time.Time{}
	}
	f.must(conversations.PutOff(f.app, f.person(staff), id, until))
	return id
}

// is fails unless id stands so and is staff's.
func (f *floor) is(id string, status conversations.Status, staff, when string) {
	f.Helper()
	if c := f.conversation(id); c.Status != status || c.Assignee != staff {
		f.Fatalf("%s: %s of %q, want %s of %q", when, c.Status, c.Assignee, status, staff)
	}
}

func (f *floor) wakes() {
	f.Helper()
	f.must(routing.WakeDue(f.app))
}

func TestWhatWasPutAsideWakesAtItsTimeAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	id, other := f.putOff(a, time.Hour), f.putOff(a, 2*time.Hour)
	f.because(id, conversations.Snoozed, "")
	f.pass(time.Hour - time.Second)
	f.wakes()
	f.is(id, conversations.Later, a, "before its time")
	f.crash()
	var told []notices.Notice
	notices.OnTell(f.app).BindFunc(func(e *notices.TellEvent) error { told = append(told, e.Notice); return e.Next() })
	f.come(a)
	f.pass(time.Second)
	f.wakes()
	f.is(id, conversations.Open, a, "at its time")
	f.is(other, conversations.Later, a, "at the time of another one")
	f.because(id, conversations.Woken, conversations.OfTime)
	if c := f.conversation(id); !c.LaterUntil.IsZero() {
		t.Errorf("it still has a time: %s", c.LaterUntil)
	}
	f.wakes()
	f.app.Cleanup() // whoever is told after a commit has been told
	if len(told) != 1 || told[0].Code != notices.Woken || told[0].Conversation != id || told[0].To[0] != a || told[0].Supervisors {
		t.Errorf("told %+v", told)
	}
}

func TestTheCustomersWordWakesAtOnce(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	for _, span := range []time.Duration{0, time.Hour} {
		id := f.putOff(a, span)
		f.pass(time.Minute)
		f.wakes()
		f.is(id, conversations.Later, a, "nothing has happened")
		f.asks(f.contact(f.conversation(id).Contact))
		f.is(id, conversations.Open, a, "the customer has written")
		f.because(id, conversations.Woken, conversations.OfWord)
		if c := f.conversation(id); c.WaitingSince.IsZero() || !c.LaterUntil.IsZero() {
			t.Errorf("waits since %s, until %s", c.WaitingSince, c.LaterUntil)
		}
	}
}

// A load of what sleeps would keep somebody from the customers who wait now.
func TestWhatSleepsIsNoLoadAndComesBackAllTheSame(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 1)
	f.come(a)
	id := f.putOff(a, time.Hour)
	next := f.asked()
	f.served(next, a, "there is room")
	f.pass(time.Hour)
	f.wakes()
	f.is(id, conversations.Open, a, "over the cap")
}

func TestWhoeverServesWakesItByAnsweringOrByTakingIt(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 5)
	f.come(a)
	answered, taken, back := f.putOff(a, time.Hour), f.putOff(a, time.Hour), f.putOff(a, 0)
	f.answers(a, answered)
	m, err := conversations.Take(f.app, f.person(a), "take", taken)
	f.must(err)
	if m.Event().Event != conversations.Woken {
		t.Errorf("taking it makes it %s", m.Event().Event)
	}
	if err := conversations.Wake(f.app, f.person(b), back); fail.Of(err).Kind != fail.Taken {
		t.Errorf("a colleague wakes it: %v", err)
	}
	f.must(conversations.Wake(f.app, f.person(a), back))
	for _, id := range []string{answered, taken, back} {
		f.is(id, conversations.Open, a, "woken")
		f.because(id, conversations.Woken, conversations.OfStaff)
	}
	f.must(conversations.Wake(f.app, f.person(a), back)) // again
	f.is(back, conversations.Open, a, "still")
}

func TestWhatCannotBePutAside(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 1), f.hire("b", 1)
	f.come(a)
	id, waiting := f.asked(), f.asked()
	now := f.clock()
	for name, c := range map[string]struct {
		who, id string
		until   time.Time
		want    fail.Kind
	}{
		"a time that has passed": {a, id, now, fail.Invalid},
		"a time too far":         {a, id, now.Add(conversations.LaterMost + time.Second), fail.Invalid},
		"a colleague's":          {b, id, time.Time{}, fail.Taken},
		"nobody's":               {a, waiting, time.Time{}, fail.Unavailable},
		"none":                   {a, "none", time.Time{}, fail.NotFound},
	} {
		if err := conversations.PutOff(f.app, f.person(c.who), c.id, c.until); fail.Of(err).Kind != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	f.closes(a, id)
	if err := conversations.PutOff(f.app, f.person(a), id, time.Time{}); fail.Of(err).Kind != fail.Closed {
		t.Errorf("what is closed: %v", err)
	}
}

// What is owed to a customer is not put aside with the conversation: it runs on,
// and is handed on with its keeper's leaving as what is open is.
func TestWhatIsOwedIsNotPutAside(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	owed, answered := f.asked(), f.putOff(a, time.Hour)
	running := f.conversation(owed).Deadlines
	f.must(conversations.PutOff(f.app, f.person(a), owed, f.clock().Add(time.Hour)))
	if now := f.conversation(owed).Deadlines; len(running) == 0 || len(now) != len(running) || !now[0].Due.Equal(running[0].Due) {
		t.Errorf("deadlines were %+v, are %+v", running, now)
	}
	for _, d := range f.conversation(answered).Deadlines {
		if d.Stage == conversations.Running || d.Stage == conversations.Warned {
			t.Errorf("%s runs although the customer was answered", d.Kind)
		}
	}
	f.say(a, routing.Offline)
	f.pass(time.Second)
	f.served(owed, "", "the customer waits, and nobody is there")
	f.is(answered, conversations.Later, a, "nobody waits in it")
}

func TestWhatSleepsGoesBackWithADisabledAccount(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	id := f.putOff(a, time.Hour)
	f.must(access.Disable(f.app, nil, a))
	f.pass(time.Second)
	f.served(id, "", "the account is disabled")
	f.because(id, conversations.Queued, conversations.OfDisabled)
	if c := f.conversation(id); !c.LaterUntil.IsZero() {
		t.Errorf("it still has a time: %s", c.LaterUntil)
	}
}

// It stays whose it was, and somebody hears of it.
func TestWhatWakesWhileItsKeeperIsAwayIsToldToSupervisors(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	id := f.putOff(a, time.Hour)
	var told []notices.Notice
	notices.OnTell(f.app).BindFunc(func(e *notices.TellEvent) error { told = append(told, e.Notice); return e.Next() })
	f.say(a, routing.Offline)
	f.pass(time.Hour)
	f.wakes()
	f.is(id, conversations.Open, a, "at its time")
	f.app.Cleanup()
	if len(told) != 1 || !told[0].Supervisors || told[0].To[0] != a {
		t.Errorf("told %+v", told)
	}
}
