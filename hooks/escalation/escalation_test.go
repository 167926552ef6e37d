package escalation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

const password = "orange-Kettle-42"

// shop is a desk with groups, a supervisor and two agents, the second of whom
// takes complaints. Its clock stands until it is set.
type shop struct {
	testing.TB
	app                core.App
	boss, agent, solve *access.Person
	sale, complaint    string // ids of groups
	now                time.Time
	n                  int
}

// at sets the shop's clock. Others read it, so each time is a value of its own.
func (s *shop) at(now time.Time) {
	s.now = now
	clock.Set(s.app, func() time.Time { return now })
}

func open(t testing.TB) *shop {
	t.Helper()
	s := &shop{TB: t, app: desktest.New(t), now: time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)}
	s.at(s.now)
	s.must(access.EnsureGroups(s.app))
	pre, err := access.GroupBy(s.app, access.PreSale)
	s.must(err)
	complaint, err := access.GroupBy(s.app, access.Complaint)
	s.must(err)
	s.sale, s.complaint = pre.Id, complaint.Id
	_, err = channels.Add(s.app, channels.New{Name: "禾野优选", Group: s.sale})
	s.must(err)
	s.boss = s.hire("boss", access.Supervisor, s.sale, s.complaint)
	s.agent = s.hire("pre", access.Agent, s.sale)
	s.solve = s.hire("solve", access.Complaint, s.complaint)
	return s
}

func (s *shop) must(errs ...error) {
	s.Helper()
	if err := errors.Join(errs...); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) hire(name, role string, groups ...string) *access.Person {
	s.Helper()
	one, err := access.AddStaff(s.app, nil, access.Newcomer{Email: name + "@example.com", Nickname: name, Password: password, Role: role, Groups: groups})
	s.must(err)
	p, err := access.ByID(s.app, one.Id)
	s.must(err)
	return p
}

// comes is a customer's first visit.
func (s *shop) comes() *customers.Contact {
	s.Helper()
	c, _, _, err := customers.Arrive(s.app, customers.Arrival{})
	s.must(err)
	return c
}

// says posts words and returns the conversation that they are in.
func (s *shop) says(who *customers.Contact, words string) *conversations.Conversation {
	s.Helper()
	s.n++
	m, err := conversations.PostAsVisitor(s.app, who, conversations.Draft{ID: fmt.Sprint("m", s.n), Kind: conversations.Text, Text: words})
	s.must(err)
	return s.is(m.Conversation)
}

func (s *shop) is(id string) *conversations.Conversation {
	s.Helper()
	c, err := conversations.ByID(s.app, id)
	s.must(err)
	return c
}

func (s *shop) takes(p *access.Person, c *conversations.Conversation) {
	s.Helper()
	s.n++
	_, err := conversations.Take(s.app, p, fmt.Sprint("t", s.n), c.ID)
	s.must(err)
}

func (s *shop) closes(p *access.Person, c *conversations.Conversation) {
	s.Helper()
	s.n++
	_, err := conversations.Close(s.app, p, fmt.Sprint("c", s.n), c.ID)
	s.must(err)
}

// misses has a deadline of c's pass.
func (s *shop) misses(c *conversations.Conversation, kind string) {
	s.Helper()
	s.must(conversations.Write(s.app, func(tx *conversations.Tx) error {
		now, err := tx.Conversation(c.ID)
		if err != nil {
			return err
		}
		return tx.Tell(now, conversations.EventData{Event: conversations.Breach, Kind: kind})
	}))
}

func (s *shop) rule(d escalation.Draft) *escalation.Rule {
	s.Helper()
	if d.Name == "" {
		d.Name = "规则"
	}
	d.Enabled = true
	r, err := escalation.Add(s.app, s.boss, d)
	s.must(err)
	return r
}

// fired are the names of the rules that have fired in c, in their order.
func (s *shop) fired(c *conversations.Conversation) (names []string) {
	s.Helper()
	for _, m := range s.timeline(c) {
		if d := m.Event(); d.Event == conversations.Escalation && d.Rule != nil {
			names = append(names, d.Rule.Name)
		}
	}
	return names
}

func (s *shop) timeline(c *conversations.Conversation) []*conversations.Message {
	s.Helper()
	list, err := conversations.Timeline(s.app, c.ID, 1<<60)
	s.must(err)
	return list
}

