package routing_test

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// day is a day of a shop, lived through in a few seconds: the real packages on a
// real database, under a clock that jumps from one thing that happens to the
// next. Nobody waits for a goroutine: what the workers of a served desk do once a
// second is called here.
type day struct {
	tb     testing.TB
	app    core.App
	rand   *rand.Rand
	now    time.Time
	todo   agenda
	people []*person
	boss   string // a supervisor, who is given nothing
	groups []string
	guests []*guest
	lost   int // crashes

	findings
}

// person is somebody who works here, with what they do today.
type person struct {
	id        string
	name      string
	weight    int
	most      int  // conversations at once
	on        bool // has said online, and nothing else since
	linked    bool // has a connection
	left      time.Time
	busy      bool // is writing an answer
	shift     [2]time.Duration
	disabled  bool
	given     int // conversations by the desk
	withGiven map[string]bool
}

// guest is a customer with one question.
type guest struct {
	contact      *customers.Contact
	conversation string
	turns        int // that they will answer yet
	came         time.Time
	posts        int
	urgent, done bool
}

// opening is 08:00 on a Monday in Shanghai.
var opening = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func newDay(tb testing.TB, seed uint64) *day {
	tb.Helper()
	d := &day{tb: tb, rand: rand.New(rand.NewPCG(seed, 5)), now: opening.Add(-2 * time.Hour)}
	d.open(desktest.New(tb))
	named := 0
	d.app.OnRecordCreate(access.Collection, access.CollectionGroups).BindFunc(func(e *core.RecordEvent) error { // so that ties are broken the same way each time
		named++
		e.Record.Id = fmt.Sprintf("s%014d", named)
		return e.Next()
	})
	d.check(settings.SaveShop(d.app, settings.Shop{Name: "禾野优选", Colour: settings.DefaultColour, Language: "zh-CN", Zone: hours.DefaultZone}))
	d.check(access.EnsureGroups(d.app))
	for _, key := range []string{access.PreSale, access.AfterSale} {
		g, err := access.GroupBy(d.app, key)
		d.check(err)
		d.groups = append(d.groups, g.Id)
	}
	d.makeChannel()
	boss, err := access.AddStaff(d.app, nil, access.Newcomer{Email: "boss@example.com", Nickname: "主管", Password: "orange-Kettle-42", Role: access.Supervisor})
	d.check(err)
	d.boss = boss.Id
	return d
}

// makeChannel makes a way in that is answered from 8 to 22, with a question for
// each group.
func (d *day) makeChannel() {
	week := hours.Week{}
	for weekday := range 7 {
		week.Spans = append(week.Spans, hours.Span{Day: time.Weekday(weekday), From: 8 * 60, To: 22 * 60})
	}
	_, err := channels.Add(d.app, channels.New{
		Name: "官网", Default: true, Group: d.groups[0], Hours: week, OffHours: "我们 8 点上班。",
		Entries: []channels.Entry{{ID: "pre", Text: "买之前问问", Group: d.groups[0]}, {ID: "after", Text: "售后", Group: d.groups[1]}},
	})
	d.check(err)
}

func (d *day) open(app core.App) {
	d.app = app
	d.set(d.now)
	// The day is about what a crash of the program loses, which is memory, not the
	// disk: waiting for the disk would only take time.
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA synchronous = OFF").Execute()
	d.check(err)
}

// set sets the clock. Others read it, so each time is a value of its own.
func (d *day) set(now time.Time) {
	d.now = now
	clock.Set(d.app, func() time.Time { return now })
}

func (d *day) check(err error) {
	d.tb.Helper()
	if err != nil {
		d.tb.Fatalf("%s: %v", d.now.Sub(opening), err)
	}
}

// hire brings somebody in for a shift.
func (d *day) hire(name string, most, weight int, from, to time.Duration, groups ...string) {
	s, err := access.AddStaff(d.app, nil, access.Newcomer{
		Email: fmt.Sprintf("p%d@example.com", len(d.people)), Nickname: name, Password: "orange-Kettle-42", Role: access.Agent, Groups: groups, Cap: most, Weight: weight,
	})
	d.check(err)
	p := &person{id: s.Id, name: name, weight: weight, most: most, shift: [2]time.Duration{from, to}, withGiven: map[string]bool{}}
	d.people = append(d.people, p)
	d.at(opening.Add(from), func() { d.begin(p) })
	d.at(opening.Add(to), func() { d.goHome(p) })
	lunch := from + time.Duration(3+d.rand.IntN(2))*time.Hour + d.between(0, 30*time.Minute)
	d.at(opening.Add(lunch), func() { d.say(p, routing.OnBreak) })
	d.at(opening.Add(lunch+30*time.Minute), func() { d.say(p, routing.Online) })
	for range 3 { // a reload, a tunnel, a long loss
		lost := from + d.between(10*time.Minute, to-from-30*time.Minute)
		gone := []time.Duration{3 * time.Second, 20 * time.Second, 4 * time.Minute}[d.rand.IntN(3)]
		d.at(opening.Add(lost), func() { d.unlink(p) })
		d.at(opening.Add(lost+gone), func() { d.link(p) })
	}
}

