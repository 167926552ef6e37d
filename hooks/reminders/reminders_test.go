package reminders_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
)

var morning = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)

// desk is a shop with two agents of one group, one of another, and a supervisor;
// its clock stands still until it is moved.
type desk struct {
	*testing.T
	app                    *tests.TestApp
	ann, ben, other, chief *access.Person
	customer               *customers.Contact
	token                  string
	now                    time.Time
	told                   chan notices.Notice
	n                      int
}

// at sets the desk's clock. Others read it, so each time is a value of its own.
func (d *desk) at(now time.Time) {
	d.now = now
	clock.Set(d.app, func() time.Time { return now })
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, app: desktest.New(t), now: morning, told: make(chan notices.Notice, 100)}
	d.at(d.now)
	d.must(access.EnsureGroups(d.app), access.EnsureRoles(d.app))
	pre, err := access.GroupBy(d.app, access.PreSale)
	d.must(err)
	_, err = channels.Add(d.app, channels.New{Name: "禾野优选", Default: true, Group: pre.Id})
	d.must(err)
	d.ann, d.ben = d.hire("ann", access.Agent, access.PreSale), d.hire("ben", access.Agent, access.PreSale)
	d.other, d.chief = d.hire("other", access.Agent, access.Complaint), d.hire("chief", access.Supervisor, access.PreSale)
	d.customer, d.token, _, err = customers.Arrive(d.app, customers.Arrival{})
	d.must(err)
	notices.OnTell(d.app).BindFunc(func(e *notices.TellEvent) error {
		if e.Key != "" {
			d.told <- e.Notice
		}
		return e.Next()
	})
	return d
}

func (d *desk) must(errs ...error) {
	d.Helper()
	for _, err := range errs {
		if err != nil {
			d.Fatal(err)
		}
	}
}

func (d *desk) hire(name, role, group string) *access.Person {
	d.Helper()
	s, err := access.AddStaff(d.app, nil, access.Newcomer{
		Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: role, Groups: []string{group},
	})
	d.must(err)
	p, err := access.ByID(d.app, s.Id)
	d.must(err)
	return p
}

func (d *desk) id() string { d.n++; return fmt.Sprint("id", d.n) }

// asks has the customer say something; it is p's from then on.
func (d *desk) asks(p *access.Person) string {
	d.Helper()
	m, err := conversations.PostAsVisitor(d.app, d.customer, conversations.Draft{ID: d.id(), Kind: conversations.Text, Text: "在吗"})
	d.must(err)
	if p != nil {
		_, err = conversations.Take(d.app, p, d.id(), m.Conversation)
		d.must(err)
	}
	return m.Conversation
}

func (d *desk) promises(p *access.Person, conversation, text string, in time.Duration) *reminders.Reminder {
	d.Helper()
	r, err := reminders.Add(d.app, p, reminders.Promise{ID: d.id(), Conversation: conversation, Text: text, Due: d.now.Add(in)})
	d.must(err)
	return r
}

// later moves the clock and lets the worker look.
func (d *desk) later(by time.Duration) {
	d.Helper()
	d.at(d.now.Add(by))
	d.must(reminders.Sweep(d.app))
}

// hears waits for a notice, which is told after the commit.
func (d *desk) hears(key string, to ...string) notices.Notice {
	d.Helper()
	select {
	case n := <-d.told:
		if n.Code != notices.Reminder || n.Key != key || !slices.Equal(n.To, to) {
			d.Fatalf("told %+v, want %s to %v", n, key, to)
		}
		return n
	case <-time.After(5 * time.Second):
		d.Fatalf("nobody is told %s", key)
	}
	return notices.Notice{}
}

func (d *desk) hearsNothing() {
	d.Helper()
	select {
	case n := <-d.told:
		d.Fatalf("told %+v", n)
	default:
	}
}

func (d *desk) sees(p *access.Person, conversation string, want ...string) {
	d.Helper()
	c, err := conversations.SeenBy(d.app, p, conversation)
	d.must(err)
	list, err := reminders.OfConversation(d.app, c)
	d.must(err)
	d.are(list, want)
	d.must(d.app.RunInTransaction(func(app core.App) error { // as the timeline's writer asks
		list, err = reminders.OfConversation(app, c)
		return err
	}))
	d.are(list, want)
}

