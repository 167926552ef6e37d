package sla_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// desk is a shop under a clock of the test's.
type desk struct {
	t       testing.TB
	app     core.App
	now     *atomic.Pointer[time.Time]
	channel *channels.Channel
	told    []notices.Notice
	sent    int
}

// monday is one at noon in Shanghai.
var monday = time.Date(2026, 3, 2, 12, 0, 0, 0, hours.Zone("Asia/Shanghai"))

func open(t testing.TB, app core.App) *desk {
	t.Helper()
	d := &desk{t: t, app: app, now: &atomic.Pointer[time.Time]{}}
	d.at(monday)
	clock.Set(app, func() time.Time { return *d.now.Load() })
	notices.OnTell(app).BindFunc(func(e *notices.TellEvent) error { d.told = append(d.told, e.Notice); return e.Next() })
	return d
}

func furnished(t testing.TB) *desk {
	t.Helper()
	app := desktest.New(t)
	d := open(t, app)
	ch, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true})
	if err != nil {
		t.Fatal(err)
	}
	d.channel = ch
	return d
}

func (d *desk) at(now time.Time)           { d.now.Store(&now) }
func (d *desk) later(passed time.Duration) { d.at(d.now.Load().Add(passed)) }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) set(change func(*sla.Settings)) {
	d.t.Helper()
	s := sla.Standard()
	change(&s)
	d.must(sla.Save(d.app, s))
}

func (d *desk) sweep() {
	d.t.Helper()
	d.must(sla.Sweep(d.app))
}

func (d *desk) visitor() *customers.Contact {
	d.t.Helper()
	c, _, _, err := customers.Arrive(d.app, customers.Arrival{})
	d.must(err)
	return c
}

func (d *desk) draft(text string) conversations.Draft {
	d.sent++
	return conversations.Draft{ID: fmt.Sprintf("m%d", d.sent), Kind: conversations.Text, Text: text}
}

// left is a message to leave.
func (d *desk) left(text string) conversations.MessageLeft {
	return conversations.MessageLeft{ID: d.draft(text).ID, Text: text}
}

// says has a visitor say something, and tells in which conversation.
func (d *desk) says(c *customers.Contact) string {
	d.t.Helper()
	m, err := conversations.PostAsVisitor(d.app, c, d.draft("在吗"))
	d.must(err)
	return m.Conversation
}

func (d *desk) answers(p *access.Person, id string) {
	d.t.Helper()
	draft := d.draft("在的")
	draft.Conversation = id
	_, err := conversations.PostAsStaff(d.app, p, draft)
	d.must(err)
}

func (d *desk) colleague(name string) *access.Person {
	d.t.Helper()
	s, err := access.AddStaff(d.app, nil, access.Newcomer{Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: access.Owner})
	d.must(err)
	p, err := access.ByID(d.app, s.Id)
	d.must(err)
	return p
}

// onLine is somebody of a group who is there.
func (d *desk) onLine(name, group string) {
	d.t.Helper()
	s, err := access.AddStaff(d.app, nil, access.Newcomer{Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: access.Agent, Groups: []string{group}})
	d.must(err)
	p, err := access.ByID(d.app, s.Id)
	d.must(err)
	routing.Connected(d.app, p.ID)
	d.must(routing.SetPresence(d.app, p, routing.Online, ""))
}

func (d *desk) group(name string, week hours.Week) string {
	d.t.Helper()
	g, err := access.AddGroup(d.app, d.owner(), access.GroupDraft{Name: name, Hours: week})
	d.must(err)
	return g.Id
}

func (d *desk) owner() *access.Person {
	d.t.Helper()
	people, err := access.People(d.app)
	d.must(err)
	if len(people) > 0 {
		return people[0]
	}
	return d.colleague("owner")
}

// change changes a conversation as something that is not tested here would.
func (d *desk) change(id string, do func(*conversations.Conversation)) {
	d.t.Helper()
	d.must(conversations.Write(d.app, func(tx *conversations.Tx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		do(c)
		tx.Save(c)
		return nil
	}))
}

func (d *desk) deadlines(id string) []conversations.Deadline {
	d.t.Helper()
	c, err := conversations.ByID(d.app, id)
	d.must(err)
	return c.Deadlines
}

// one is the deadline of a kind, the zero one where there is none.
func (d *desk) one(id, kind string) conversations.Deadline {
	d.t.Helper()
	list := d.deadlines(id)
	if i := slices.IndexFunc(list, func(l conversations.Deadline) bool { return l.Kind == kind }); i >= 0 {
		return list[i]
	}
	return conversations.Deadline{}
}

// due holds when a deadline of a kind ends, "" for none.
func (d *desk) due(id, kind, want string) {
	d.t.Helper()
	got := ""
	if at := d.one(id, kind).Due; !at.IsZero() {
		got = at.In(monday.Location()).Format("01-02 15:04:05")
	}
	if got != want {
		d.t.Errorf("%s is due at %q, want %q", kind, got, want)
	}
}

// happened are the events of deadlines in a timeline, as "breached first".
func (d *desk) happened(id string) (list []string) {
	d.t.Helper()
	entries, err := conversations.Timeline(d.app, id, 1<<60)
	d.must(err)
	for _, m := range entries {
		if e := m.Event(); e.Event == conversations.Breach || e.Event == conversations.Escalation {
			list = append(list, e.Event+" "+e.Kind)
		}
	}
	return list
}

func (d *desk) codes() (list []string) {
	for _, n := range d.told {
		list = append(list, n.Code)
	}
	return list
}

func same[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// mustContact is who speaks in a conversation.
func mustContact(d *desk, id string) *customers.Contact {
	d.t.Helper()
	c, err := conversations.ByID(d.app, id)
	d.must(err)
	contact, err := customers.ContactByID(d.app, c.Contact)
	d.must(err)
	return contact
}
