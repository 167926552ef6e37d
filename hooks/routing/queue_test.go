package routing_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// night lets n people ask after closing time, and goes to the morning.
func (f *floor) night(n int) (ids []string) {
	f.Helper()
	f.pass(10 * time.Hour) // ten in the evening
	for range n {
		ids = append(ids, f.asked())
	}
	for _, id := range ids {
		if !f.conversation(id).Night {
			f.Fatal("it is night")
		}
	}
	f.pass(11 * time.Hour) // nine in the morning
	return ids
}

// has counts what each has of ids.
func (f *floor) has(ids []string) map[string]int {
	f.Helper()
	count := map[string]int{}
	for _, id := range ids {
		count[f.conversation(id).Assignee]++
	}
	return count
}

func TestTheNightIsSharedOutToWhoComesInTime(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b, c := f.hire("a", 20), f.hire("b", 20), f.hire("c", 2)
	ids := f.night(10)
	f.come(a)
	if n := f.has(ids); n[a] != 4 { // a third of ten, rounded up
		t.Fatalf("the first was given %v", n)
	}
	f.because(ids[0], conversations.Assigned, conversations.OfNight)
	if day := f.asked(); f.conversation(day).Assignee != a {
		t.Fatal("what comes in the day waits for the night")
	}
	f.pass(time.Minute)
	f.come(c)
	if n := f.has(ids); n[a] != 4 || n[c] != 2 {
		t.Fatalf("the second, who may have two: %v", n)
	}
	f.crash()
	routing.Connected(f.app, a)
	routing.Connected(f.app, c)
	f.round()
	if n := f.has(ids); n[a] != 4 || n[c] != 2 {
		t.Fatalf("after a restart: %v", n)
	}
	f.pass(time.Minute)
	f.come(b)
	if n := f.has(ids); n[a] != 4 || n[b] != 4 || n[c] != 2 {
		t.Fatalf("the last: %v", n)
	}
}

func TestWhatIsLeftOfTheNightGoesByLoad(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, _ := f.hire("a", 20), f.hire("b", 20)
	ids := f.night(7)
	f.come(a)
	if n := f.has(ids); n[a] != 4 {
		t.Fatalf("the first was given %v", n)
	}
	reasons, err := routing.Why(f.app, f.conversation(ids[6]))
	f.must(err)
	if r := reasons[ids[6]]; r.Kind != routing.SharedOut || !r.Until.Equal(f.clock().Add(3*time.Minute)) {
		t.Fatalf("waits for %+v", r)
	}
	f.pass(2*time.Minute + 59*time.Second)
	if n := f.has(ids); n[a] != 4 {
		t.Fatalf("before the window closes: %v", n)
	}
	f.crash()
	routing.Connected(f.app, a)
	f.pass(time.Second)
	if n := f.has(ids); n[a] != 7 {
		t.Fatalf("when it has closed: %v", n)
	}
	f.because(ids[6], conversations.Assigned, "")
}

// What cannot be given even then is like everything else that waits.
func TestTheNightEndsWithItsWindow(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, _ := f.hire("a", 2), f.hire("b", 20)
	ids := f.night(8)
	f.come(a)
	f.pass(3 * time.Minute)
	for _, id := range ids[2:] {
		if f.conversation(id).Night {
			t.Fatal("still night")
		}
	}
}

// Whoever looks in at night and goes does not end it for the others.
func TestTheNightOutlastsABriefVisit(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 2), f.hire("b", 20)
	ids := f.night(8)
	f.come(a)
	f.pass(time.Minute)
	f.say(a, routing.Offline)
	f.pass(3 * time.Minute)
	for _, id := range ids[2:] {
		if c := f.conversation(id); c.Assignee == "" && !c.Night {
			t.Fatal("the night has ended")
		}
	}
	f.pass(time.Hour)
	f.come(b)
	if n := f.has(ids); n[b] == 0 || n[b] == len(ids) { // a share, and not all that they have room for
		t.Fatalf("who comes in the morning was given %v", n)
	}
}

// One conversation that cannot be given holds up nobody but itself.
func TestOneThatFailsHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 20)
	bad, good := f.asked(), f.asked()
	_, err := f.app.NonconcurrentDB().NewQuery("CREATE TRIGGER fault BEFORE UPDATE ON conversations WHEN OLD.id = '" + bad + "' BEGIN SELECT RAISE(ABORT, 'fault'); END").Execute()
	f.must(err)
	routing.Connected(f.app, a)
	f.must(access.SetPresence(f.app, a, string(routing.Online), ""))
	if err = routing.Round(f.app); err == nil {
		t.Fatal("nobody is told of the fault")
	}
	f.served(good, a, "beside one that fails")
	f.served(bad, "", "while it fails")
}

