package customers_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// shop is a desk with a channel.
type shop struct {
	*tests.TestApp
	t       testing.TB
	channel *channels.Channel
}

func open(t testing.TB) shop {
	t.Helper()
	app := desktest.Bare(t)
	channels.Register(app, &web.Table{})
	customers.Register(app)
	return shop{TestApp: app, t: t, channel: channel(t, app, "官网")}
}

func channel(t testing.TB, app core.App, name string) *channels.Channel {
	t.Helper()
	c, err := channels.Add(app, channels.New{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signed is an identity as the shop's site signs it for the channel.
func signed(c *channels.Channel, id string) *channels.Identity {
	return &channels.Identity{ID: id, HMAC: channels.Sign(c.Secrets()[0].Text, id, 0)}
}

type visitor struct {
	*customers.Contact
	token, session string
}

func (s shop) arrive(a customers.Arrival) visitor {
	s.t.Helper()
	c, token, session, err := customers.Arrive(s, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return visitor{c, token, session}
}

func (s shop) count(table string) (n int) {
	s.t.Helper()
	if err := s.DB().Select("COUNT(*)").From(table).Row(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestANewVisitorIsAnonymous(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{Lang: "en-GB", Page: &customers.Page{URL: "https://shop.example/p/1", Title: "茶", Kind: "product", Referrer: "https://search.example/?q=tea"}})
	if v.Customer() != "" || v.Identity() != "" || v.Channel() != s.channel.Id || v.Lang() != "en" {
		t.Errorf("contact: %v", v.PublicExport())
	}
	if v.Name() != "访客"+v.Id[11:] || v.NameIn("en") != "Visitor "+v.Id[11:] {
		t.Errorf("name = %q, %q", v.Name(), v.NameIn("en"))
	}
	if v.Page().Kind != "product" || v.Source() != "https://search.example/?q=tea" {
		t.Errorf("page = %+v, source = %q", v.Page(), v.Source())
	}
	if len(v.token) != 43 {
		t.Errorf("token of %d characters", len(v.token))
	}
	var stored string
	if err := s.DB().NewQuery("SELECT hash || contact || id FROM visitor_sessions").Row(&stored); err != nil || strings.Contains(stored, v.token) {
		t.Errorf("the token is stored: %q, %v", stored, err)
	}
	got, session, err := customers.BySession(s, v.token)
	if err != nil || got.Id != v.Id || session != v.session {
		t.Errorf("by session = %v, %q, %v", got, session, err)
	}
	if contact, err := customers.SessionAlive(s, v.session); err != nil || contact != v.Id {
		t.Errorf("alive = %q, %v", contact, err)
	}
}

func TestATokenContinuesTheSameVisitor(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	again := s.arrive(customers.Arrival{Bearer: &v.token, Channel: "of no matter"})
	if again.Id != v.Id || again.token != v.token || again.session != v.session {
		t.Errorf("%+v continued as %+v", v, again)
	}
	if s.count(customers.Sessions) != 1 || s.count(customers.Contacts) != 1 {
		t.Error("continuing made something")
	}
}

func TestAWrongTokenIsNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	flipped := func(i int) string {
		b := []byte(v.token)
		b[i] ^= 1
		return string(b)
	}
	for _, token := range []string{
		"", " ", "null", "0", "true", "[]", "{}", `{"$ne":1}`, "%", "' OR 1=1 --", v.token[:42], v.token + "A", v.token + "=", strings.ToUpper(v.token),
		flipped(0), flipped(20), flipped(42), v.session, v.Id, strings.Repeat("A", 43), strings.Repeat("x", 10000), v.token + "\n", "\x00" + v.token,
	} {
		if _, _, _, err := customers.Arrive(s, customers.Arrival{Bearer: &token}); fail.Of(err).Kind != fail.Unauthorized {
			t.Errorf("arrive with %.50q: %v", token, err)
		}
		if _, _, err := customers.BySession(s, token); fail.Of(err).Kind != fail.Unauthorized {
			t.Errorf("by session %.50q: %v", token, err)
		}
	}
	for _, id := range []string{"", v.token, v.Id, "nope"} {
		if _, err := customers.SessionAlive(s, id); fail.Of(err).Kind != fail.Unauthorized {
			t.Errorf("session %q is alive: %v", id, err)
		}
	}
	if s.count(customers.Contacts) != 1 {
		t.Error("a wrong token made a visitor")
	}
}

func TestAWrongIdentityIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	other := channel(t, s, "H5")
	wrong := signed(s.channel, "u-1")
	wrong.ID = "u-2"
	for name, a := range map[string]customers.Arrival{
		"new visitor":             {Identity: wrong},
		"new, other channel's":    {Identity: signed(other, "u-1")},
		"known":                   {Bearer: &v.token, Identity: wrong},
		"known, other channel's":  {Bearer: &v.token, Channel: other.Id, Identity: signed(other, "u-1")},
		"empty":                   {Identity: &channels.Identity{}},
		"new, on another channel": {Channel: other.Id, Identity: signed(s.channel, "u-1")},
	} {
		if _, _, _, err := customers.Arrive(s, a); fail.Of(err).Kind != fail.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.count(customers.Contacts) != 1 || s.count(customers.Customers) != 0 || s.count(customers.Sessions) != 1 {
		t.Error("a refused identity left something behind")
	}
	if _, _, _, err := customers.Arrive(s, customers.Arrival{Channel: "nope"}); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("unknown channel: %v", err)
	}
}

func TestDevicesOfACustomerShareOneContact(t *testing.T) {
	t.Parallel()
	s := open(t)
	phone := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	laptop := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	if phone.Id != laptop.Id || phone.token == laptop.token || phone.session == laptop.session {
		t.Errorf("phone %+v, laptop %+v", phone, laptop)
	}
	c, err := customers.ByID(s, phone.Customer())
	if err != nil || c.ExternalID() != "u-1" {
		t.Errorf("customer = %v, %v", c, err)
	}
	other := channel(t, s, "H5")
	h5 := s.arrive(customers.Arrival{Channel: other.Id, Identity: signed(other, "u-1")})
	if h5.Id == phone.Id || h5.Customer() != phone.Customer() {
		t.Error("another channel is another contact of the same customer")
	}
	if contacts, err := customers.ContactsOf(s, phone.Customer()); err != nil || len(contacts) != 2 {
		t.Errorf("contacts = %v, %v", contacts, err)
	}
	if contacts, err := customers.ContactsOf(s, ""); err != nil || len(contacts) != 0 {
		t.Errorf("nobody's contacts = %v, %v", contacts, err)
	}
}

func TestAnAnonymousContactBecomesTheCustomers(t *testing.T) {
	t.Parallel()
	s := open(t)
	var events []customers.LinkEvent
	customers.OnLink(s).BindFunc(func(e *customers.LinkEvent) error {
		if !e.App.IsTransactional() {
			t.Error("told outside of the transaction")
		}
		events = append(events, customers.LinkEvent{Contact: e.Contact, From: e.From, To: e.To})
		return e.Next()
	})
	v := s.arrive(customers.Arrival{})
	who := signed(s.channel, "u-1")
	who.Name, who.Avatar = " 王\n小 明\u202e ", "https://cdn.example/a.png"
	linked := s.arrive(customers.Arrival{Bearer: &v.token, Identity: who})
	if linked.Id != v.Id || linked.token != v.token || linked.Identity() != "u-1" || linked.Name() != "王 小 明" {
		t.Errorf("linked = %v", linked.PublicExport())
	}
	if linked.Avatar() != "" {
		t.Errorf("a remote avatar is shown: %q", linked.Avatar())
	}
	again := s.arrive(customers.Arrival{Bearer: &v.token, Identity: who})
	if again.Id != v.Id || again.Customer() != linked.Customer() {
		t.Errorf("again = %v", again.PublicExport())
	}
	want := []customers.LinkEvent{{Contact: v.Id, To: linked.Customer()}}
	if !reflect.DeepEqual(events, want) {
		t.Errorf("events = %+v", events)
	}
	// Without the identity they are still who they were.
	if plain := s.arrive(customers.Arrival{Bearer: &v.token}); plain.Id != v.Id || plain.Identity() != "u-1" {
		t.Errorf("plain = %v", plain.PublicExport())
	}
}

func TestWhatStaffWroteFollowsTheCustomer(t *testing.T) {
	t.Parallel()
	s := open(t)
	tag := func(name string) string {
		made, err := customers.AddTag(s, name, "gold", 1)
		if err != nil {
			t.Fatal(err)
		}
		return made.Id
	}
	vip, slow := tag("VIP"), tag("慢")
	edit := func(id string, to customers.Change) {
		if _, err := customers.Edit(s, id, to); err != nil {
			t.Fatal(err)
		}
	}
	text := func(v string) *string { return &v }

	known := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	edit(known.Customer(), customers.Change{Phone: text("13800138000"), Tags: &[]string{vip}})
	v := s.arrive(customers.Arrival{})
	anonymous, err := customers.EnsureCustomer(s, v.Id)
	if err != nil {
		t.Fatal(err)
	}
	edit(anonymous, customers.Change{Phone: text("13900139000"), Region: text("云南"), Tags: &[]string{slow, vip}})
	if _, err = customers.AddNote(s, anonymous, "staff1", "怕苦"); err != nil {
		t.Fatal(err)
	}

	linked := s.arrive(customers.Arrival{Bearer: &v.token, Identity: signed(s.channel, "u-1")})
	if linked.Id != v.Id || linked.Customer() != known.Customer() {
		t.Fatalf("linked = %v", linked.PublicExport())
	}
	c, err := customers.ByID(s, known.Customer())
	if err != nil || c.Phone() != "13800138000" || c.Region() != "云南" || len(c.Tags()) != 2 {
		t.Errorf("customer = %v, %v", c.PublicExport(), err)
	}
	if notes, err := customers.NotesOf(s, c.Id, "", 10); err != nil || len(notes) != 1 {
		t.Errorf("notes = %v, %v", notes, err)
	}
	if _, err := customers.ByID(s, anonymous); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("the anonymous customer stayed: %v", err)
	}
}

func TestAnAnonymousCustomerBecomesKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	before, err := customers.EnsureCustomer(s, v.Id)
	if err != nil {
		t.Fatal(err)
	}
	linked := s.arrive(customers.Arrival{Bearer: &v.token, Identity: signed(s.channel, "u-1")})
	if linked.Customer() != before {
		t.Errorf("customer %q became %q", before, linked.Customer())
	}
	if c, err := customers.ByExternalID(s, "u-1"); err != nil || c.Id != before {
		t.Errorf("u-1 = %v, %v", c, err)
	}
}

func TestASharedComputerKeepsPeopleApart(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	second := s.arrive(customers.Arrival{Bearer: &first.token, Identity: signed(s.channel, "u-2")})
	if second.Id == first.Id || second.token == first.token || second.Customer() == first.Customer() || second.Identity() != "u-2" {
		t.Errorf("first %v, second %v", first.PublicExport(), second.PublicExport())
	}
	if still, _, err := customers.BySession(s, first.token); err != nil || still.Identity() != "u-1" {
		t.Errorf("the first one's session = %v, %v", still, err)
	}
	back := s.arrive(customers.Arrival{Bearer: &second.token, Identity: signed(s.channel, "u-1")})
	if back.Id != first.Id {
		t.Error("the first one found another contact")
	}
}

func TestArrivingAtOnceMakesOneContact(t *testing.T) {
	t.Parallel()
	s := open(t)
	var arrived sync.WaitGroup
	tokens := make([]string, 8)
	for i := range tokens {
		arrived.Go(func() {
			var err error
			if _, tokens[i], _, err = customers.Arrive(s, customers.Arrival{Identity: signed(s.channel, "u-1")}); err != nil {
				t.Error(err)
			}
		})
	}
	arrived.Wait()
	slices.Sort(tokens)
	if s.count(customers.Contacts) != 1 || s.count(customers.Customers) != 1 || len(slices.Compact(tokens)) != 8 {
		t.Errorf("%d contacts, %d customers", s.count(customers.Contacts), s.count(customers.Customers))
	}
}

func TestAFailedLinkLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	customers.OnLink(s).BindFunc(func(*customers.LinkEvent) error { return fail.New(fail.Full, "fail.full") })
	_, _, _, err := customers.Arrive(s, customers.Arrival{Bearer: &v.token, Identity: signed(s.channel, "u-1")})
	if fail.Of(err).Kind != fail.Full {
		t.Fatalf("arrive = %v", err)
	}
	if got, _, err := customers.BySession(s, v.token); err != nil || got.Identity() != "" || s.count(customers.Customers) != 0 {
		t.Errorf("contact = %v, %v", got.PublicExport(), err)
	}
}

func TestEnsureCustomerOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	var first string
	err := s.RunInTransaction(func(app core.App) (err error) {
		first, err = customers.EnsureCustomer(app, v.Id)
		return err
	})
	second, again := customers.EnsureCustomer(s, v.Id)
	if err != nil || again != nil || first == "" || first != second || s.count(customers.Customers) != 1 {
		t.Errorf("%q, %v; %q, %v", first, err, second, again)
	}
	if c, err := customers.ByID(s, first); err != nil || c.Created().IsZero() || len(c.Tags()) != 0 {
		t.Errorf("customer = %v, %v", c, err)
	}
	if _, err := customers.EnsureCustomer(s, "nope"); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("unknown contact: %v", err)
	}
}

// lastSeen makes it so long ago that a row was seen.
func (s shop) lastSeen(table, id string, ago time.Duration) {
	s.t.Helper()
	moment, err := types.ParseDateTime(time.Now().Add(-ago))
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.DB().Update(table, dbx.Params{"seen": moment.String()}, dbx.HashExp{"id": id}).Execute(); err != nil {
		s.t.Fatal(err)
	}
}

const year = 365 * 24 * time.Hour

func TestASessionDiesUnusedAfterAYear(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	s.lastSeen(customers.Sessions, v.session, year-time.Hour)
	s.lastSeen(customers.Contacts, v.Id, year-time.Hour)
	if got, _, err := customers.BySession(s, v.token); err != nil || time.Since(got.Seen().Time()) < time.Hour {
		t.Fatalf("a day before: %v, %v", got, err)
	}
	if got, _, err := customers.BySession(s, v.token); err != nil || time.Since(got.Seen().Time()) > time.Minute {
		t.Errorf("using it was not noted: %v, %v", got.Seen(), err)
	}
	s.lastSeen(customers.Sessions, v.session, year+time.Hour)
	if _, _, err := customers.BySession(s, v.token); fail.Of(err).Kind != fail.Unauthorized {
		t.Errorf("a day after: %v", err)
	}
	if _, err := customers.SessionAlive(s, v.session); fail.Of(err).Kind != fail.Unauthorized {
		t.Errorf("a day after: %v", err)
	}
	if _, _, _, err := customers.Arrive(s, customers.Arrival{Bearer: &v.token}); fail.Of(err).Kind != fail.Unauthorized {
		t.Errorf("a day after: %v", err)
	}
}

