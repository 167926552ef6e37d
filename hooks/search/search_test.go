package search_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/search"
)

// desk is a shop with an agent of one group, one of another, and a supervisor.
type desk struct {
	testing.TB
	app               *tests.TestApp
	ann, other, chief *access.Person
	n                 int
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{TB: t, app: desktest.New(t)}
	d.must(access.EnsureGroups(d.app), access.EnsureRoles(d.app))
	pre, err := access.GroupBy(d.app, access.PreSale)
	d.must(err)
	_, err = channels.Add(d.app, channels.New{Name: "禾野优选", Default: true, Group: pre.Id})
	d.must(err)
	d.ann, d.other = d.hire("ann", access.Agent, access.PreSale), d.hire("other", access.Agent, access.Complaint)
	d.chief = d.hire("chief", access.Supervisor, access.PreSale)
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
	g, err := access.GroupBy(d.app, group)
	d.must(err)
	s, err := access.AddStaff(d.app, nil, access.Newcomer{Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: role, Groups: []string{g.Id}})
	d.must(err)
	p, err := access.ByID(d.app, s.Id)
	d.must(err)
	return p
}

func (d *desk) comes() *customers.Contact {
	d.Helper()
	c, _, _, err := customers.Arrive(d.app, customers.Arrival{})
	d.must(err)
	return c
}

func (d *desk) says(who *customers.Contact, text string) *conversations.Message {
	d.Helper()
	d.n++
	m, err := conversations.PostAsVisitor(d.app, who, conversations.Draft{ID: fmt.Sprint("m", d.n), Kind: conversations.Text, Text: text})
	d.must(err)
	return m
}

func (d *desk) answers(p *access.Person, in string, kind conversations.Kind, text string) *conversations.Message {
	d.Helper()
	d.n++
	m, err := conversations.PostAsStaff(d.app, p, conversations.Draft{ID: fmt.Sprint("m", d.n), Conversation: in, Kind: kind, Text: text})
	d.must(err)
	return m
}

func (d *desk) find(p *access.Person, q search.Asked) search.Answer {
	d.Helper()
	answer, err := search.Find(d.Context(), d.app, p, q)
	d.must(err)
	return answer
}

// texts are what p finds of a kind, as it is shown.
func (d *desk) texts(p *access.Person, kind, typed string) []string {
	d.Helper()
	hits := d.find(p, search.Asked{Typed: typed, Kind: kind}).Hits
	list := make([]string, 0, len(hits))
	for _, h := range hits {
		list = append(list, h.Snippet.Text)
	}
	return list
}

func (d *desk) finds(p *access.Person, kind, typed string, want ...string) {
	d.Helper()
	if got := d.texts(p, kind, typed); !slices.Equal(got, append([]string{}, want...)) {
		d.Errorf("%s finds %q for %q, not %q", p.Nickname, got, typed, want)
	}
}

func TestWhatWasSaidIsFoundByAnyPartOfIt(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	first := d.says(who, "我要退款，订单号 20261127000184")
	d.answers(d.ann, first.Conversation, conversations.Text, "退款进度马上为您查")
	d.says(who, "电话13812346027，HelloKitty 那件T恤")
	for typed, want := range map[string][]string{
		"退":               {"退款进度马上为您查", "我要退款，订单号 20261127000184"},
		"退款":              {"退款进度马上为您查", "我要退款，订单号 20261127000184"},
		"退款进度":            {"退款进度马上为您查"},
		"款退":              {},
		"查 退款":            {"退款进度马上为您查"},
		"20261127000184":  {"我要退款，订单号 20261127000184"},
		"000184":          {"我要退款，订单号 20261127000184"},
		"6027":            {"电话13812346027，HelloKitty 那件T恤"},
		"138 1234 6027":   {"电话13812346027，HelloKitty 那件T恤"},
		"hello":           {"电话13812346027，HelloKitty 那件T恤"},
		"T恤":              {"电话13812346027，HelloKitty 那件T恤"},
		"！":               {},
		"\" OR \"":        {},
		"退款* NOT hello":   {},
		"words:退款":        {},
		"'; DROP TABLE x": {},
	} {
		d.finds(d.ann, "messages", typed, want...)
	}
	hit := d.find(d.ann, search.Asked{Typed: "退款"}).Hits[1]
	if hit.ID != first.ID || hit.Conversation != first.Conversation || hit.Kind != "message" || hit.From.Kind != conversations.FromVisitor ||
		hit.Contact.ID != who.Id || hit.Channel.Name != "禾野优选" || fmt.Sprint(hit.Snippet.Marks) != "[[2 4]]" {
		t.Errorf("the hit is %+v", hit)
	}
}