func (d *day) begin(p *person) {
	d.link(p)
	d.say(p, routing.Online)
}

func (d *day) say(p *person, status routing.Status) {
	if p.disabled || status != routing.Offline && !d.inShift(p) {
		return
	}
	who, err := access.ByID(d.app, p.id)
	d.check(err)
	d.check(routing.SetPresence(d.app, who, status, ""))
	p.on = status == routing.Online
}

func (d *day) inShift(p *person) bool {
	at := d.now.Sub(opening)
	return at >= p.shift[0] && at < p.shift[1]
}

func (d *day) link(p *person) {
	if !p.linked && d.inShift(p) && !p.disabled {
		p.linked = true
		routing.Connected(d.app, p.id)
		d.work(p)
	}
}

func (d *day) unlink(p *person) {
	if p.linked {
		p.linked, p.left = false, d.now
		routing.Disconnected(d.app, p.id)
	}
}

func (d *day) goHome(p *person) {
	d.say(p, routing.Offline)
	d.unlink(p)
}

// crash drops what the program had in memory. Whoever was connected is back
// within five seconds, or never noticed.
func (d *day) crash() {
	d.lost++
	d.open(desktest.After(d.tb, d.app))
	for _, p := range d.people {
		if !p.linked {
			continue
		}
		p.linked, p.left = false, d.now
		back := d.between(0, 5*time.Second)
		d.at(d.now.Add(back), func() { d.link(p) })
	}
}

// arrive lets a customer ask something.
func (d *day) arrive(again *guest) {
	g := &guest{turns: d.rand.IntN(4), came: d.now}
	if again != nil {
		g.contact = again.contact
	} else {
		c, _, _, err := customers.Arrive(d.app, customers.Arrival{})
		d.check(err)
		g.contact = c
	}
	d.guests = append(d.guests, g)
	entry := []string{"pre", "after"}[d.rand.IntN(2)]
	m, err := conversations.PostAsVisitor(d.app, g.contact, conversations.Draft{
		ID: d.id("v"), Kind: conversations.Text, Text: "你好，问一下", Data: fmt.Appendf(nil, `{"entry":%q}`, entry),
	})
	d.check(err)
	g.conversation, g.posts = m.Conversation, 1
	if g.urgent = d.rand.IntN(20) == 0; g.urgent {
		d.check(conversations.Write(d.app, func(tx *conversations.Tx) error {
			c, err := tx.Conversation(g.conversation)
			if err != nil {
				return err
			}
			return tx.Prioritize(c, conversations.System(), "urgent")
		}))
	}
}

// work lets somebody answer whoever of theirs has waited longest, if they are
// there and not writing already.
func (d *day) work(p *person) {
	if p.busy || !p.linked || p.disabled || !d.inShift(p) {
		return
	}
	mine, err := conversations.OpenOf(d.app, p.id)
	d.check(err)
	var next *conversations.Conversation
	for _, c := range mine {
		if !c.WaitingSince.IsZero() && (next == nil || c.WaitingSince.Before(next.WaitingSince)) {
			next = c
		}
	}
	if next == nil {
		return
	}
	p.busy = true
	d.at(d.now.Add(d.between(4*time.Second, 16*time.Second)), func() { d.answer(p, next.ID) })
}

// answer sends what p has written, if it is still theirs to.
func (d *day) answer(p *person, conversation string) {
	p.busy = false
	defer d.work(p)
	c, err := conversations.ByID(d.app, conversation)
	d.check(err)
	if !p.linked || p.disabled || c.Assignee != p.id || c.Status != conversations.Open {
		return
	}
	who, err := access.ByID(d.app, p.id)
	d.check(err)
	_, err = conversations.PostAsStaff(d.app, who, conversations.Draft{ID: d.id("s"), Conversation: conversation, Kind: conversations.Text, Text: "好的"})
	d.check(err)
	g := d.guestOf(conversation)
	if g.turns > 0 {
		g.turns--
		d.at(d.now.Add(d.between(10*time.Second, 150*time.Second)), func() { d.speak(g) })
		return
	}
	d.at(d.now.Add(d.between(30*time.Second, 90*time.Second)), func() { d.close(g) })
}