func (d *desk) hasToKeep(p *access.Person, want ...string) {
	d.Helper()
	list, err := reminders.For(d.app, p)
	d.must(err)
	d.are(list, want)
}

func (d *desk) are(list []*reminders.Reminder, want []string) {
	d.Helper()
	texts := make([]string, 0, len(list))
	for _, r := range list {
		texts = append(texts, r.Text())
	}
	if !slices.Equal(texts, want) {
		d.Errorf("promised %q, want %q", texts, want)
	}
}

func kind(err error) fail.Kind {
	if err == nil {
		return ""
	}
	return fail.Of(err).Kind
}

func TestWhoServesIsRemindedOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	d.promises(d.ann, c, "明天给您答复", time.Hour)
	d.hasToKeep(d.ann, "明天给您答复")
	d.later(time.Hour - time.Millisecond)
	d.hearsNothing()
	d.later(time.Millisecond)
	n := d.hears("reminders.due", d.ann.ID)
	if n.Conversation != c || !slices.Contains(n.Args, any("明天给您答复")) {
		t.Errorf("told %+v", n)
	}
	d.later(time.Hour)
	d.hearsNothing()
	d.hasToKeep(d.ann, "明天给您答复") // told is not kept
}

// A transfer, a giving back, a closing and a new beginning lose no promise: the
// next one who serves has it.
func TestAPromiseFollowsTheCustomer(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	d.promises(d.ann, c, "后天发出", 48*time.Hour)
	_, err := conversations.Transfer(d.app, d.ann, d.id(), c, conversations.Destination{Staff: d.ben})
	d.must(err)
	d.sees(d.ben, c, "后天发出")
	d.hasToKeep(d.ben, "后天发出")
	d.hasToKeep(d.ann)

	_, err = conversations.Close(d.app, d.ben, d.id(), c)
	d.must(err)
	d.hasToKeep(d.ben)
	d.hasToKeep(d.ann, "后天发出") // nobody serves: the owner of the question

	next := d.asks(nil)
	if next == c {
		t.Fatal("no new conversation")
	}
	d.sees(d.ben, next, "后天发出") // it waits in their group, and says what was promised
	_, err = conversations.Take(d.app, d.chief, d.id(), next)
	d.must(err)
	d.hasToKeep(d.chief, "后天发出")
	d.later(48 * time.Hour)
	if n := d.hears("reminders.due", d.chief.ID); n.Conversation != next {
		t.Errorf("told of %s, want %s", n.Conversation, next)
	}
}

func TestWhoIsGoneIsNotAsked(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	d.promises(d.ann, c, "补发一件", time.Hour)
	_, err := conversations.Close(d.app, d.ann, d.id(), c)
	d.must(err)
	d.must(access.Disable(d.app, nil, d.ann.ID))
	d.hasToKeep(d.chief, "补发一件")
	d.hasToKeep(d.other)
	d.later(time.Hour)
	if n := d.hears("reminders.due"); !n.Supervisors {
		t.Errorf("told %+v", n)
	}
}

func TestWhatIsLateIsToldTogether(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	for i := range 3 {
		d.promises(d.ann, c, fmt.Sprint("第", i, "件"), time.Duration(i+1)*time.Hour)
	}
	d.promises(d.ann, c, "以后", 100*time.Hour)
	d.later(50 * time.Hour) // the program stood still
	if n := d.hears("reminders.due_many", d.ann.ID); !slices.Equal(n.Args, []any{"Count", 3}) {
		t.Errorf("told %+v", n)
	}
	d.later(time.Second)
	d.hearsNothing()
}

