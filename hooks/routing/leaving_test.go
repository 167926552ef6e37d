package routing_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// two is somebody with two conversations, of which the first waits for a reply.
func (f *floor) two(staff string) (waits, idle *conversations.Conversation) {
	f.Helper()
	one, other := f.asked(), f.asked()
	f.served(one, staff, "at first")
	f.served(other, staff, "at first")
	f.answers(staff, other)
	return f.conversation(one), f.conversation(other)
}

func TestALostConnectionHandsOnWhatWaits(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	waits, idle := f.two(a)
	var told []*conversations.GivenBack
	routing.OnReturned(f.app).BindFunc(func(e *routing.ReturnedEvent) error { told = append(told, e.Back); return e.Next() })
	routing.Disconnected(f.app, a)
	f.pass(29 * time.Second)
	f.served(waits.ID, a, "within the grace")
	if later := f.asked(); f.conversation(later).Assignee != "" {
		t.Fatal("given to somebody without a connection")
	}
	f.pass(time.Second)
	f.served(waits.ID, "", "after the grace")
	f.because(waits.ID, conversations.Queued, conversations.OfOffline)
	f.served(idle.ID, a, "after the grace")
	if back := f.conversation(waits.ID); !back.Queued.Equal(waits.WaitingSince) {
		t.Fatalf("lost its place: %+v", back)
	}
	if len(told) != 1 || told[0].Staff.ID != a || len(told[0].Conversations) != 1 {
		t.Fatalf("told of %+v", told)
	}
	// The customer writes into the one that stayed.
	f.pass(time.Hour)
	if _, err := conversations.PostAsVisitor(f.app, f.contact(idle.Contact), conversations.Draft{ID: "more", Kind: conversations.Text, Text: "还有"}); err != nil {
		t.Fatal(err)
	}
	f.round()
	f.served(idle.ID, "", "written into")
	// Whoever comes back gets both.
	routing.Connected(f.app, a)
	f.round()
	f.served(waits.ID, a, "back again")
	f.served(idle.ID, a, "back again")
}

func TestAReloadCostsNothing(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	waits, _ := f.two(a)
	routing.Disconnected(f.app, a)
	f.pass(20 * time.Second)
	routing.Connected(f.app, a)
	f.pass(20 * time.Second)
	f.served(waits.ID, a, "after a reload")
}

func TestWhoeverGoesHandsOnByTheGroupsRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      routing.Status
		group       access.Leaving
		waits, idle bool // stay
		why         string
	}{
		"break":                     {routing.OnBreak, access.Leaving{}, true, true, ""},
		"off duty":                  {routing.Offline, access.Leaving{}, false, true, conversations.OfOffDuty},
		"break, group hands on all": {routing.OnBreak, access.Leaving{Break: access.HandAll}, false, false, conversations.OfBreak},
		"off duty, group keeps":     {routing.Offline, access.Leaving{OffDuty: access.HandNothing}, true, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t)
			f.must(access.EditGroup(f.app, nil, f.group, access.GroupDraft{Name: "售前", Leaving: &c.group}))
			a := f.hire("a", 5)
			f.come(a)
			waits, idle := f.two(a)
			f.pass(time.Second)
			f.say(a, c.status)
			if n, err := routing.Serving(f.app, a); err != nil || n != 2 {
				t.Fatalf("serves %d, %v", n, err)
			}
			f.pass(time.Second)
			for id, stays := range map[string]bool{waits.ID: c.waits, idle.ID: c.idle} {
				if stays {
					f.served(id, a, "stays")
				} else {
					f.served(id, "", "handed on")
					f.because(id, conversations.Queued, c.why)
				}
			}
		})
	}
}

// Off line by their own word, but at work all the same: what they take is theirs.
func TestWhatIsTakenAfterLeavingStays(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	f.come(a)
	f.say(a, routing.Offline)
	f.pass(time.Minute)
	id := f.asked()
	f.served(id, "", "nobody is there")
	f.take(a, id)
	f.pass(time.Minute)
	f.served(id, a, "taken by hand")
	f.answers(a, id)
	f.crash()
	f.pass(time.Minute)
	f.served(id, a, "after a restart")
}

// Given in the moment of leaving, it is not theirs to keep.
func TestWhatIsGivenAfterLeavingGoes(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 5)
	f.come(a, b)
	f.say(a, routing.Offline)
	f.pass(time.Second)
	id := f.asks(f.visitor())
	_, err := conversations.Assign(f.app, []string{id}, func(*conversations.Conversation, map[string]int) (*access.Person, string) { return f.person(a), "" })
	f.must(err)
	f.served(id, a, "in the race")
	f.round()
	f.served(id, b, "at once after")
}

// A restart cuts everybody off; whoever does not come back has left.
func TestARestartIsALostConnection(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a, b := f.hire("a", 5), f.hire("b", 5)
	f.come(a, b)
	one, other := f.asked(), f.asked()
	if f.conversation(one).Assignee == b {
		a, b = b, a
	}
	f.served(other, b, "at first")
	f.pass(time.Minute)
	f.crash()
	f.round()
	routing.Connected(f.app, b)
	f.pass(29 * time.Second)
	f.served(one, a, "within the grace")
	if p := routing.Presence(f.app, f.person(a)); p != routing.Online {
		t.Fatalf("%s within the grace", p)
	}
	f.pass(time.Second)
	f.served(one, b, "handed on")
	f.served(other, b, "came back")
}

func TestASupervisorSetsPresence(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	a := f.hire("a", 5)
	chief, err := access.AddStaff(f.app, nil, access.Newcomer{Email: "chief@example.com", Nickname: "chief", Password: "orange-Kettle-42", Role: access.Supervisor})
	f.must(err)
	owner, err := access.AddStaff(f.app, nil, access.Newcomer{Email: "owner@example.com", Nickname: "owner", Password: "orange-Kettle-42", Role: access.Owner})
	f.must(err)
	f.come(a)
	waits, _ := f.two(a)
	f.pass(time.Second)
	f.must(routing.SetPresenceOf(f.app, f.person(chief.Id), a, routing.Offline, "忘了签退"))
	if p := routing.Presence(f.app, f.person(a)); p != routing.Offline {
		t.Fatalf("still %s", p)
	}
	f.pass(time.Second)
	f.served(waits.ID, "", "sent home")
	for name, err := range map[string]error{
		"an agent":       routing.SetPresenceOf(f.app, f.person(a), chief.Id, routing.Offline, ""),
		"above oneself":  routing.SetPresenceOf(f.app, f.person(chief.Id), owner.Id, routing.Offline, ""),
		"no presence":    routing.SetPresenceOf(f.app, f.person(chief.Id), a, "asleep", ""),
		"nobody of ours": routing.SetPresenceOf(f.app, f.person(chief.Id), "nobody", routing.Offline, ""),
	} {
		if err == nil {
			t.Errorf("%s: done", name)
		}
	}
	var reason string
	f.must(f.app.DB().NewQuery("SELECT reason FROM audit WHERE act = 'staff.presence_set'").Row(&reason))
	if reason != "忘了签退" {
		t.Errorf("the trail says %q", reason)
	}
}
