package customers_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// two are a shop's customers: one who is known to it, one who is not.
type two struct {
	shop
	known, stranger *visitor
}

func openTwo(t *testing.T) two {
	t.Helper()
	s := open(t)
	known := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-1")})
	return two{s, &known, s.stranger()}
}

// stranger has said a word, and so is a customer, and nobody knows which.
func (s shop) stranger() *visitor {
	s.t.Helper()
	v := s.arrive(customers.Arrival{})
	if _, err := customers.EnsureCustomer(s, v.Id); err != nil {
		s.t.Fatal(err)
	}
	return &v
}

func (s shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// of is whose a visitor's contact is now.
func (s shop) of(v *visitor) *customers.Customer {
	s.t.Helper()
	c, err := customers.ContactByID(s, v.Id)
	s.must(err)
	found, err := customers.ByID(s, c.Customer())
	s.must(err)
	return found
}

func (s shop) edit(id string, to customers.Change) {
	s.t.Helper()
	_, err := customers.Edit(s, id, to)
	s.must(err)
}

func (s shop) note(v *visitor, text string) {
	s.t.Helper()
	c, err := customers.ContactByID(s, v.Id)
	s.must(err)
	_, err = customers.AddNoteFrom(s, c, "staff1", text)
	s.must(err)
}

func (s shop) notes(id string) (texts []string) {
	s.t.Helper()
	list, err := customers.NotesOf(s, id, "", 50)
	s.must(err)
	for _, n := range list {
		texts = append(texts, n.Text())
	}
	return texts
}

func (s shop) merge(into, from string, take ...string) *customers.Merge {
	s.t.Helper()
	m, err := customers.MergeCustomers(s, customers.Merging{Into: into, From: from, Take: take, Staff: "staff1"})
	s.must(err)
	return m
}

func (s shop) undo(m *customers.Merge) {
	s.t.Helper()
	_, err := customers.UndoMerge(s, m.Id)
	s.must(err)
}

// signIn is a visitor's signing in on the shop's site, in the same browser.
func (s shop) signIn(v *visitor, as string) {
	s.t.Helper()
	_, _, _, err := customers.Arrive(s, customers.Arrival{Bearer: &v.token, Identity: signed(s.channel, as)})
	s.must(err)
}

func text(v string) *string { return &v }

func TestAMergeIsUndoneToTheLastField(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	f, err := customers.AddField(s, customers.FieldDraft{Name: "鞋码", Kind: customers.NumberField})
	s.must(err)
	tag, err := customers.AddTag(s, "慢", "gold", 1)
	s.must(err)
	a, b := s.of(s.known), s.of(s.stranger)
	s.edit(a.Id, customers.Change{Name: text("王小明"), Phone: text("13800138000"), Custom: map[string]string{f.Id: "41"}})
	s.edit(b.Id, customers.Change{Name: text("小明"), Region: text("云南"), Tags: &[]string{tag.Id}, Custom: map[string]string{f.Id: "42"}})
	s.note(s.known, "老客户")
	s.note(s.stranger, "怕苦")

	m := s.merge(a.Id, b.Id, "region", "custom."+f.Id)
	kept := s.of(s.stranger)
	if kept.Id != a.Id || kept.Name() != "王小明" || kept.Region() != "云南" || kept.Custom()[f.Id] != "42" || len(kept.Tags()) != 1 || kept.Phone() != "13800138000" {
		t.Errorf("kept: %v", kept.PublicExport())
	}
	if got := s.notes(a.Id); len(got) != 2 {
		t.Errorf("notes of both: %q", got)
	}
	if now, err := customers.Now(s, b.Id); err != nil || now.Id != a.Id {
		t.Errorf("who is gone means %v, %v", now, err)
	}

	// What happens since goes to whom it came by; what is written over stays.
	s.note(s.known, "下单了")
	s.note(s.stranger, "要发票")
	s.edit(a.Id, customers.Change{Region: text("四川")})
	s.undo(m)
	a, b = s.of(s.known), s.of(s.stranger)
	if a.Id == b.Id || b.Merged() != "" || a.Region() != "四川" || a.Custom()[f.Id] != "41" || len(a.Tags()) != 0 {
		t.Errorf("kept after all: %v", a.PublicExport())
	}
	if b.Name() != "小明" || b.Region() != "云南" || b.Custom()[f.Id] != "42" || len(b.Tags()) != 1 || b.Tags()[0] != tag.Id {
		t.Errorf("back: %v", b.PublicExport())
	}
	for id, want := range map[string][2]string{a.Id: {"下单了", "老客户"}, b.Id: {"要发票", "怕苦"}} {
		if got := s.notes(id); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("notes: %q, want %q", got, want)
		}
	}
	if _, err := customers.UndoMerge(s, m.Id); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("undone twice: %v", err)
	}
}