func TestDoneUndonePutOffDeleted(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	r := d.promises(d.ann, c, "查物流", time.Hour)
	_, err := reminders.Done(d.app, d.ben, r.Id) // whoever sees the conversation may
	d.must(err)
	d.sees(d.ann, c)
	if _, err = reminders.Postpone(d.app, d.ann, r.Id, d.now.Add(time.Hour)); kind(err) != fail.Conflict {
		t.Errorf("what is kept is put off: %v", err)
	}
	d.later(2 * time.Hour)
	d.hearsNothing()
	_, err = reminders.Undo(d.app, d.ann, r.Id)
	d.must(err)
	_, err = reminders.Postpone(d.app, d.ann, r.Id, d.now.Add(time.Hour))
	d.must(err)
	d.later(time.Hour)
	d.hears("reminders.due", d.ann.ID)
	_, err = reminders.Postpone(d.app, d.ann, r.Id, d.now.Add(time.Hour)) // and again
	d.must(err)
	d.later(time.Hour)
	d.hears("reminders.due", d.ann.ID)
	d.must(reminders.Delete(d.app, d.ann, r.Id))
	d.sees(d.ann, c)
	var acts []string
	d.must(d.app.DB().NewQuery("SELECT act FROM audit WHERE seq > 0 AND act LIKE 'reminders.%' ORDER BY seq").Column(&acts))
	want := []string{"reminders.created", "reminders.done", "reminders.undone", "reminders.postponed", "reminders.postponed", "reminders.deleted"}
	if !slices.Equal(acts, want) {
		t.Errorf("the trail tells %v", acts)
	}
}

func TestTheSameIDIsTheSamePromise(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	p := reminders.Promise{ID: "x", Conversation: c, Text: "明天答复", Due: d.now.Add(time.Hour)}
	first, err := reminders.Add(d.app, d.ann, p)
	d.must(err)
	again, err := reminders.Add(d.app, d.ann, p)
	d.must(err)
	if again.Id != first.Id {
		t.Error("written down twice")
	}
	p.Text = "后天答复"
	if _, err = reminders.Add(d.app, d.ann, p); kind(err) != fail.IDReused {
		t.Errorf("other words under the same id: %v", err)
	}
	if _, err = reminders.Add(d.app, d.ben, p); err != nil {
		t.Errorf("a colleague's id: %v", err)
	}
}

func TestWhatIsNotTheirsIsNotThere(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	r := d.promises(d.ann, c, "查物流", time.Hour)
	due := d.now.Add(time.Hour)
	for name, act := range map[string]func() error{
		"add": func() error {
			_, err := reminders.Add(d.app, d.other, reminders.Promise{ID: "o", Conversation: c, Text: "x", Due: due})
			return err
		},
		"done":     func() error { _, err := reminders.Done(d.app, d.other, r.Id); return err },
		"undo":     func() error { _, err := reminders.Undo(d.app, d.other, r.Id); return err },
		"postpone": func() error { _, err := reminders.Postpone(d.app, d.other, r.Id, due); return err },
		"delete":   func() error { return reminders.Delete(d.app, d.other, r.Id) },
		"missing":  func() error { _, err := reminders.Done(d.app, d.ann, "nonenonenonenon"); return err },
	} {
		if got := kind(act()); got != fail.NotFound {
			t.Errorf("%s: %q", name, got)
		}
	}
	d.must(access.Disable(d.app, nil, d.ann.ID))
	if _, err := reminders.Done(d.app, d.ann, r.Id); kind(err) != fail.Unauthorized {
		t.Errorf("whose account is disabled: %v", err)
	}
}