func (d *day) speak(g *guest) {
	m, err := conversations.PostAsVisitor(d.app, g.contact, conversations.Draft{ID: d.id("v"), Kind: conversations.Text, Text: "那这样呢"})
	d.check(err)
	if m.Conversation != g.conversation {
		d.tb.Fatalf("%s spoke into another conversation", g.conversation)
	}
	g.posts++
	d.workOn(g.conversation)
}

// close ends a conversation by whoever has it or, where they have gone home, by
// the supervisor; while the customer waits for an answer it is not the time.
func (d *day) close(g *guest) {
	c, err := conversations.ByID(d.app, g.conversation)
	d.check(err)
	if g.done {
		return
	}
	if !c.WaitingSince.IsZero() || c.Assignee == "" {
		d.at(d.now.Add(time.Minute), func() { d.close(g) })
		return
	}
	by := d.boss
	if p := d.personOf(c.Assignee); p.linked {
		by = p.id
	}
	who, err := access.ByID(d.app, by)
	d.check(err)
	_, err = conversations.Close(d.app, who, d.id("c"), g.conversation)
	d.check(err)
	g.done = true
}

// workOn lets whoever has a conversation look at it.
func (d *day) workOn(conversation string) {
	c, err := conversations.ByID(d.app, conversation)
	d.check(err)
	if p := d.personOf(c.Assignee); p != nil {
		d.work(p)
	}
}

func (d *day) guestOf(conversation string) *guest {
	for i := len(d.guests) - 1; i >= 0; i-- {
		if d.guests[i].conversation == conversation {
			return d.guests[i]
		}
	}
	d.tb.Fatalf("nobody asked in %s", conversation)
	return nil
}

func (d *day) personOf(id string) *person {
	for _, p := range d.people {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (d *day) between(from, to time.Duration) time.Duration {
	return from + time.Duration(d.rand.Int64N(int64((to-from)/time.Millisecond)))*time.Millisecond
}

func (d *day) id(kind string) string { d.ids++; return fmt.Sprintf("%s%d", kind, d.ids) }

// live goes on until end: from one thing that somebody does to the next, from
// one deadline to the next, and second by second while somebody waits or has just
// lost the connection.
func (d *day) live(end time.Time) {
	for d.now.Before(end) {
		next := d.nextByItself(end)
		if len(d.todo) > 0 && d.todo[0].at.Before(next) {
			next = d.todo[0].at
		}
		d.set(next)
		for len(d.todo) > 0 && !d.todo[0].at.After(d.now) {
			heap.Pop(&d.todo).(*plan).do() //nolint:forcetypeassert // nothing else is in it
		}
		d.check(routing.Round(d.app))
		d.check(sla.Sweep(d.app))
		d.look()
	}
}

// nextByItself is the whole second at which something may happen that nobody
// does.
func (d *day) nextByItself(end time.Time) time.Time {
	tick := d.now.Truncate(time.Second).Add(time.Second)
	for _, p := range d.people {
		if !p.left.IsZero() && d.now.Sub(p.left) < 40*time.Second {
			return tick
		}
	}
	var waiting int
	var sweep string
	err := d.app.DB().NewQuery("SELECT (SELECT COUNT(*) FROM conversations WHERE status = 'waiting'), "+
		"COALESCE((SELECT MIN(sweep) FROM conversations WHERE sweep != ''), '')").Row(&waiting, &sweep)
	d.check(err)
	if waiting > 0 && d.staffed() {
		return tick
	}
	if at, err := types.ParseDateTime(sweep); err == nil && sweep != "" && at.Time().Before(end) {
		if due := at.Time().Add(time.Second - time.Nanosecond).Truncate(time.Second); due.After(tick) {
			return due
		}
		return tick
	}
	return end
}

func (d *day) staffed() bool {
	for _, p := range d.people {
		if p.linked {
			return true
		}
	}
	return false
}

// plan is something that is going to happen.
type plan struct {
	at    time.Time
	order int
	do    func()
}

type agenda []*plan

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(*plan)) } //nolint:forcetypeassert // see live
func (a *agenda) Pop() (x any) { x, *a = (*a)[len(*a)-1], (*a)[:len(*a)-1]; return x }

func (d *day) at(when time.Time, do func()) {
	d.planned++
	heap.Push(&d.todo, &plan{when, d.planned, do})
}