func TestWhoIsKnownIsKept(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	a, b := s.of(s.known), s.of(s.stranger)
	s.edit(a.Id, customers.Change{Name: text("王小明")})
	s.edit(b.Id, customers.Change{Name: text("小明")})
	m := s.merge(b.Id, a.Id) // the stranger's panel is open
	if m.Kept() != a.Id || s.of(s.stranger).Name() != "小明" {
		t.Errorf("kept %v, called %s", m.Kept() == a.Id, s.of(s.stranger).Name())
	}
	s.undo(m)
	if s.of(s.known).Name() != "王小明" {
		t.Error("the name is not given back")
	}
}

func TestAMergedIdentityLeadsToTheOtherOne(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	other := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-2")})
	m := s.merge(s.known.Customer(), other.Customer())
	h5 := channel(t, s, "H5")
	device := s.arrive(customers.Arrival{Channel: h5.Id, Identity: signed(h5, "u-2")})
	if device.Customer() != s.known.Customer() {
		t.Error("on another channel they are not known as who they are now")
	}
	s.undo(m)
	if s.of(&device).Id != other.Customer() || s.of(&other).Id != other.Customer() {
		t.Error("a contact that came by their identity is not theirs after the undoing")
	}
}

// Whoever signs in says more than whoever has merged them.
func TestSigningInMeanwhileOutweighsAMerge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		as    string // whom the stranger signs in as while merged
		same  bool   // the two are one in the end
		leads string // the identity of whom their notes are about
	}{
		"as the known one":    {"u-1", true, "u-1"},
		"as somebody else":    {"u-9", false, "u-9"},
		"as another customer": {"u-5", false, "u-5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openTwo(t)
			s.arrive(customers.Arrival{Identity: signed(s.channel, "u-5")})
			s.note(s.stranger, "怕苦")
			m := s.merge(s.known.Customer(), s.of(s.stranger).Id)
			s.signIn(s.stranger, c.as)
			s.undo(m)
			if same := s.of(s.stranger).Id == s.known.Customer(); same != c.same {
				t.Errorf("one person: %v", same)
			}
			who, err := customers.ByExternalID(s, c.leads)
			s.must(err)
			if got := s.notes(who.Id); len(got) != 1 || got[0] != "怕苦" {
				t.Errorf("notes of %s: %q", c.leads, got)
			}
			if _, err := customers.ByID(s, m.Gone()); fail.Of(err).Kind != fail.NotFound {
				t.Errorf("an empty customer stayed: %v", err)
			}
		})
	}
}

func TestTwoStrangersOfWhomOneSignsIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, second bool
		refused       fail.Kind
	}{
		"the kept one": {first: true}, "the other one": {second: true}, "both": {first: true, second: true, refused: fail.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			one, other := s.stranger(), s.stranger()
			m := s.merge(s.of(one).Id, s.of(other).Id)
			kept, gone := m.Kept(), m.Gone()
			if c.first {
				s.signIn(one, "u-1")
			}
			if c.second {
				s.signIn(other, "u-1")
			}
			_, err := customers.UndoMerge(s, m.Id)
			if c.refused != "" {
				if fail.Of(err).Kind != c.refused || s.of(one).Id != s.of(other).Id {
					t.Errorf("undone: %v", err)
				}
				return
			}
			s.must(err)
			if s.of(one).Id != kept || s.of(other).Id != gone {
				t.Error("they are not apart")
			}
			if who, err := customers.ByExternalID(s, "u-1"); err != nil || (who.Id == kept) != c.first {
				t.Errorf("u-1 is %v, %v", who, err)
			}
		})
	}
}

