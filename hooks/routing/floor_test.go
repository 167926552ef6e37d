package routing_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// floor is a desk without a worker, whose rounds are made by hand under a clock
// that a test sets. It begins on a Monday at noon in the shop's zone, which is
// within the hours: nine to six.
type floor struct {
	*testing.T
	app   *tests.TestApp
	group string
	next  int

	mu  sync.Mutex
	now time.Time
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	f := &floor{T: t, app: desktest.New(t), now: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)}
	clock.Set(f.app, f.clock)
	week := hours.Week{Zone: "Asia/Shanghai"}
	for day := range 7 {
		week.Spans = append(week.Spans, hours.Span{Day: time.Weekday(day), From: 9 * 60, To: 18 * 60})
	}
	g, err := access.AddGroup(f.app, nil, access.GroupDraft{Name: "售前"})
	f.must(err)
	f.group = g.Id
	_, err = channels.Add(f.app, channels.New{Name: "禾野优选", Default: true, Group: g.Id, Hours: week})
	f.must(err)
	return f
}

func (f *floor) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *floor) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// pass lets time go by, and whatever is due then be done.
func (f *floor) pass(d time.Duration) {
	f.Helper()
	f.mu.Lock()
	f.now = f.now.Add(d)
	f.mu.Unlock()
	f.round()
}

// tick lets nobody come at the same moment as somebody else.
func (f *floor) tick() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(time.Millisecond)
}

func (f *floor) round() {
	f.Helper()
	f.must(routing.Round(f.app))
}

// crash loses all that was in memory.
func (f *floor) crash() {
	f.Helper()
	f.app = desktest.After(f.T, f.app)
	clock.Set(f.app, f.clock)
}

// hire adds somebody to the group who serves so many at once.
func (f *floor) hire(name string, most int, groups ...string) string {
	f.Helper()
	if groups == nil {
		groups = []string{f.group}
	}
	s, err := access.AddStaff(f.app, nil, access.Newcomer{
		Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: access.Agent, Cap: most, Groups: groups,
	})
	f.must(err)
	return s.Id
}

// come is somebody's day beginning.
func (f *floor) come(who ...string) {
	f.Helper()
	for _, id := range who {
		f.say(id, routing.Online)
		routing.Connected(f.app, id)
	}
	f.round()
}

func (f *floor) say(id string, status routing.Status) {
	f.Helper()
	f.must(routing.SetPresence(f.app, f.person(id), status, ""))
}

func (f *floor) person(id string) *access.Person {
	f.Helper()
	p, err := access.ByID(f.app, id)
	f.must(err)
	return p
}

func (f *floor) visitor() *customers.Contact {
	f.Helper()
	c, _, _, err := customers.Arrive(f.app, customers.Arrival{})
	f.must(err)
	return c
}

// asks is a contact's word, and the conversation that it is in.
func (f *floor) asks(c *customers.Contact) string {
	f.Helper()
	f.next++
	f.tick()
	m, err := conversations.PostAsVisitor(f.app, c, conversations.Draft{ID: "v" + strconv.Itoa(f.next), Kind: conversations.Text, Text: "在吗"})
	f.must(err)
	return m.Conversation
}

// asked is the conversation of somebody new, after a round.
func (f *floor) asked() string {
	f.Helper()
	id := f.asks(f.visitor())
	f.round()
	return id
}

func (f *floor) answers(staff, id string) {
	f.Helper()
	f.next++
	_, err := conversations.PostAsStaff(f.app, f.person(staff), conversations.Draft{ID: "s" + strconv.Itoa(f.next), Conversation: id, Kind: conversations.Text, Text: "在的"})
	f.must(err)
}

func (f *floor) closes(staff, id string) {
	f.Helper()
	f.next++
	_, err := conversations.Close(f.app, f.person(staff), "c"+strconv.Itoa(f.next), id)
	f.must(err)
}

func (f *floor) conversation(id string) *conversations.Conversation {
	f.Helper()
	c, err := conversations.ByID(f.app, id)
	f.must(err)
	return c
}

// served fails unless id is being served by staff, or waits where that is "".
func (f *floor) served(id, staff, when string) {
	f.Helper()
	if c := f.conversation(id); c.Assignee != staff || staff == "" && c.Status != conversations.Waiting {
		f.Fatalf("%s: %s, served by %q, want %q", when, c.Status, c.Assignee, staff)
	}
}

// because fails unless the last event of id has this reason.
func (f *floor) because(id, event, reason string) {
	f.Helper()
	list, err := conversations.Timeline(f.app, id, 1<<62)
	f.must(err)
	for i := len(list) - 1; i >= 0; i-- {
		if e := list[i].Event(); e.Event == event {
			if e.Reason != reason {
				f.Fatalf("%s for %q, want %q", event, e.Reason, reason)
			}
			return
		}
	}
	f.Fatalf("never %s", event)
}

func (f *floor) contact(id string) *customers.Contact {
	f.Helper()
	c, err := customers.ContactByID(f.app, id)
	f.must(err)
	return c
}

// leaves is a contact's message that is left.
func (f *floor) leaves(c *customers.Contact) {
	f.Helper()
	f.next++
	_, err := conversations.LeaveMessage(f.app, c, conversations.MessageLeft{ID: "l" + strconv.Itoa(f.next), Text: "请明天回复", Phone: "13800000000"})
	f.must(err)
}