// Somebody works late: what comes then is not kept for the morning.
func TestItIsNotNightWhileSomebodyIsThere(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.pass(10 * time.Hour)
	f.come(a)
	if id := f.asked(); f.conversation(id).Assignee != a {
		t.Fatal("waits although somebody is there")
	}
}

func TestALongWaitOffersToLeaveAMessage(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	var offered []string
	watch := func() {
		routing.OnOffer(f.app).BindFunc(func(e *routing.OfferEvent) error {
			offered = append(offered, e.Conversation.ID)
			return e.Next()
		})
	}
	watch()
	c := f.visitor()
	id := f.asks(c)
	f.pass(119 * time.Second)
	if len(offered) > 0 || routing.Offers(f.app, f.conversation(id)) {
		t.Fatal("offered too early")
	}
	f.pass(time.Second)
	f.pass(time.Minute)
	if len(offered) != 1 || offered[0] != id || !routing.Offers(f.app, f.conversation(id)) {
		t.Fatalf("offered %v", offered)
	}
	f.crash()
	watch()
	f.pass(time.Second)
	f.pass(time.Minute)
	if len(offered) != 2 {
		t.Fatalf("after a restart: offered %v", offered)
	}
	f.leaves(f.contact(c.Id))
	f.crash()
	watch()
	f.pass(time.Minute)
	if len(offered) != 2 || routing.Offers(f.app, f.conversation(id)) {
		t.Fatalf("offered %v to who has left a message", offered)
	}
}

func TestPlacesAreToldWithTheWait(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 2)
	f.come(a)
	for range 3 { // ten minutes each
		id := f.asked()
		f.pass(10 * time.Minute)
		f.answers(a, id)
		f.closes(a, id)
	}
	f.asked()
	f.asked()
	var told [][]routing.Place
	routing.OnPlaces(f.app).BindFunc(func(e *routing.PlacesEvent) error { told = append(told, e.Places); return e.Next() })
	f.pass(time.Minute)
	first, second := f.asked(), f.asked()
	f.pass(5 * time.Second)
	if len(told) != 1 || len(told[0]) != 2 {
		t.Fatalf("told %v", told)
	}
	for i, id := range []string{first, second} {
		p := told[0][i]
		if p.Conversation.ID != id || p.Place != i+1 || p.Wait != time.Duration(i+1)*5*time.Minute {
			t.Errorf("told %d %v", p.Place, p.Wait)
		}
	}
	f.pass(time.Minute)
	if len(told) != 1 {
		t.Fatalf("told again: %v", told[1:])
	}
	f.say(a, routing.OnBreak)
	f.pass(5 * time.Second)
	if p, err := routing.PlaceOf(f.app, f.conversation(second)); err != nil || p.Place != 2 || p.Wait != 0 {
		t.Errorf("nobody is there: %+v, %v", p, err)
	}
}

// Whoever has handed one on does not get it back at once, also after a restart;
// but after two minutes they do.
func TestHandedOnStaysHandedOn(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 1)
	f.come(a)
	id := f.asked()
	f.come(b)
	f.take(b, f.asks(f.visitor()))
	_, err := conversations.Transfer(f.app, f.person(a), "on", id, conversations.Destination{Group: f.group})
	f.must(err)
	f.pass(time.Second)
	f.crash()
	routing.Connected(f.app, a)
	routing.Connected(f.app, b)
	f.round()
	f.served(id, "", "the other one is at the cap")
	reasons, err := routing.Why(f.app, f.conversation(id))
	f.must(err)
	if r := reasons[id]; r.Kind != routing.HandedOn || r.Staff == nil || r.Staff.ID != a {
		t.Fatalf("waits for %+v", r)
	}
	f.pass(2 * time.Minute)
	f.served(id, a, "two minutes later")
}

func TestManyAreGivenAtOnceAndNobodyTooMany(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	people := map[string]int{}
	for i, most := range []int{3, 10, 17} {
		id := f.hire("p"+strconv.Itoa(i), most)
		people[id] = most
	}
	ids := make([]string, 40)
	for i := range ids {
		ids[i] = f.asks(f.visitor())
	}
	for id := range people {
		f.say(id, routing.Online)
		routing.Connected(f.app, id)
	}
	f.round()
	n := f.has(ids)
	for id, most := range people {
		if n[id] != most {
			t.Errorf("%d of %d", n[id], most)
		}
	}
	if n[""] != 10 {
		t.Errorf("%d wait", n[""])
	}
	for i, id := range ids { // first come, first served
		if waits := f.conversation(id).Assignee == ""; waits != (i >= 30) {
			t.Fatalf("the one at place %d: waiting %v", i, waits)
		}
	}
}