func TestMergesAreUndoneTheLastOneFirst(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	third := s.shop.stranger()
	first := s.merge(s.known.Customer(), s.of(s.stranger).Id)
	second := s.merge(s.known.Customer(), s.of(third).Id)
	if _, err := customers.UndoMerge(s, first.Id); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("undone out of order: %v", err)
	}
	s.undo(second)
	s.undo(first)
	ids := map[string]bool{s.of(s.known).Id: true, s.of(s.stranger).Id: true, s.of(third).Id: true}
	if len(ids) != 3 {
		t.Errorf("%d customers", len(ids))
	}
}

func TestAMergeOfAMergeTakesAllAlong(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	other := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-2")})
	first := s.merge(s.known.Customer(), s.of(s.stranger).Id)
	second := s.merge(other.Customer(), s.known.Customer())
	if s.of(s.stranger).Id != other.Customer() || s.of(s.known).Id != other.Customer() {
		t.Fatal("not all are one")
	}
	s.undo(second)
	if s.of(s.stranger).Id != s.known.Customer() || s.of(&other).Id != other.Customer() {
		t.Error("the first merge does not stand again")
	}
	s.undo(first)
	if s.of(s.stranger).Id == s.known.Customer() {
		t.Error("the first merge stands still")
	}
}

func TestAMergeIsForGoodADayLater(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	gone := s.of(s.stranger).Id
	other := s.arrive(customers.Arrival{Identity: signed(s.channel, "u-2")})
	s.edit(other.Customer(), customers.Change{Name: text("李四"), Phone: text("13900139000")})
	strange, named := s.merge(s.known.Customer(), gone), s.merge(s.known.Customer(), other.Customer())
	later := time.Now().Add(customers.Undo + time.Minute)
	clock.Set(s, func() time.Time { return later })
	for _, m := range []*customers.Merge{strange, named} {
		if _, err := customers.UndoMerge(s, m.Id); fail.Of(err).Kind != fail.TooLate {
			t.Errorf("undone a day later: %v", err)
		}
	}
	s.must(customers.Sweep(s, later))
	if _, err := customers.ByID(s, gone); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("who was nobody in the shop's data is kept: %v", err)
	}
	c, err := customers.ByID(s, other.Customer())
	if err != nil || c.Name() != "" || c.Phone() != "" || c.ExternalID() != "u-2" || c.Merged() != s.known.Customer() {
		t.Errorf("of who is gone there is %v, %v", c.PublicExport(), err)
	}
	if s.count(customers.Merges) != 0 {
		t.Error("what the merges have moved is kept")
	}
	h5 := channel(t, s, "H5")
	if device := s.arrive(customers.Arrival{Channel: h5.Id, Identity: signed(h5, "u-2")}); device.Customer() != s.known.Customer() {
		t.Error("the identity does not lead to who they are")
	}
}

func TestMergesThatAreNone(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	a, b := s.known.Customer(), s.of(s.stranger).Id
	for name, c := range map[string]struct {
		m    customers.Merging
		want fail.Kind
	}{
		"with oneself":     {customers.Merging{Into: a, From: a}, fail.Invalid},
		"with nobody":      {customers.Merging{Into: a, From: "nope"}, fail.NotFound},
		"of nobody":        {customers.Merging{Into: "nope", From: b}, fail.NotFound},
		"of a field more":  {customers.Merging{Into: a, From: b, Take: []string{"external_id"}}, fail.Invalid},
		"of a field twice": {customers.Merging{Into: a, From: b, Take: []string{"merged"}}, fail.Invalid},
	} {
		if _, err := customers.MergeCustomers(s, c.m); fail.Of(err).Kind != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.merge(a, b)
	if _, err := customers.MergeCustomers(s, customers.Merging{Into: a, From: b}); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("with who is gone already: %v", err)
	}
	if _, err := customers.UndoMerge(s, "nope"); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("of no merge: %v", err)
	}
}

func TestTheTrailIsBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := time.Now()
	clock.Set(s, func() time.Time { return now })
	v := s.stranger()
	go60 := func() {
		for i := range 60 {
			now = now.Add(time.Minute)
			s.must(customers.SetPage(s, v.Id, customers.Page{URL: "https://shop.example/p?id=" + string(rune('a'+i%26)), Title: "页"}))
			s.must(customers.SetPage(s, v.Id, customers.Page{URL: "https://shop.example/p?id=" + string(rune('a'+i%26)), Title: "页"})) // told again
		}
	}
	go60()
	list, err := customers.TrailOf(s, s.of(v).Id)
	if err != nil || len(list) != 50 || s.count("contact_pages") != 50 {
		t.Fatalf("%d pages, %v", len(list), err)
	}
	if list[0].Stayed != 0 || list[1].Stayed != time.Minute || !list[0].Page.Since.After(list[1].Page.Since) {
		t.Errorf("stayed %v, then %v", list[1].Stayed, list[0].Stayed)
	}
	now = now.Add(31 * 24 * time.Hour)
	if list, err = customers.TrailOf(s, s.of(v).Id); err != nil || len(list) != 0 {
		t.Errorf("a month later: %d pages, %v", len(list), err)
	}
	s.must(customers.Sweep(s, now))
	if s.count("contact_pages") != 0 {
		t.Error("old pages are kept")
	}
}

func TestAPageTellsOnlyOfTheShop(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.arrive(customers.Arrival{})
	for address, want := range map[string]string{
		"https://a.example/item.htm?id=42&token=abc&utm_source=x": "https://a.example/item.htm?id=42",
		"https://a.example/search?q=secret":                       "https://a.example/search",
		"https://a.example/p?product_id=a%20b":                    "https://a.example/p",
		"https://a.example/app#/goods/7?session=abc":              "https://a.example/app#/goods/7",
		"https://a.example/x#access_token=abc":                    "https://a.example/x",
	} {
		s.must(customers.SetPage(s, v.Id, customers.Page{URL: address}))
		c, err := customers.ContactByID(s, v.Id)
		if err != nil || c.Page().URL != want {
			t.Errorf("%s is kept as %s, %v", address, c.Page().URL, err)
		}
	}
}

func TestNotesComeBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.stranger()
	id := s.of(v).Id
	for range 5 {
		s.note(v, "怕苦")
	}
	list, err := customers.NotesOf(s, id, "", 2)
	s.must(err)
	more, err := customers.NotesOf(s, id, list[1].Id, 10)
	if err != nil || len(list) != 2 || len(more) != 3 {
		t.Errorf("pages of %d and %d, %v", len(list), len(more), err)
	}
	n := list[0].Id
	s.must(customers.DeleteNote(s, id, "staff1", n))
	if len(s.notes(id)) != 4 {
		t.Error("a deleted note is shown")
	}
	if err := customers.RestoreNote(s, id, "staff2", n); fail.Of(err).Kind != fail.Forbidden {
		t.Errorf("restored by somebody else: %v", err)
	}
	s.must(customers.RestoreNote(s, id, "staff1", n))
	if len(s.notes(id)) != 5 {
		t.Error("it did not come back")
	}
	s.must(customers.DeleteNote(s, id, "staff1", n))
	s.must(customers.Sweep(s, time.Now().Add(customers.Undo+time.Minute)))
	if s.count(customers.Notes) != 4 {
		t.Error("it is not forgotten a day later")
	}
}

