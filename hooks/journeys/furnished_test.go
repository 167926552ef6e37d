package journeys_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// full is a shop in which somebody has written something, in Chinese, into every
// field that there is, and the desk that serves it.
type full struct {
	t         *testing.T
	app       *tests.TestApp
	table     *web.Table
	desk      *program
	owner     *access.Person
	colleague *access.Person
	group     string
	tag       string
	field     string
	contact   *customers.Contact
	token     string // the contact's
	customer  string
	n         int
	shown     int // hostile strings, so far
}

func furnishedWhole(t *testing.T) *full {
	t.Helper()
	f := &full{t: t, app: bare.Unwatched(t)}
	f.table = hooks.Register(f.app, &hooks.Config{Unlimited: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	f.must(access.EnsureGroups(f.app), access.EnsureRoles(f.app), escalation.EnsureRules(f.app))
	f.people()
	f.shop()
	f.talk()
	f.around()
	f.past()
	server := desktest.Serve(t, f.app)
	f.desk = &program{t: t, dir: f.app.DataDir(), listen: strings.TrimPrefix(server.URL, "http://")}
	return f
}

func (f *full) must(errs ...error) {
	f.t.Helper()
	if err := errors.Join(errs...); err != nil {
		f.t.Fatal(err)
	}
}

func (f *full) id(what string) string { f.n++; return fmt.Sprint(what, f.n) }

func (f *full) people() {
	f.t.Helper()
	group, err := access.AddGroup(f.app, nil, access.GroupDraft{Name: "蜂蜜组"})
	f.must(err)
	f.group = group.Id
	_, err = access.AddRole(f.app, nil, "见习", nil)
	f.must(err)
	hire := func(mail, name string) *access.Person {
		s, hiring := access.AddStaff(f.app, nil, access.Newcomer{Email: mail, Nickname: name, RealName: "张" + name, Password: password, Role: access.Owner})
		f.must(hiring, access.SetPresence(f.app, s.Id, access.Online, ""))
		p, finding := access.ByID(f.app, s.Id)
		f.must(finding)
		return p
	}
	f.owner, f.colleague = hire(ownerMail, ownerName), hire(secondMail, secondName)
	f.must(access.SetPresence(f.app, f.colleague.ID, access.Break, "吃饭"))
}

func (f *full) shop() {
	f.t.Helper()
	f.must(settings.SaveShop(f.app, settings.Shop{Name: shopName, Colour: "#2b6a4d", Language: "zh-CN", BaseURL: "https://kf.example.com"}),
		settings.SaveLevels(f.app, settings.Levels{Customers: []settings.Level{{Name: "金卡", VIP: true}}, Distributors: []settings.Level{{Name: "一级代理"}}}))
	_, err := channels.Add(f.app, channels.New{
		Name: "官网", Greeting: "您好，请问有什么可以帮您？", OffHours: "我们下班了", Group: f.group, Default: true, TypingPreview: true,
		Routes: []channels.Route{{By: channels.ByLevel, Value: "金卡", Group: f.group}},
		Entries: []channels.Entry{
			{ID: "where", Text: "我的快递到哪了", Answer: "正在为您查询"},
			{ID: "return", Text: "我要退货", Form: []channels.Field{
				{Name: "order", Label: "订单号", Kind: channels.Line}, {Name: "why", Label: "原因", Kind: channels.OneOf, Choices: []string{"破损", "不喜欢"}},
			}},
		},
	})
	f.must(err)
	tag, err := customers.AddTag(f.app, "易碎", "gold", 1)
	f.must(err)
	f.tag = tag.Id
	field, err := customers.AddField(f.app, customers.FieldDraft{Name: "口味", Kind: customers.TextField})
	f.must(err)
	f.field = field.Id
	_, err = customers.AddField(f.app, customers.FieldDraft{Name: "甜度", Kind: customers.ChoiceField, Options: []string{"少糖", "偏甜"}})
	f.must(err)
	for scope, where := range map[quickreplies.Scope]string{quickreplies.Staff: "", quickreplies.Shop: "", quickreplies.Group: f.group} {
		_, err = quickreplies.Add(f.app, f.owner, quickreplies.Draft{Code: "快" + string(scope), Title: "快递说明", Text: "顺丰今天发出", Category: "物流", Scope: scope, Group: where})
		f.must(err)
	}
	_, err = notices.Add(f.app, notices.Draft{Name: "主管群", Kind: notices.Mail, Address: "boss@example.com"})
	f.must(err)
	_, err = escalation.Add(f.app, f.owner, escalation.Draft{
		Name: "退款要快", Enabled: true, When: escalation.When{Words: &escalation.Words{Any: []string{"退款"}, Except: []string{"不退款"}}, Levels: []string{"金卡"}},
		Then: escalation.Then{Priority: "high", Tags: []string{f.tag}, Note: "客户急了：{原因}", Supervisors: true, Robots: true},
	})
	f.must(err)
}

// arrives is a customer with something in every field of theirs.
func (f *full) arrives(name string) (*customers.Contact, string, string) {
	f.t.Helper()
	c, token, _, err := customers.Arrive(f.app, customers.Arrival{Page: &customers.Page{URL: "https://shop.example/honey", Title: "土蜂蜜", Kind: "product"}})
	f.must(err)
	said, err := conversations.PostAsVisitor(f.app, c, conversations.Draft{ID: f.id("m"), Kind: conversations.Text, Text: "我要退款"})
	f.must(err)
	found, err := conversations.ByID(f.app, said.Conversation)
	f.must(err)
	level, distributor, region, phone := "金卡", "一级代理", "陕西西安", "13812346027"
	_, err = customers.Edit(f.app, found.Customer, customers.Change{
		Name: &name, Region: &region, Phone: &phone, Level: &level, DistributorLevel: &distributor, Dedicated: &f.colleague.ID, Tags: &[]string{f.tag}, Custom: map[string]string{f.field: "偏咸"},
	})
	f.must(err)
	_, err = customers.AddNote(f.app, found.Customer, f.owner.ID, "怕苦")
	f.must(err, customers.SetPage(f.app, c.Id, customers.Page{URL: "https://shop.example/tea", Title: "老白茶", Kind: "product"}))
	channel, err := channels.ByID(f.app, c.Channel())
	f.must(err)
	known := f.id("u")
	_, _, _, err = customers.Arrive(f.app, customers.Arrival{Bearer: &token, Identity: &channels.Identity{ID: known, HMAC: channels.Sign(channel.Secrets()[0].Text, known, 0), Name: name}})
	f.must(err)
	c, err = customers.ContactByID(f.app, c.Id)
	f.must(err)
	return c, token, said.Conversation
}

func (f *full) says(p *access.Person, conversation string, d conversations.Draft) *conversations.Message {
	f.t.Helper()
	d.ID, d.Conversation = f.id("s"), conversation
	m, err := conversations.PostAsStaff(f.app, p, d)
	f.must(err)
	return m
}

// talk is a conversation with an entry of every kind.
func (f *full) talk() {
	f.t.Helper()
	c, token, conversation := f.arrives("王小明")
	f.contact, f.token = c, token
	found, err := conversations.ByID(f.app, conversation)
	f.must(err)
	f.customer = found.Customer
	_, err = conversations.Take(f.app, f.owner, f.id("t"), conversation)
	f.must(err)
	first := f.says(f.owner, conversation, conversations.Draft{Kind: conversations.Text, Text: "您好，稍等"})
	f.says(f.owner, conversation, conversations.Draft{Kind: conversations.Text, Text: "这是说明", Quote: first.ID})
	f.says(f.owner, conversation, conversations.Draft{Kind: conversations.Note, Text: "@" + secondName + " 看一下"})
	_, picture := picture(f.t, "a.png", color.RGBA{200, 30, 30, 255})
	for name, body := range map[string]string{"发票 报价单.zip": "PK\x03\x04\x14\x00\x00\x00\x00\x00", "照片.png": string(picture)} {
		kind := conversations.File
		if strings.HasSuffix(name, ".png") {
			kind = conversations.Image
		}
		file, storing := files.Store(f.app, files.Upload{Owner: "visitor:" + c.Id, ClientID: f.id("u"), Contact: c.Id, Purpose: files.ForMessage, Name: name, Body: strings.NewReader(body)})
		f.must(storing)
		_, storing = conversations.PostAsVisitor(f.app, c, conversations.Draft{ID: f.id("m"), Kind: kind, File: file.ID()})
		f.must(storing)
	}
	for _, card := range []conversations.Kind{conversations.Product, conversations.Order} {
		f.says(f.owner, conversation, conversations.Draft{Kind: card, Data: json.RawMessage(`{"id":"茶42","title":"秋梨膏"}`)})
	}
	filled := json.RawMessage(`{"entry":"return","form":{"entry":"return","fields":[{"name":"order","value":"单号四十二"},{"name":"why","value":"破损"}]}}`)
	_, err = conversations.PostAsVisitor(f.app, c, conversations.Draft{ID: f.id("m"), Kind: conversations.Text, Text: "我要退货", Data: filled})
	f.must(err, conversations.SetTags(f.app, f.owner, conversation, []string{f.tag}), conversations.SetPriority(f.app, f.owner, conversation, "urgent"),
		conversations.Mark(f.app, f.owner, conversation, conversations.Angry))
	_, err = conversations.Transfer(f.app, f.owner, f.id("x"), conversation, conversations.Destination{Group: f.group, Note: "小心应付"})
	f.must(err)
	_, err = conversations.Take(f.app, f.owner, f.id("t"), conversation)
	f.must(err)
	_, err = reminders.Add(f.app, f.owner, reminders.Promise{ID: f.id("p"), Conversation: conversation, Text: "明天回电", Due: time.Now().Add(time.Hour)})
	f.must(err)
}

// around is what stands beside it: in every tab one, blocked, put off, merged.
func (f *full) around() {
	f.t.Helper()
	_, _, waits := f.arrives("李四")
	_, _, theirs := f.arrives("赵六")
	_, err := conversations.Take(f.app, f.colleague, f.id("t"), theirs)
	f.must(err)
	f.says(f.colleague, theirs, conversations.Draft{Kind: conversations.Note, Text: "@" + ownerName + " 请看"})
	_, _, later := f.arrives("孙七")
	_, err = conversations.Take(f.app, f.owner, f.id("t"), later)
	f.must(err, conversations.PutOff(f.app, f.owner, later, time.Now().Add(time.Hour)))
	blocked, err := conversations.ByID(f.app, waits)
	f.must(err, conversations.Block(f.app, f.owner, blocked.Customer, customers.Block{Reason: "骂人"}))
	_, _, twin := f.arrives("王小明二号")
	same, err := conversations.ByID(f.app, twin)
	f.must(err)
	_, err = customers.MergeCustomers(f.app, customers.Merging{Into: f.customer, From: same.Customer, Staff: f.owner.ID, Take: []string{"name"}})
	f.must(err, notices.Alert(f.app, notices.Warning{Code: notices.Rule, Key: "escalation.unseen_alert", Args: []any{"Count", 90}, Group: f.group, Conversation: waits}))
}

// past is a closed conversation with a rating and a comment.
func (f *full) past() {
	f.t.Helper()
	c, _, conversation := f.arrives("钱二")
	_, err := conversations.Take(f.app, f.owner, f.id("t"), conversation)
	f.must(err)
	_, err = conversations.Close(f.app, f.owner, f.id("c"), conversation)
	solved := false
	f.must(err, conversations.Rate(f.app, c, conversation, conversations.Rating{Score: 1, Resolved: &solved, Comment: "等太久了"}))
}

// prefers is what only the console's own calls write.
func (f *full) prefers(p *person) {
	f.t.Helper()
	var mine string
	f.must(f.app.DB().NewQuery("SELECT id FROM conversations WHERE assignee = '" + f.owner.ID + "' AND status = 'open' LIMIT 1").Row(&mine))
	for call, body := range map[string]any{
		"POST customers/" + f.customer + "/reveal": map[string]any{"field": "phone", "reason": "回访"},
		"PUT desk/preferences":                     map[string]any{"views": []any{map[string]any{"id": "v1", "name": "退款的", "filter": map[string]any{"tags": []string{f.tag}, "words": "退款"}}}},
		"PUT conversations/" + mine + "/draft":     map[string]any{"reply": "还没发的", "note": "还没记的", "mode": "reply"},
	} {
		raw, err := json.Marshal(body)
		f.must(err)
		method, path, _ := strings.Cut(call, " ")
		if status := ask[int](p.view, fmt.Sprintf(`(await fetch("/api/xiaoer/%s", { method: %q, headers: { "Content-Type": "application/json" }, body: %s })).status`, path, method, quote(string(raw)))); status/100 != 2 {
			f.t.Fatalf("%s: %d", call, status)
		}
	}
}

// planter puts hostile texts where people's words were.
type planter struct {
	texts []string
	n     int
	found map[string]bool // table.column
}

// plant replaces what people have written, wherever it is kept: in this shop all
// that is Chinese, and nothing else is. No form would let it in. It returns the
// columns, as table.column.
func (f *full) plant(texts []string) map[string]bool {
	f.t.Helper()
	p := &planter{texts: texts, found: map[string]bool{}}
	var guards []string
	f.must(f.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'trigger'").Column(&guards))
	for _, guard := range guards { // such as the one by which an audit entry never changes
		_, err := f.app.NonconcurrentDB().NewQuery("DROP TRIGGER {{" + guard + "}}").Execute()
		f.must(err)
	}
	collections, err := f.app.FindAllCollections()
	f.must(err)
	for _, c := range collections {
		if strings.HasPrefix(c.Name, "_") {
			continue
		}
		records, err := f.app.FindAllRecords(c.Name)
		f.must(err)
		for _, r := range records {
			planted := dbx.Params{}
			for _, name := range c.Fields.FieldNames() {
				if text := r.GetString(name); chinese(text) {
					planted[name] = p.instead(c.Name+"."+name, text)
				}
			}
			if len(planted) > 0 {
				_, err = f.app.NonconcurrentDB().Update(c.Name, planted, dbx.HashExp{"id": r.Id}).Execute()
				f.must(err)
			}
		}
	}
	return p.found
}

func chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}

// instead is what stands where text was, in the same shape. Each is another, since
// some have to be.
func (p *planter) instead(where, text string) string {
	p.found[where] = true
	var shaped any
	if strings.IndexAny(text, "{[") != 0 || json.Unmarshal([]byte(text), &shaped) != nil {
		return p.words(where)
	}
	raw, err := json.Marshal(p.within(where, shaped))
	if err != nil {
		panic(err) // it was JSON before
	}
	return string(raw)
}

func (p *planter) within(where string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = p.within(where, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = p.within(where, inner)
		}
	case string:
		if chinese(v) {
			return p.words(where)
		}
	}
	return v
}

// words are all of the texts; a contact's name is checked whenever they come back,
// and is as long as it may be.
func (p *planter) words(where string) string {
	p.n++
	if where == "contacts.name" {
		return "<svg onload=globalThis.pwned=1><b id=x>"
	}
	return fmt.Sprintf("%s %d", strings.Join(p.texts, " "), p.n)
}
