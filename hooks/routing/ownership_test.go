package routing_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// once is a customer whom staff has served once.
func (f *floor) once(staff string) *customers.Contact {
	f.Helper()
	c := f.visitor()
	id := f.asks(c)
	f.round()
	if f.conversation(id).Assignee != staff {
		f.take(staff, id)
	}
	f.answers(staff, id)
	f.closes(staff, id)
	return c
}

func (f *floor) take(staff, id string) {
	f.Helper()
	f.next++
	c, act := f.conversation(id), "t"+strconv.Itoa(f.next)
	if c.Assignee != "" {
		_, err := conversations.Transfer(f.app, f.person(c.Assignee), act, id, conversations.Destination{Staff: f.person(staff)})
		f.must(err)
		return
	}
	_, err := conversations.Take(f.app, f.person(staff), act, id)
	f.must(err)
}

func TestWhoComesBackGoesToWhoServedThem(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 1), f.hire("b", 5)
	f.come(a, b)
	known := f.once(a)
	f.pass(time.Hour)
	id := f.asks(known)
	if p := f.conversation(id).Preferred; p == nil || p.Staff != a || p.Why != conversations.OfReturning || !p.Until.Equal(f.clock().Add(time.Minute)) {
		t.Fatalf("preferred: %+v", p)
	}
	f.round()
	f.served(id, a, "free")
	f.because(id, conversations.Assigned, conversations.OfReturning)
	f.answers(a, id)
	f.closes(a, id)

	// At the cap, they are waited for until the minute is over, no longer.
	f.pass(time.Minute)
	blocks := f.asks(f.visitor())
	f.take(a, blocks)
	id = f.asks(known)
	f.round()
	f.served(id, "", "at the cap")
	f.pass(59 * time.Second)
	f.served(id, "", "at the cap for 59 s")
	f.pass(time.Second)
	f.served(id, b, "after a minute")
	f.because(id, conversations.Assigned, "")
	f.closes(b, id)

	// It is the last one to serve who counts; free in time, they get it.
	f.pass(time.Minute)
	id = f.asks(known)
	f.round()
	f.served(id, b, "the last to serve")
	f.closes(b, id)

	// Who has left is not waited for, and a day later nobody is.
	f.pass(time.Minute)
	f.say(b, routing.Offline)
	id = f.asks(known)
	if p := f.conversation(id).Preferred; p != nil {
		t.Fatalf("waits for who has left: %+v", p)
	}
	f.say(b, routing.Online)
	f.round()
	f.closes(f.conversation(id).Assignee, id)
	f.pass(25 * time.Hour)
	if p := f.conversation(f.asks(known)).Preferred; p != nil {
		t.Fatalf("waits a day later: %+v", p)
	}
}

func TestWhoIsWaitedForMayHaveOneFreeInTime(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 1), f.hire("b", 5)
	f.come(a, b)
	known := f.once(a)
	blocks := f.asks(f.visitor())
	f.take(a, blocks)
	id := f.asks(known)
	f.pass(30 * time.Second)
	f.served(id, "", "at the cap")
	f.answers(a, blocks)
	f.closes(a, blocks)
	f.round()
	f.served(id, a, "free again")
}

func TestADedicatedPersonGoesBeforeAndBeyondTheGroup(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	other, err := access.AddGroup(f.app, nil, access.GroupDraft{Name: "大客户"})
	f.must(err)
	a, own := f.hire("a", 5), f.hire("own", 5, other.Id)
	f.come(a, own)
	vip := f.once(a)
	_, err = customers.Edit(f.app, f.contact(vip.Id).Customer(), customers.Change{Dedicated: &own})
	f.must(err)
	f.say(own, routing.OnBreak)
	id := f.asks(vip)
	if p := f.conversation(id).Preferred; p == nil || p.Staff != own || !p.Until.Equal(f.clock().Add(2*time.Minute)) {
		t.Fatalf("preferred: %+v", p)
	}
	f.pass(90 * time.Second)
	f.served(id, "", "during the break")
	f.say(own, routing.Online)
	f.round()
	f.served(id, own, "after the break")
	f.because(id, conversations.Assigned, conversations.OfDedicated)
}