func words(list ...string) escalation.When {
	return escalation.When{Words: &escalation.Words{Any: list}}
}

func TestARuleDoesAllItSaysInTheCommitOfTheWord(t *testing.T) {
	t.Parallel()
	s := open(t)
	tag, err := customers.AddTag(s.app, "待跟进", "amber", 1)
	s.must(err)
	told := make(chan notices.Notice, 10)
	notices.OnTell(s.app).BindFunc(func(e *notices.TellEvent) error { told <- e.Notice; return e.Next() })
	s.rule(escalation.Draft{Name: "要投诉", When: words("投诉"), Then: escalation.Then{
		Priority: "urgent", Tags: []string{tag.Id}, Group: s.complaint, Note: "【{规则}】{原因}", Supervisors: true,
	}})
	c := s.says(s.comes(), "再不处理我就 投 诉")
	if c.Priority != "urgent" || c.Group != s.complaint || c.Status != conversations.Waiting || !slices.Equal(c.Tags, []string{tag.Id}) || c.Emotion != conversations.Angry {
		t.Errorf("it is %+v", c)
	}
	var said []string
	for _, m := range s.timeline(c) {
		switch m.Kind {
		case conversations.Event:
			said = append(said, m.Event().Event)
		case conversations.Note:
			said = append(said, m.Text)
		default:
		}
	}
	if got, want := strings.Join(said, " "), "opened marked escalated prioritized tagged queued 【要投诉】提到「投诉」"; got != want {
		t.Errorf("the timeline says %s,\nwant %s", got, want)
	}
	if n := <-told; n.Level != notices.Alarm || !n.Supervisors || n.Conversation != c.ID {
		t.Errorf("told %+v", n)
	}
}

func TestARuleFiresOnceInAConversation(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{Name: "退款", When: words("退款"), Then: escalation.Then{Priority: "high"}})
	who := s.comes()
	s.says(who, "我要退款")
	c := s.says(who, "退款！退款")
	if got := s.fired(c); len(got) != 1 {
		t.Errorf("fired %q", got)
	}
	s.closes(s.boss, c)
	if got := s.fired(s.says(who, "还是要退款")); len(got) != 1 {
		t.Errorf("in the next one it fired %q", got)
	}
}

func TestAPriorityIsOnlyRaised(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{Name: "急", When: words("急"), Then: escalation.Then{Priority: "urgent"}})
	s.rule(escalation.Draft{Name: "高", When: words("退"), Then: escalation.Then{Priority: "high"}})
	s.rule(escalation.Draft{Name: "低", When: words("广告"), Then: escalation.Then{Priority: "low"}})
	for said, want := range map[string]string{"急，要退": "urgent", "退": "high", "广告": "low", "广告，退": "high"} {
		if c := s.says(s.comes(), said); c.Priority != want {
			t.Errorf("%s: %s, want %s", said, c.Priority, want)
		}
	}
}

// What was done by a rule goes when the change does that it follows from.
func TestARefusedChangeLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{When: words("退款"), Then: escalation.Then{Priority: "high", Note: "{原因}"}})
	who := s.comes()
	before := s.says(who, "在吗")
	conversations.OnChange(s.app).BindFunc(func(*conversations.ChangeEvent) error { return fail.New(fail.Forbidden, "fail.forbidden") })
	_, err := conversations.PostAsVisitor(s.app, who, conversations.Draft{ID: "x", Kind: conversations.Text, Text: "我很生气，要退款"})
	if fail.Of(err).Kind != fail.Forbidden {
		t.Fatal(err)
	}
	if c := s.is(before.ID); c.Priority != "normal" || c.Emotion != conversations.Calm || c.Rev != before.Rev || len(s.timeline(c)) != 2 {
		t.Errorf("it is %+v with %d entries", c, len(s.timeline(c)))
	}
}