func TestOnlyWhatOneMaySeeIsFound(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	m := d.says(who, "杯子碎了")
	d.finds(d.other, "messages", "杯子")
	d.finds(d.ann, "messages", "杯子", "杯子碎了")
	d.finds(d.chief, "messages", "杯子", "杯子碎了")
	d.answers(d.ann, m.Conversation, conversations.Note, "杯子是二等品")
	d.finds(d.ann, "notes", "杯子", "杯子是二等品")
	d.finds(d.ann, "messages", "杯子", "杯子碎了")
	d.finds(d.other, "notes", "杯子")
	if _, err := search.Find(t.Context(), d.app, d.other, search.Asked{Typed: "杯子", Conversation: m.Conversation}); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("within a thread that is hidden: %v", err)
	}
	// Handing it to the other group changes who finds it at once.
	complaint, err := access.GroupBy(d.app, access.Complaint)
	d.must(err)
	d.answers(d.ann, m.Conversation, conversations.Text, "好的")
	_, err = conversations.Transfer(d.app, d.ann, "t1", m.Conversation, conversations.Destination{Group: complaint.Id})
	d.must(err)
	d.finds(d.other, "messages", "杯子", "杯子碎了")
	d.finds(d.other, "notes", "杯子", "杯子是二等品")
}

func TestWhatIsHiddenLeavesNoTraceInPages(t *testing.T) {
	t.Parallel()
	d := open(t)
	mine := d.says(d.comes(), "退货一")
	d.answers(d.ann, mine.Conversation, conversations.Text, "好的")
	complaint, err := access.GroupBy(d.app, access.Complaint)
	d.must(err)
	for range 71 {
		m := d.says(d.comes(), "退货")
		_, err = d.app.NonconcurrentDB().NewQuery("UPDATE conversations SET [[group]] = {:g} WHERE id = {:id}").Bind(dbx.Params{"g": complaint.Id, "id": m.Conversation}).Execute()
		d.must(err)
	}
	for _, sort := range []string{"newest", "best"} {
		if a := d.find(d.ann, search.Asked{Typed: "退货", Sort: sort}); len(a.Hits) != 1 || a.Next != "" {
			t.Errorf("%s: %d hits, next %q", sort, len(a.Hits), a.Next)
		}
		total, before := 0, ""
		for pages := 0; pages == 0 || before != ""; pages++ {
			a := d.find(d.chief, search.Asked{Typed: "退货", Sort: sort, Before: before})
			total, before = total+len(a.Hits), a.Next
			if pages > 5 {
				t.Fatal("no end")
			}
		}
		if total != 72 {
			t.Errorf("%s: the supervisor finds %d", sort, total)
		}
	}
}

func TestWhatIsRecalledIsNotFound(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	m := d.says(who, "密码是芝麻开门")
	d.finds(d.chief, "messages", "芝麻", "密码是芝麻开门")
	_, err := conversations.Recall(d.app, conversations.Visitor(who), "r", m.ID)
	d.must(err)
	d.finds(d.chief, "messages", "芝麻")
	var n int
	d.must(d.app.DB().NewQuery(`SELECT COUNT(*) FROM message_words WHERE message_words MATCH '"芝麻"'`).Row(&n))
	if n != 0 {
		t.Error("it is still in the index")
	}
}