// Who signs in while they wait is led to whose they are.
func TestWhoSignsInWhileWaitingIsLedToTheirOwn(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, own := f.hire("a", 1), f.hire("own", 5)
	f.come(a)
	vip := f.contact(f.once(a).Id).Customer()
	_, err := customers.Edit(f.app, vip, customers.Change{Dedicated: &own})
	f.must(err)
	f.take(a, f.asks(f.visitor()))
	f.come(own)
	f.say(own, routing.OnBreak)
	who := f.visitor()
	id := f.asks(who)
	f.round()
	f.served(id, "", "at the cap")
	f.must(f.app.RunInTransaction(func(app core.App) error {
		return customers.OnLink(f.app).Trigger(&customers.LinkEvent{App: app, Contact: who.Id, To: vip})
	}))
	if p := f.conversation(id).Preferred; p == nil || p.Staff != own || p.Why != conversations.OfDedicated {
		t.Fatalf("preferred: %+v", p)
	}
}

func TestAnUnsolvedQuestionKeepsItsOwner(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 5)
	f.come(a, b)
	c := f.visitor()
	id := f.asks(c)
	f.take(a, id)
	f.answers(a, id)
	f.take(b, id)
	f.answers(b, id)
	f.closes(b, id)
	if owner := f.conversation(id).Owner; owner != a {
		t.Fatalf("the owner is %q", owner)
	}
	no := false
	f.must(conversations.Rate(f.app, c, id, conversations.Rating{Score: 2, Resolved: &no}))
	f.pass(2 * 24 * time.Hour)
	id = f.asks(c)
	now := f.conversation(id)
	if now.Owner != a || now.Preferred == nil || now.Preferred.Staff != a {
		t.Fatalf("owner %q, preferred %+v", now.Owner, now.Preferred)
	}
	f.round()
	f.served(id, a, "the owner is there")
	f.closes(a, id)
	f.pass(2 * 24 * time.Hour)
	if now := f.conversation(f.asks(c)); now.Owner != "" || now.Preferred != nil {
		t.Fatalf("solved and long ago: owner %q, preferred %+v", now.Owner, now.Preferred)
	}
}

// Something promised keeps a question open, too.
func TestAPromiseKeepsTheOwner(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 5)
	f.come(a)
	c := f.once(a)
	f.come(b)
	conversations.OnPromised(f.app).BindFunc(func(e *conversations.PromisedEvent) error { e.Open = true; return e.Next() })
	f.pass(3 * 24 * time.Hour)
	if now := f.conversation(f.asks(c)); now.Owner != a || now.Preferred == nil || now.Preferred.Staff != a {
		t.Fatalf("owner %q, preferred %+v", now.Owner, now.Preferred)
	}
}

func TestWhoIsMoreUrgentStandsFurtherInFront(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	boss, err := access.AddStaff(f.app, nil, access.Newcomer{Email: "boss@example.com", Nickname: "boss", Password: "orange-Kettle-42", Role: access.Supervisor})
	f.must(err)
	first := f.asks(f.visitor())
	f.pass(8 * time.Minute)
	second, third := f.asks(f.visitor()), f.asks(f.visitor())
	order := func(want ...string) {
		t.Helper()
		queue, err := conversations.InQueue(f.app)
		f.must(err)
		for i, c := range queue {
			if c.ID != want[i] {
				t.Fatalf("place %d is another's", i+1)
			}
			if place, err := routing.PlaceOf(f.app, c); err != nil || place.Place != i+1 || place.Wait != 0 {
				t.Fatalf("told place %+v, %v", place, err)
			}
		}
	}
	order(first, second, third)
	f.must(conversations.SetPriority(f.app, f.person(boss.Id), third, "urgent"))
	order(third, first, second)
	f.must(conversations.Mark(f.app, f.person(boss.Id), second, conversations.Angry))
	order(third, first, second) // three minutes are not eight
	a := f.hire("a", 1)
	f.come(a)
	f.served(third, a, "the most urgent")
}