func TestConditionsHoldInWhateverOrderTheyComeTrue(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{Name: "大额", When: escalation.When{Words: &escalation.Words{Any: []string{"退款"}}, Amount: 500}, Then: escalation.Then{Priority: "high"}})
	s.rule(escalation.Draft{Name: "超时退款", When: escalation.When{Words: &escalation.Words{Any: []string{"退款"}}, Breach: []string{conversations.FirstResponse}}, Then: escalation.Then{Priority: "urgent"}})
	first, second := s.comes(), s.comes()
	s.says(first, "我花了 800 块")
	if c := s.says(first, "能退款吗"); !slices.Equal(s.fired(c), []string{"大额"}) {
		t.Errorf("the sum first: %q", s.fired(c))
	}
	s.says(second, "退款")
	c := s.says(second, "¥500")
	if !slices.Equal(s.fired(c), []string{"大额"}) {
		t.Errorf("the word first: %q", s.fired(c))
	}
	s.misses(c, conversations.FirstResponse)
	if c = s.is(c.ID); !slices.Equal(s.fired(c), []string{"大额", "超时退款"}) || c.Priority != "urgent" {
		t.Errorf("after the deadline: %q, %s", s.fired(c), c.Priority)
	}
}

func TestAMarkGetsWorseByItselfAndPeopleTakeItBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	who := s.comes()
	if c := s.says(who, "等了半天没人回"); c.Emotion != conversations.Upset {
		t.Fatalf("%q", c.Emotion)
	}
	c := s.says(who, "谢谢")
	if c.Emotion != conversations.Upset {
		t.Errorf("kind words took it back: %q", c.Emotion)
	}
	s.must(conversations.Mark(s.app, s.boss, c.ID, conversations.Calm))
	s.must(conversations.SetPriority(s.app, s.boss, c.ID, "high"))
	if c = s.is(c.ID); c.Emotion != conversations.Calm {
		t.Errorf("the old words marked it again: %q", c.Emotion)
	}
	if c = s.says(who, "骗子"); c.Emotion != conversations.Angry {
		t.Errorf("new words: %q", c.Emotion)
	}
}

func TestWhoComesAgainAndTheirLevelCountFromTheFirstWord(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{Name: "三次", When: escalation.When{Again: 3}, Then: escalation.Then{Priority: "high"}})
	s.rule(escalation.Draft{Name: "金卡", When: escalation.When{Levels: []string{"金卡"}}, Then: escalation.Then{Priority: "urgent"}})
	who := s.comes()
	for n := 1; n <= 3; n++ {
		c := s.says(who, "在吗")
		if got := s.fired(c); (n == 3) != (len(got) == 1) {
			t.Errorf("visit %d: %q", n, got)
		}
		s.closes(s.boss, c)
		s.at(s.now.Add(time.Hour))
		if n == 3 {
			level := "金卡"
			_, err := customers.Edit(s.app, c.Customer, customers.Change{Level: &level})
			s.must(err)
		}
	}
	s.at(s.now.Add(23 * time.Hour)) // the first two are out of it
	if got := s.fired(s.says(who, "在吗")); !slices.Equal(got, []string{"金卡"}) {
		t.Errorf("the next day: %q", got)
	}
}

func TestARatingIsFollowedUpThoughTheConversationIsClosed(t *testing.T) {
	t.Parallel()
	s := open(t)
	tag, err := customers.AddTag(s.app, "待跟进", "amber", 1)
	s.must(err)
	s.rule(escalation.Draft{Name: "低分", When: escalation.When{Rating: &escalation.Rating{Most: 2}}, Then: escalation.Then{Tags: []string{tag.Id}, Group: s.complaint, Priority: "urgent", Note: "{原因}"}})
	s.rule(escalation.Draft{Name: "没解决", When: escalation.When{Rating: &escalation.Rating{Unsolved: true}}, Then: escalation.Then{Note: "{原因}"}})
	s.rule(escalation.Draft{Name: "评价里的话", When: words("假货"), Then: escalation.Then{Note: "{原因}"}})
	who := s.comes()
	c := s.says(who, "在吗")
	s.takes(s.agent, c)
	s.closes(s.agent, c)
	no := false
	s.must(conversations.Rate(s.app, who, c.ID, conversations.Rating{Score: 1, Resolved: &no, Comment: "假货"}))
	c = s.is(c.ID)
	if got := s.fired(c); !slices.Equal(got, []string{"低分", "没解决", "评价里的话"}) {
		t.Errorf("fired %q", got)
	}
	if c.Status != conversations.Closed || c.Group == s.complaint || c.Priority != "normal" || !slices.Equal(c.Tags, []string{tag.Id}) || c.Emotion != conversations.Calm {
		t.Errorf("it is %+v", c)
	}
}