// C76. Who has not been back for a year goes.
func TestSweep(t *testing.T) {
	t.Parallel()
	s := open(t)
	silent, spoke, alive, two := s.arrive(customers.Arrival{}), s.arrive(customers.Arrival{}), s.arrive(customers.Arrival{}), s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	second := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	if _, err := customers.EnsureCustomer(s, spoke.Id); err != nil {
		t.Fatal(err)
	}
	for _, v := range []visitor{silent, spoke, two} {
		s.lastSeen(customers.Sessions, v.session, year+time.Hour)
	}
	if err := customers.Sweep(s, time.Now()); err != nil {
		t.Fatal(err)
	}
	for v, want := range map[visitor]bool{silent: false, spoke: false, alive: true, two: false, second: true} {
		if _, err := customers.SessionAlive(s, v.session); want != (err == nil) {
			t.Errorf("session of %s: %v", v.Id, err)
		}
	}
	var left []string
	if err := s.DB().Select("id").From(customers.Contacts).Column(&left); err != nil {
		t.Fatal(err)
	}
	want := []string{spoke.Id, alive.Id, two.Id}
	slices.Sort(left)
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("contacts left = %v, want %v", left, want)
	}
}

func TestPagesAreCutToSize(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	for name, c := range map[string]struct{ page, want customers.Page }{
		"plain":        {customers.Page{URL: "https://a.example/x?id=1&y=2#z", Title: "标题", Kind: "cart"}, customers.Page{URL: "https://a.example/x?id=1", Title: "标题", Kind: "cart"}},
		"script":       {customers.Page{URL: "javascript:alert(1)", Title: "x"}, customers.Page{Title: "x"}},
		"data":         {customers.Page{URL: "data:text/html,x"}, customers.Page{}},
		"password":     {customers.Page{URL: "https://u:p@a.example/"}, customers.Page{URL: "https://a.example/"}},
		"long query":   {customers.Page{URL: "https://a.example/x?" + strings.Repeat("q", 5000)}, customers.Page{URL: "https://a.example/x"}},
		"long path":    {customers.Page{URL: "https://a.example/" + strings.Repeat("p", 5000)}, customers.Page{URL: "https://a.example"}},
		"long title":   {customers.Page{Title: strings.Repeat("长", 300)}, customers.Page{Title: strings.Repeat("长", 200)}},
		"hidden marks": {customers.Page{Title: "a\u202eb\x00c\nd"}, customers.Page{Title: "abc d"}},
		"not UTF-8":    {customers.Page{Title: "a\xffb"}, customers.Page{Title: "a\uFFFDb"}},
	} {
		if err := customers.SetPage(s, v.Id, c.page); err != nil {
			t.Fatal(err)
		}
		got, err := customers.ContactByID(s, v.Id)
		if err != nil {
			t.Fatal(err)
		}
		page := got.Page()
		if page.Since.IsZero() {
			t.Errorf("%s: since when?", name)
		}
		if page.Since = (time.Time{}); page != c.want {
			t.Errorf("%s: %+v", name, page)
		}
	}
}