func TestAPromiseHasWordsAndAMomentAhead(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	far := d.now.Add(time.Hour)
	stranger, _, _, err := customers.Arrive(d.app, customers.Arrival{})
	d.must(err)
	elsewhere, err := conversations.PostAsVisitor(d.app, stranger, conversations.Draft{ID: "s", Kind: conversations.Text, Text: "在吗"})
	d.must(err)
	for name, one := range map[string]struct {
		p    reminders.Promise
		want fail.Kind
	}{
		"no words":           {reminders.Promise{ID: "a", Conversation: c, Text: " ", Due: far}, fail.Invalid},
		"too many words":     {reminders.Promise{ID: "b", Conversation: c, Text: strings.Repeat("很", 501), Due: far}, fail.TooLong},
		"over":               {reminders.Promise{ID: "c", Conversation: c, Text: "x", Due: d.now}, fail.Invalid},
		"too far":            {reminders.Promise{ID: "d", Conversation: c, Text: "x", Due: d.now.Add(400 * 24 * time.Hour)}, fail.Invalid},
		"no id":              {reminders.Promise{Conversation: c, Text: "x", Due: far}, fail.Invalid},
		"no message":         {reminders.Promise{ID: "e", Conversation: c, Message: "none", Text: "x", Due: far}, fail.NotFound},
		"another's message":  {reminders.Promise{ID: "f", Conversation: c, Message: elsewhere.ID, Text: "x", Due: far}, fail.NotFound},
		"no conversation":    {reminders.Promise{ID: "g", Conversation: "none", Text: "x", Due: far}, fail.NotFound},
		"as it should be":    {reminders.Promise{ID: "h", Conversation: c, Text: strings.Repeat("很", 500), Due: far}, ""},
		"with the very word": {reminders.Promise{ID: "i", Conversation: elsewhere.Conversation, Message: elsewhere.ID, Text: "x", Due: far}, ""},
	} {
		if _, err = reminders.Add(d.app, d.ann, one.p); kind(err) != one.want {
			t.Errorf("%s: %v, want %q", name, err, one.want)
		}
	}
	record := core.NewRecord(must(d.app.FindCollectionByNameOrId(reminders.Collection)))
	record.Load(map[string]any{"conversation": c, "contact": d.customer.Id, "staff": d.ann.ID, "text": "后门", "client_id": "z"})
	if err = d.app.Save(record); kind(err) != fail.Invalid {
		t.Errorf("without a moment, by the back door: %v", err)
	}
	for range 40 {
		_, err = reminders.Add(d.app, d.ann, reminders.Promise{ID: d.id(), Conversation: c, Text: "x", Due: far})
	}
	if kind(err) != fail.Conflict {
		t.Errorf("no end of promises: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Whoever turns out to be a known customer takes what they were promised along.
func TestAPromiseFollowsTheContactToItsCustomer(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	d.promises(d.ann, c, "改地址", time.Hour)
	ch := must(channels.Default(d.app))
	signed := &channels.Identity{ID: "u-42", HMAC: channels.Sign(ch.Secrets()[0].Text, "u-42", 0)}
	_, phone, _, err := customers.Arrive(d.app, customers.Arrival{Identity: signed}) // known on another device
	d.must(err)
	_, _, _, err = customers.Arrive(d.app, customers.Arrival{Bearer: &d.token, Identity: signed})
	d.must(err)
	if d.customer, _, _, err = customers.Arrive(d.app, customers.Arrival{Bearer: &phone}); err != nil {
		t.Fatal(err)
	}
	d.sees(d.ann, d.asks(nil), "改地址") // whichever device they write from
}

// What was told stays told when the program dies right after, and what was not
// is told by the next one.
func TestTellingSurvivesARestart(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := d.asks(d.ann)
	d.promises(d.ann, c, "一", time.Hour)
	d.promises(d.ann, c, "二", 2*time.Hour)
	d.later(time.Hour)
	d.hears("reminders.due", d.ann.ID)
	again := desktest.After(t, d.app)
	later := d.now.Add(2 * time.Hour)
	clock.Set(again, func() time.Time { return later })
	var told []notices.Notice
	done := make(chan struct{}, 10)
	notices.OnTell(again).BindFunc(func(e *notices.TellEvent) error { told = append(told, e.Notice); done <- struct{}{}; return e.Next() })
	d.must(reminders.Sweep(again), reminders.Sweep(again))
	<-done
	if len(told) != 1 || !slices.Contains(told[0].Args, any("二")) {
		t.Errorf("told %+v", told)
	}
}

// Whoever decides whose a question is asks here.
func TestAPromiseKeepsTheQuestionOpen(t *testing.T) {
	t.Parallel()
	d := open(t)
	c := must(conversations.ByID(d.app, d.asks(d.ann)))
	is := func(want bool) {
		t.Helper()
		if got := must(conversations.Promised(d.app, c)); got != want {
			t.Fatalf("promised: %v", got)
		}
	}
	is(false)
	r := d.promises(d.ann, c.ID, "明天给您答复", time.Hour)
	is(true)
	_, err := reminders.Done(d.app, d.ann, r.Id)
	d.must(err)
	is(false)
}
