package seed_test

import (
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/seed"
)

// TestAHistoryIsReadAsWhatWasSaid: lists, customers and the search have it, and who
// speaks after it comes after it.
func TestAHistoryIsReadAsWhatWasSaid(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	must(access.EnsureGroups(app), access.EnsureRoles(app))
	group, err := access.GroupBy(app, access.PreSale)
	must(err)
	ch, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true, Group: group.Id})
	must(err)
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "chief@example.com", Nickname: "主管", Password: "orange-Kettle-42", Role: access.Supervisor, Groups: []string{group.Id}})
	must(err)
	chief, err := access.ByID(app, s.Id)
	must(err)

	const messages = 205
	done := 0
	must((&seed.History{Messages: messages, Seed: 1, Groups: []string{group.Id}}).Write(t.Context(), app, func(n int) { done = n }))
	closed, err := conversations.InView(app, chief, "closed", 1<<62)
	must(err)
	if done != messages || len(closed) != 21 {
		t.Errorf("%d messages in %d conversations", done, len(closed))
	}
	found, err := search.Find(t.Context(), app, chief, search.Asked{Typed: "我", Lang: "zh-CN"})
	must(err)
	if len(found.Hits) == 0 || found.Indexed != nil {
		t.Errorf("the search finds %d, indexed %v", len(found.Hits), found.Indexed)
	}

	span, err := conversations.Extent(app)
	must(err)
	contact, err := customers.ContactByID(app, closed[0].Contact)
	must(err)
	m, err := conversations.PostAsVisitor(app, contact, conversations.Draft{ID: "later", Kind: conversations.Text, Text: "又来了"})
	must(err)
	if m.Seq <= span.Head || contact.Channel() != ch.Id {
		t.Errorf("entry %d comes after %d", m.Seq, span.Head)
	}
	if all, err := conversations.OfCustomerSeenBy(app, chief, contact.Customer(), "", 10); err != nil || len(all) < 2 {
		t.Errorf("%d conversations of the customer's, %v", len(all), err)
	}
}