func TestTheShopsOwnFields(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.of(s.stranger()).Id
	add := func(d customers.FieldDraft) *customers.Field {
		f, err := customers.AddField(s, d)
		s.must(err)
		return f
	}
	size := add(customers.FieldDraft{Name: "鞋码", Kind: customers.NumberField})
	born := add(customers.FieldDraft{Name: "生日", Kind: customers.DateField, Personal: true})
	skin := add(customers.FieldDraft{Name: "肤质", Kind: customers.ChoiceField, Options: []string{"干性", " 油性 ", "", "干性"}})
	free := add(customers.FieldDraft{Name: "喜好", Kind: customers.TextField, Options: []string{"x"}})
	if got := skin.Options(); len(got) != 2 || got[1] != "油性" || len(free.Options()) != 0 {
		t.Errorf("options %q, %q", got, free.Options())
	}
	for name, d := range map[string]customers.FieldDraft{
		"nameless": {Kind: customers.TextField}, "of no kind": {Name: "x"}, "of no choice": {Name: "x", Kind: customers.ChoiceField, Options: []string{"y"}},
		"named so already": {Name: "鞋码", Kind: customers.TextField},
	} {
		if _, err := customers.AddField(s, d); fail.Of(err).Kind != fail.Invalid && fail.Of(err).Kind != fail.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	for f, values := range map[*customers.Field][2]string{size: {"41.5", "大"}, born: {"1990-05-20", "20/5"}, skin: {"油性", "中性"}, free: {"茶", "138****6027"}} {
		s.edit(id, customers.Change{Custom: map[string]string{f.Id: values[0]}})
		if _, err := customers.Edit(s, id, customers.Change{Custom: map[string]string{f.Id: values[1]}}); fail.Of(err).Kind != fail.Invalid {
			t.Errorf("%s = %s: %v", f.Name(), values[1], err)
		}
	}
	if _, err := customers.Edit(s, id, customers.Change{Custom: map[string]string{"nope": "x"}}); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("a field that never was: %v", err)
	}
	s.must(customers.ArrangeFields(s, []string{free.Id, size.Id}))
	if all, err := customers.AllFields(s); err != nil || len(all) != 4 || all[0].Id != free.Id || all[1].Id != size.Id {
		t.Errorf("order: %v, %v", all, err)
	}

	// One that is deleted comes back with what was in it, and is forgotten a day later.
	if _, err := customers.DeleteField(s, size.Id); err != nil {
		t.Fatal(err)
	}
	s.edit(id, customers.Change{Name: text("王")})
	if _, err := customers.RestoreField(s, size.Id); err != nil {
		t.Fatal(err)
	}
	c, err := customers.ByID(s, id)
	if err != nil || c.Custom()[size.Id] != "41.5" {
		t.Errorf("custom = %v, %v", c.Custom(), err)
	}
	value, err := customers.Reveal(s, id, "custom."+born.Id, "核对身份")
	if err != nil || value != "1990-05-20" {
		t.Errorf("revealed %q, %v", value, err)
	}
	if _, err = customers.DeleteField(s, size.Id); err != nil {
		t.Fatal(err)
	}
	s.must(customers.Sweep(s, time.Now().Add(customers.Undo+time.Minute)))
	if c, err = customers.ByID(s, id); err != nil || len(c.Custom()) != 3 {
		t.Errorf("custom = %v, %v", c.Custom(), err)
	}
	if _, err := customers.RestoreField(s, size.Id); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("restored after a day: %v", err)
	}
}

func TestABlockIsSharedByANewDevice(t *testing.T) {
	t.Parallel()
	s := openTwo(t)
	c, err := customers.ContactByID(s, s.known.Id)
	s.must(err)
	s.must(customers.BlockContact(s, c, customers.Block{Reason: "骚扰", Staff: "staff1", Since: time.Now()}))
	h5 := channel(t, s, "H5")
	device := s.arrive(customers.Arrival{Channel: h5.Id, Identity: &channels.Identity{ID: "u-1", HMAC: channels.Sign(h5.Secrets()[0].Text, "u-1", 0)}})
	if !device.Block().Holds(time.Now()) || device.Block().Reason != "骚扰" {
		t.Error("another channel is a way around a block")
	}
}

func TestATitleComesAfterItsAddress(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.stranger()
	for _, title := range []string{"", "秋梨膏"} {
		s.must(customers.SetPage(s, v.Id, customers.Page{URL: "https://shop.example/p?id=1", Title: title}))
	}
	if list, err := customers.TrailOf(s, s.of(v).Id); err != nil || len(list) != 1 || list[0].Page.Title != "秋梨膏" {
		t.Errorf("trail: %v, %v", list, err)
	}
}