func TestAPersonGetsItOnlyWhereTheyAreThere(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{When: words("找专家"), Then: escalation.Then{Staff: s.solve.ID}})
	c := s.says(s.comes(), "找专家")
	if c.Assignee != "" || c.Group != s.complaint {
		t.Errorf("nobody is there, and it is %s's in %s", c.Assignee, c.Group)
	}
	s.must(routing.SetPresence(s.app, s.solve, routing.Online, ""))
	routing.Connected(s.app, s.solve.ID)
	other := s.says(s.comes(), "你好")
	s.takes(s.agent, other)
	if other = s.says(s.contactOf(other), "找专家"); other.Assignee != s.solve.ID || other.Status != conversations.Open {
		t.Errorf("it is %s's", other.Assignee)
	}
}

func (s *shop) contactOf(c *conversations.Conversation) *customers.Contact {
	s.Helper()
	who, err := customers.ContactByID(s.app, c.Contact)
	s.must(err)
	return who
}

// Who is served is not sent to wait for nobody.
func TestWhoServesGoesOnWhereTheGroupIsEmpty(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{When: words("投诉"), Then: escalation.Then{Group: s.complaint, Priority: "high"}})
	who := s.comes()
	c := s.says(who, "你好")
	s.takes(s.agent, c)
	if c = s.says(who, "我要投诉"); c.Assignee != s.agent.ID || c.Priority != "high" {
		t.Errorf("it is %s's, %s", c.Assignee, c.Priority)
	}
}

// A question that has had its answer waits for a person from the moment at which
// a rule asks for one.
func TestWhatARuleTakesFromTheBotWaitsFromThen(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{When: words("投诉"), Then: escalation.Then{Group: s.complaint}})
	list, err := channels.All(s.app)
	s.must(err)
	_, err = channels.Edit(s.app, list[0].Id, channels.New{Name: "禾野优选", Group: s.sale, Entries: []channels.Entry{{ID: "e1", Text: "我要投诉", Answer: "请稍等"}}})
	s.must(err)
	m, err := conversations.PostAsVisitor(s.app, s.comes(), conversations.Draft{ID: "m1", Kind: conversations.Text, Text: "我要投诉", Data: []byte(`{"entry":"e1"}`)})
	s.must(err)
	if c := s.is(m.Conversation); c.Status != conversations.Waiting || c.Group != s.complaint || !c.WaitingSince.Equal(s.now) {
		t.Errorf("it is %s of %s since %s", c.Status, c.Group, c.WaitingSince)
	}
}

func TestWhatIsNotThereAnyMoreIsLeftOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.rule(escalation.Draft{When: words("投诉"), Then: escalation.Then{
		Priority: "high", Group: "gonegonegonegon", Staff: "gonegonegonegon", Tags: []string{"gonegonegonegon"}, Note: "{原因}",
	}})
	if c := s.says(s.comes(), "投诉"); c.Priority != "high" || c.Group != s.sale || len(s.fired(c)) != 1 {
		t.Errorf("it is %+v", c)
	}
}

func TestRulesFollowTheHeirOfAGroupAndATagThatWasMerged(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, err := customers.AddTag(s.app, "a", "amber", 1)
	s.must(err)
	b, err := customers.AddTag(s.app, "b", "amber", 2)
	s.must(err)
	r := s.rule(escalation.Draft{When: escalation.When{Groups: []string{s.complaint, s.sale}}, Then: escalation.Then{Group: s.complaint, Tags: []string{a.Id}}})
	_, err = customers.MergeTags(s.app, a.Id, b.Id)
	s.must(err, access.DeleteGroup(s.app, nil, s.complaint, s.sale))
	r, err = escalation.ByID(s.app, r.Id)
	s.must(err)
	if !slices.Equal(r.Then().Tags, []string{b.Id}) || r.Then().Group != s.sale || !slices.Equal(r.When().Groups, []string{s.sale}) {
		t.Errorf("%+v → %+v", r.When(), r.Then())
	}
}

