package conversations_test

import (
	"encoding/json"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// Who begins a conversation waits for the group that page and identity lead to at
// that moment; an entry question that leads to one wins over them.
func TestPageAndIdentityChooseTheGroup(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	ch, err := channels.Add(app, channels.New{
		Name: "官网", Group: "else",
		Entries: []channels.Entry{{ID: "ask", Text: "投诉", Group: "complaint"}, {ID: "hello", Text: "你好"}},
		Routes: []channels.Route{
			{By: channels.ByDistributor, Group: "distributors"}, {By: channels.BySigned, Group: "signed"}, {By: channels.ByKind, Value: "cart", Group: "cart"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	arrive := func(id, kind string) *customers.Contact {
		t.Helper()
		a := customers.Arrival{Channel: ch.Id, Page: &customers.Page{URL: "https://heye.cn/x", Kind: kind}}
		if id != "" {
			a.Identity = &channels.Identity{ID: id, HMAC: channels.Sign(ch.Secrets()[0].Text, id, 0)}
		}
		c, _, _, err := customers.Arrive(app, a)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	moved := arrive("", "home")
	if err := customers.SetPage(app, moved.Id, customers.Page{URL: "https://heye.cn/cart", Kind: "cart"}); err != nil {
		t.Fatal(err)
	}
	seller := arrive("seller", "cart")
	level := "区域总代"
	if _, err := customers.Edit(app, seller.Customer(), customers.Change{DistributorLevel: &level}); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		who          *customers.Contact
		entry, group string
	}{
		"nobody known":                 {arrive("", "home"), "", "else"},
		"on a page":                    {arrive("", "cart"), "", "cart"},
		"on another page by now":       {moved, "", "cart"},
		"known to the shop":            {arrive("u-1", "cart"), "", "signed"},
		"a distributor":                {seller, "", "distributors"},
		"by a question with a group":   {arrive("u-2", "cart"), "ask", "complaint"},
		"by a question that leads not": {arrive("u-3", "cart"), "hello", "signed"},
	} {
		d := text("m", "在吗")
		if one.entry != "" {
			d.Data = json.RawMessage(`{"entry":"` + one.entry + `"}`)
		}
		m, err := conversations.PostAsVisitor(app, one.who, d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c, err := conversations.ByID(app, m.Conversation); err != nil || c.Group != one.group {
			t.Errorf("%s: waits for %q, %v, want %q", name, c.Group, err, one.group)
		}
	}
}
