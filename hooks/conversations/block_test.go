package conversations_test

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// hired is somebody who works there, of a preset role.
func hired(t *testing.T, app core.App, role, name string) *access.Person {
	t.Helper()
	for _, err := range []error{access.EnsureGroups(app), access.EnsureRoles(app)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: role + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: role})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, s.Id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestABlockEndsByItself(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now()
	clock.Set(app, func() time.Time { return now })
	boss, agent := hired(t, app, access.Supervisor, "主管"), hired(t, app, access.Agent, "客服")
	who := contact(t, app)
	say := func(id string) error {
		_, err := conversations.PostAsVisitor(app, who, text(id, "骗子"))
		return err
	}
	if err := say("m1"); err != nil {
		t.Fatal(err)
	}
	c, err := conversations.Latest(app, who.Id)
	if err != nil {
		t.Fatal(err)
	}
	block := func(p *access.Person, b customers.Block) error { return conversations.Block(app, p, c.Customer, b) }
	hour := customers.Block{Reason: "辱骂", Until: now.Add(time.Hour)}
	if err = block(agent, hour); fail.Of(err).Kind != fail.Forbidden {
		t.Errorf("an agent blocks: %v", err)
	}
	for name, b := range map[string]customers.Block{"no reason": {Reason: " "}, "an end in the past": {Reason: "x", Until: now.Add(-time.Second)}, "an end far away": {Reason: "x", Until: now.AddDate(9, 0, 0)}} {
		if err = block(boss, b); fail.Of(err).Kind != fail.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err = block(boss, hour); err != nil {
		t.Fatal(err)
	}
	if c, err = conversations.ByID(app, c.ID); err != nil || c.Status != conversations.Closed {
		t.Errorf("the conversation is %s, %v", c.Status, err)
	}
	err = say("m2")
	if f := fail.Of(err); f.Kind != fail.Blocked || f.Text("zh-CN") == f.Text("en") {
		t.Errorf("a blocked visitor writes: %v", err)
	}
	if err = say("m1"); err != nil {
		t.Errorf("what was said before is not found again: %v", err)
	}
	list, err := conversations.ThreadForVisitor(app, who.Id, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Event().Event == conversations.Blocked {
			t.Error("the visitor hears that they are blocked, and why")
		}
	}
	now = now.Add(time.Hour + time.Second)
	if err = say("m3"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestUnblockingLetsThemWrite(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	boss := hired(t, app, access.Supervisor, "主管")
	who := contact(t, app)
	if _, err := conversations.PostAsVisitor(app, who, text("m1", "在吗")); err != nil {
		t.Fatal(err)
	}
	c, err := conversations.Latest(app, who.Id)
	if err != nil {
		t.Fatal(err)
	}
	if err = conversations.Block(app, boss, c.Customer, customers.Block{Reason: "刷屏"}); err != nil {
		t.Fatal(err)
	}
	if b := reread(t, app, who).Block(); b == nil || b.Reason != "刷屏" || b.Staff != boss.ID || !b.Until.IsZero() || !b.Holds(time.Now().AddDate(100, 0, 0)) {
		t.Errorf("blocked: %+v", b)
	}
	if err = conversations.Unblock(app, boss, c.Customer); err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.PostAsVisitor(app, who, text("m2", "在吗")); err != nil {
		t.Errorf("unblocked: %v", err)
	}
	found, err := audit.Find(t.Context(), app, audit.Query{On: []audit.Object{{Kind: customers.Customers, ID: c.Customer}}})
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]string{}
	for _, e := range found.Entries {
		acts[e.Act] = e.Actor
	}
	if acts["contacts.blocked"] != boss.ID || acts["contacts.unblocked"] != boss.ID {
		t.Errorf("the trail tells %v", acts)
	}
}

func reread(t *testing.T, app core.App, c *customers.Contact) *customers.Contact {
	t.Helper()
	now, err := customers.ContactByID(app, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	return now
}