// What is escaped in JSON takes six times its length.
func TestAPageOfMarksArrives(t *testing.T) {
	t.Parallel()
	s := open(t)
	marks := "https://a.example/" + strings.Repeat("&", 1980)
	v := s.arrive(customers.Arrival{Page: &customers.Page{URL: marks, Title: strings.Repeat("<", 300), Referrer: marks[:490]}})
	if v.Page().URL != marks {
		t.Errorf("page = %.60s…", v.Page().URL)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	text := func(v string) *string { return &v }
	c, err := customers.Edit(s, v.Customer(), customers.Change{Name: text(" 王\n女士 "), Phone: text("+86 138-0013-8000"), Email: text("w@example.com"), Level: text("金卡")})
	if err != nil || c.Name() != "王 女士" || c.Phone() != "+86 138-0013-8000" || c.Email() != "w@example.com" || c.Level() != "金卡" {
		t.Fatalf("customer = %v, %v", c, err)
	}
	for name, bad := range map[string]customers.Change{
		"masked phone":  {Phone: text("138****8000")},
		"phone":         {Phone: text("call me")},
		"e-mail":        {Email: text("nobody")},
		"masked e-mail": {Email: text("w***@example.com")},
		"named e-mail":  {Email: text("W <w@example.com>")},
		"long name":     {Name: text(strings.Repeat("长", 101))},
		"no such tag":   {Tags: &[]string{"nope"}},
	} {
		if _, err := customers.Edit(s, v.Customer(), bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if got, err := customers.ByID(s, c.Id); err != nil || got.Phone() != c.Phone() || got.ExternalID() != "u-1" {
		t.Errorf("customer = %v, %v", got.PublicExport(), err)
	}
	if _, err := customers.Edit(s, "nope", customers.Change{}); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("nobody: %v", err)
	}
}

func TestNotesAreTheirWriters(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.arrive(customers.Arrival{Identity: signed(s.channel, "a")}).Customer(), s.arrive(customers.Arrival{Identity: signed(s.channel, "b")}).Customer()
	n, err := customers.AddNote(s, a, "staff1", "第一行\n第二行")
	if err != nil || n.Text() != "第一行\n第二行" {
		t.Fatalf("note = %v, %v", n, err)
	}
	for name, c := range map[string]struct {
		customer, staff, id string
		want                fail.Kind
	}{
		"a colleague's":       {a, "staff2", n.Id, fail.Forbidden},
		"of another customer": {b, "staff1", n.Id, fail.NotFound},
		"none":                {a, "staff1", "nope", fail.NotFound},
	} {
		if err := customers.DeleteNote(s, c.customer, c.staff, c.id); fail.Of(err).Kind != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := customers.AddNote(s, a, "staff1", " \n "); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("empty: %v", err)
	}
	if _, err := customers.AddNote(s, "nope", "staff1", "x"); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("about nobody: %v", err)
	}
	if err := customers.DeleteNote(s, a, "staff1", n.Id); err != nil {
		t.Error(err)
	}
	if notes, err := customers.NotesOf(s, a, "", 10); err != nil || len(notes) != 0 {
		t.Errorf("notes = %v, %v", notes, err)
	}
}

func TestTagsAreNamedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := customers.AddTag(s, "VIP", "gold", 2); err != nil {
		t.Fatal(err)
	}
	if _, err := customers.AddTag(s, "老客", "blue", 1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ name, colour string }{"twice": {" VIP ", "blue"}, "no name": {"", "blue"}, "no colour": {"x", ""}, "red": {"x", "red"}} {
		if _, err := customers.AddTag(s, c.name, c.colour, 3); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if all, err := customers.AllTags(s); err != nil || len(all) != 2 || all[0].Name() != "老客" || all[0].Colour() != "blue" || all[0].Sort() != 1 {
		t.Errorf("tags = %v, %v", all, err)
	}
}

func TestBuiltInAPIIsClosed(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	server := desktest.Serve(t, s.TestApp)
	for collection, id := range map[string]string{
		customers.Contacts: v.Id, customers.Customers: v.Customer(), customers.Sessions: v.session, customers.Notes: "x", customers.Tags: "x",
	} {
		records := server.URL + "/api/collections/" + collection + "/records"
		for _, call := range []string{"GET " + records, "GET " + records + "/" + id, "POST " + records, "PATCH " + records + "/" + id, "DELETE " + records + "/" + id} {
			method, url, _ := strings.Cut(call, " ")
			request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+v.token) // a visitor's token is nothing there
			request.Header.Set("Content-Type", "application/json")
			answer, err := server.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s", call, answer.Status)
			}
		}
	}
}