func TestTheBestComeFirst(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	d.says(who, "退款，退款，退款")
	d.says(who, "请问一下我上周买的那件外套，"+strings.Repeat("颜色不太合适，", 20)+"可以退款吗")
	hits := d.find(d.chief, search.Asked{Typed: "退款", Sort: "best"}).Hits
	if len(hits) != 2 || hits[0].Snippet.Text != "退款，退款，退款" {
		t.Errorf("%+v", hits)
	}
	d.says(who, "谢谢")
	for range 40 {
		d.says(d.comes(), "谢谢，退款")
	}
	d.says(who, "发票和退款") // what is rare counts for more
	d.says(who, "谢谢谢谢")
	hits = d.find(d.chief, search.Asked{Typed: "退款 发票", Sort: "best"}).Hits
	if len(hits) != 1 || hits[0].Snippet.Text != "发票和退款" {
		t.Errorf("%+v", hits)
	}
}

func TestAThreadIsSearchedAsAWhole(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	first := d.says(who, "尺码偏大吗")
	d.answers(d.ann, first.Conversation, conversations.Note, "上次退过尺码")
	d.answers(d.ann, first.Conversation, conversations.Text, "正常尺码")
	_, err := conversations.Close(d.app, d.ann, "c1", first.Conversation)
	d.must(err)
	again := d.says(who, "还是尺码的问题")
	d.says(d.comes(), "别人的尺码")
	if again.Conversation == first.Conversation {
		t.Fatal("it should have been another conversation")
	}
	hits := d.find(d.ann, search.Asked{Typed: "尺码", Conversation: again.Conversation}).Hits
	got := make([]string, 0, len(hits))
	for _, h := range hits {
		got = append(got, h.Kind+" "+h.Snippet.Text)
	}
	if want := []string{"message 还是尺码的问题", "message 正常尺码", "note 上次退过尺码", "message 尺码偏大吗"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// customer is the customer of somebody who has spoken, changed and indexed.
func (d *desk) customer(who *customers.Contact, to customers.Change) *customers.Customer {
	d.Helper()
	m := d.says(who, "在吗")
	c, err := conversations.ByID(d.app, m.Conversation)
	d.must(err)
	known, err := customers.Edit(d.app, c.Customer, to)
	d.must(err, search.IndexRecords(d.app))
	return known
}

func TestCustomersAreFoundByWhatIsKnownOfThem(t *testing.T) {
	t.Parallel()
	d := open(t)
	tag, err := customers.AddTag(d.app, "爱投诉", "blue", 0)
	d.must(err)
	known := d.customer(d.comes(), customers.Change{Name: new("王小明"), Region: new("浙江杭州"), Level: new("金卡"), Tags: &[]string{tag.Id}})
	d.customer(d.comes(), customers.Change{Name: new("李雷")})
	for _, typed := range []string{"王", "小明", "杭州", "金卡", "投诉", "王 杭州"} {
		d.finds(d.ann, "customers", typed, "王小明")
	}
	d.finds(d.ann, "customers", "王 李")
	hit := d.find(d.ann, search.Asked{Typed: "杭州", Kind: "customers"}).Hits[0]
	if hit.Kind != "customer" || hit.ID != known.Id || hit.Field.Name != "region" || hit.Conversation == "" || fmt.Sprint(hit.Field.Snippet.Marks) != "[[2 4]]" {
		t.Errorf("%+v", hit)
	}
	anonymous := d.comes()
	d.customer(anonymous, customers.Change{})
	d.finds(d.ann, "customers", anonymous.Id[len(anonymous.Id)-4:], anonymous.Name())

	// A change is found within a second, and what was is not.
	_, err = customers.Edit(d.app, known.Id, customers.Change{Name: new("王大明")})
	d.must(err)
	d.finds(d.ann, "customers", "小明")
	d.must(search.IndexRecords(d.app))
	d.finds(d.ann, "customers", "大明", "王大明")
	// Who may see customers sees this one, and may not look at what they said.
	if hits := d.find(d.other, search.Asked{Typed: "大明", Kind: "customers"}).Hits; len(hits) != 1 || hits[0].Conversation != "" {
		t.Errorf("%+v", hits)
	}
	blind := d.withPermissions(access.ConversationsReply, access.ConversationsSeeGroup)
	d.finds(blind, "customers", "大明")
	d.must(customersNote(d, known.Id, "大明是老客户"))
	d.finds(blind, "notes", "大明")
	d.finds(d.other, "notes", "大明", "大明是老客户")
}

func customersNote(d *desk, customer, text string) error {
	_, err := customers.AddNote(d.app, customer, d.ann.ID, text)
	return errors.Join(err, search.IndexRecords(d.app))
}

// withPermissions hires somebody of a role of its own, in no group.
func (d *desk) withPermissions(permissions ...access.Permission) *access.Person {
	d.Helper()
	collection, err := d.app.FindCollectionByNameOrId("roles")
	d.must(err)
	role := core.NewRecord(collection)
	role.Set("name", "own")
	role.Set("permissions", permissions)
	d.must(d.app.Save(role))
	p := d.hire("blind", access.Agent, access.Complaint)
	r, err := d.app.FindRecordById("staff", p.ID)
	d.must(err)
	r.Set("role", role.Id)
	d.must(d.app.Save(r))
	p, err = access.ByID(d.app, p.ID)
	d.must(err)
	return p
}

func TestMaskedDataIsFoundByWhatIsShownOrWhole(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.customer(d.comes(), customers.Change{Name: new("王小明"), Phone: new("138 1234 6027"), Email: new("canary.wang@example.com")})
	if !d.chief.May(access.CustomersReveal) || d.ann.May(access.CustomersReveal) {
		t.Skip("the roles have changed")
	}
	for typed, found := range map[string]bool{
		"6027": true, "13812346027": true, "+86 138-1234-6027": true, "138 1234 6027": true, "canary.wang@example.com": true,
		"46027": false, "1234": false, "1381": false, "2346027": false, "canary": false, "wang": false,
	} {
		want := []string{}
		if found {
			want = append(want, "王小明")
		}
		d.finds(d.ann, "customers", typed, want...)
	}
	d.finds(d.chief, "customers", "46027", "王小明")
	d.finds(d.chief, "customers", "1381")
	for _, typed := range []string{"6027", "13812346027", "canary.wang@example.com", "王小明"} {
		raw, err := json.Marshal(d.find(d.chief, search.Asked{Typed: typed, Kind: "customers"}))
		d.must(err)
		if strings.Contains(string(raw), "1234") || strings.Contains(string(raw), "canary") {
			t.Errorf("%s tells %s", typed, raw)
		}
	}
}

func TestNotesOfBothKindsAreFoundInOneOrder(t *testing.T) {
	t.Parallel()
	d := open(t)
	known := d.customer(d.comes(), customers.Change{Name: new("王小明")})
	other := d.says(d.comes(), "在吗")
	var want []string
	for i := range 40 {
		text := fmt.Sprint("要开发票 ", i)
		<-time.After(2 * time.Millisecond) // the order of what is as old as another, to the millisecond, is nobody's
		if i%2 == 0 {
			_, err := customers.AddNote(d.app, known.Id, d.ann.ID, text)
			d.must(err)
		} else {
			d.answers(d.ann, other.Conversation, conversations.Note, text)
		}
		want = append([]string{text}, want...)
	}
	d.must(search.IndexRecords(d.app))
	for _, sort := range []string{"newest", "best"} {
		var got []string
		for before := ""; ; {
			a := d.find(d.ann, search.Asked{Typed: "发票", Kind: "notes", Before: before, Sort: sort})
			for _, h := range a.Hits {
				got = append(got, h.Snippet.Text)
			}
			if before = a.Next; before == "" {
				break
			}
		}
		if sort == "best" {
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", sort, got)
		}
	}
	notes, err := customers.NotesOf(d.app, known.Id, "", 1)
	d.must(err, customers.DeleteNote(d.app, known.Id, d.ann.ID, notes[0].Id))
	d.finds(d.ann, "notes", "发票 38")
	d.must(customers.RestoreNote(d.app, known.Id, d.ann.ID, notes[0].Id), search.IndexRecords(d.app))
	d.finds(d.ann, "notes", "发票 38", "要开发票 38")
}

func TestErasedDataLeavesTheIndex(t *testing.T) {
	t.Parallel()
	d := open(t)
	known := d.customer(d.comes(), customers.Change{Name: new("王小明"), Phone: new("13812346027")})
	note, err := customers.AddNote(d.app, known.Id, d.ann.ID, "脾气大")
	d.must(err, search.IndexRecords(d.app), conversations.Index(t.Context(), d.app))
	r, err := d.app.FindRecordById("customers", known.Id)
	d.must(err, d.app.Delete(r))
	d.must(d.app.Delete(note))
	_, err = d.app.NonconcurrentDB().NewQuery("DELETE FROM messages WHERE conversation IN (SELECT id FROM conversations WHERE customer = {:c})").Bind(dbx.Params{"c": known.Id}).Execute()
	d.must(err)
	for _, query := range []string{`SELECT COUNT(*) FROM record_words WHERE record_words MATCH '"小明" OR "脾气" OR "t7206"*'`, `SELECT COUNT(*) FROM message_words WHERE message_words MATCH '"在吗"'`} {
		var n int
		if d.must(d.app.DB().NewQuery(query).Row(&n)); n != 0 {
			t.Errorf("%s: %d", query, n)
		}
	}
}

func TestWhatWasThereBeforeTheIndexIsIndexedAfterwards(t *testing.T) {
	t.Parallel()
	d := open(t)
	who := d.comes()
	for i := range 250 {
		d.says(who, fmt.Sprint("旧消息 ", i))
	}
	m := d.says(who, "旧的要撤回")
	_, err := conversations.Recall(d.app, conversations.Visitor(who), "r", m.ID)
	d.must(err, conversations.Index(t.Context(), d.app))
	for _, s := range []string{"DELETE FROM message_words", "UPDATE words_from SET seq = (SELECT MAX(seq) + 1 FROM messages)"} { // as an upgrade finds it
		_, err := d.app.NonconcurrentDB().NewQuery(s).Execute()
		d.must(err)
	}
	d.says(who, "新消息")
	a := d.find(d.chief, search.Asked{Typed: "消息"})
	if len(a.Hits) != 1 || a.Indexed == nil || *a.Indexed > 0.2 {
		t.Errorf("meanwhile: %d hits, %v", len(a.Hits), a.Indexed)
	}
	for range 100 {
		d.must(conversations.IndexOlder(d.app))
		if a = d.find(d.chief, search.Asked{Typed: "旧消息 7"}); a.Indexed == nil {
			break
		}
	}
	d.finds(d.chief, "messages", "旧消息 249", "旧消息 249")
	d.finds(d.chief, "messages", "旧消息 0", "旧消息 0")
	d.finds(d.chief, "messages", "撤回")
	if a.Indexed != nil {
		t.Errorf("it is not done: %v", *a.Indexed)
	}
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, q := range []search.Asked{{Sort: "worst"}, {Kind: "orders"}, {Before: "x"}, {Before: "x", Sort: "best"}, {Before: "x.9999999", Kind: "notes"}, {Conversation: "none"}} {
		q.Typed = "退款"
		_, err := search.Find(t.Context(), d.app, d.chief, q)
		if kind := fail.Of(err).Kind; kind != fail.Invalid && kind != fail.NotFound {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