// The rules of a rule hold for whoever writes one, also for the dashboard.
func TestARawRecordIsHeldToTheRules(t *testing.T) {
	t.Parallel()
	s := open(t)
	collection, err := s.app.FindCollectionByNameOrId(escalation.Collection)
	s.must(err)
	save := func(name, when, then string) error {
		r := core.NewRecord(collection)
		r.Set("name", name)
		r.Set("enabled", true)
		r.Set("conditions", when)
		r.Set("actions", then)
		return s.app.Save(r)
	}
	for _, c := range [][3]string{
		{"", `{"amount":5}`, `{"priority":"high"}`},
		{"a", `{}`, `{"priority":"high"}`},
		{"a", `{"amount":5}`, `{}`},
		{"a", `[]`, `{"priority":"high"}`},
		{"a", `{"amount":-1}`, `{"priority":"high"}`},
		{"a", `{"words":{"any":[]}}`, `{"priority":"high"}`},
		{"a", `{"words":{"any":["!"]}}`, `{"priority":"high"}`},
		{"a", `{"script":"x"}`, `{"priority":"high"}`},
		{"a", `{"emotion":"sad"}`, `{"priority":"high"}`},
		{"a", `{"breach":["x"]}`, `{"priority":"high"}`},
		{"a", `{"again":1}`, `{"priority":"high"}`},
		{"a", `{"rating":{}}`, `{"priority":"high"}`},
		{"a", `{"amount":5}`, `{"priority":"top"}`},
		{"a", `{"amount":5}`, `{"tags":["1","2","3","4","5","6"]}`},
		{"a", `{"amount":5}`, `{"note":"` + strings.Repeat("长", 1001) + `"}`},
		{"a", `null`, `null`},
	} {
		if err := save(c[0], c[1], c[2]); err == nil {
			t.Errorf("saved %q", c)
		}
	}
	s.must(save("好", `{"words":{"any":["退货"]},"rating":{"unsolved":true}}`, `{"priority":"high"}`))
	s.must(save("能用", `{"words":{"any":["退货"]}}`, `{"priority":"high"}`))
	if c := s.says(s.comes(), "退货"); !slices.Equal(s.fired(c), []string{"能用"}) {
		t.Errorf("fired %q", s.fired(c))
	}
}

// A rule that another process has changed is another one within a second.
func TestAChangeByAnotherProcessIsSeen(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.rule(escalation.Draft{When: words("退货"), Then: escalation.Then{Priority: "high"}})
	s.says(s.comes(), "你好") // cached
	_, err := s.app.DB().NewQuery("UPDATE escalation_rules SET enabled = FALSE, updated = '2099-01-01 00:00:00.000Z' WHERE id = '" + r.Id + "'").Execute()
	s.must(err)
	deadline := time.After(3 * time.Second)
	for len(s.fired(s.says(s.comes(), "退货"))) > 0 {
		select {
		case <-deadline:
			t.Fatal("not seen within three seconds")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestWhoMayNotEditRulesDoesNot(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.rule(escalation.Draft{When: words("退货"), Then: escalation.Then{Priority: "high"}})
	_, err := escalation.Add(s.app, s.agent, escalation.Draft{Name: "x", When: words("x"), Then: escalation.Then{Priority: "high"}})
	for _, err := range []error{
		err, escalation.Edit(s.app, s.agent, r.Id, escalation.Draft{}), escalation.Switch(s.app, s.agent, r.Id, false), escalation.Delete(s.app, s.agent, r.Id),
		escalation.Restore(s.app, s.agent, r.Id), escalation.Arrange(s.app, s.agent, nil),
	} {
		if fail.Of(err).Kind != fail.Forbidden {
			t.Errorf("an agent: %v", err)
		}
	}
}

func TestPresetsAreMadeOnceAndWork(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.must(escalation.EnsureRules(s.app), escalation.EnsureRules(s.app))
	all, err := escalation.All(s.app)
	s.must(err)
	if len(all) != 6 || all[0].Then().Group != s.complaint || !all[0].Enabled() || strings.Contains(all[0].Name(), "escalation.") {
		t.Fatalf("%d presets, the first %+v", len(all), all[0].Then())
	}
	s.must(escalation.Delete(s.app, s.boss, all[0].Id), escalation.EnsureRules(s.app))
	if again, _ := escalation.All(s.app); len(again) != 5 {
		t.Errorf("%d after one was deleted", len(again))
	}
	s.must(escalation.Restore(s.app, s.boss, all[0].Id))
	who := s.comes()
	if c := s.says(who, "不投诉，就问问什么时候发货"); len(s.fired(c)) != 0 {
		t.Errorf("fired %q", s.fired(c))
	}
	if c := s.says(who, "打12315"); len(s.fired(c)) != 2 || c.Priority != "urgent" || c.Group != s.complaint {
		t.Errorf("fired %q: %+v", s.fired(c), c)
	}
}
