package seed_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/seed"
)

// BenchmarkDesk is what people wait for, in an empty shop and in one with a million
// messages, side by side: it has to take the same time.
//
//	go test ./hooks/seed -run - -bench Desk
func BenchmarkDesk(b *testing.B) {
	full := 1_000_000
	if testing.Short() {
		full = 50_000
	}
	shops := map[int]*measured{}
	for _, size := range []int{0, full} {
		shops[size] = furnish(b, size)
	}
	for _, act := range []struct {
		name string
		do   func(m *measured, n int) error
	}{
		{"post", (*measured).post},
		{"list", (*measured).list},
		{"thread", (*measured).thread},
		{"resume", (*measured).resume},
		{"resume of staff", (*measured).resumeOfStaff},
		{"search", (*measured).search},
	} {
		for _, size := range []int{0, full} {
			b.Run(fmt.Sprintf("%s/%d", act.name, size), func(b *testing.B) {
				m := shops[size]
				m.b = b
				for b.Loop() {
					m.n++
					if err := act.do(m, m.n); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkOld is how long the owner waits to be told what a rule would remove, of a
// million messages three quarters.
//
//	go test ./hooks/seed -run - -bench Old
func BenchmarkOld(b *testing.B) {
	full := 1_000_000
	if testing.Short() {
		full = 50_000
	}
	m := furnish(b, full)
	then := clock.Now(m.app).Add(-time.Duration(full/4) * 30 * time.Second)
	for b.Loop() {
		if old, err := conversations.OldBefore(m.app, then); err != nil || old.Conversations < full/20 {
			b.Fatalf("%+v, %v", old, err)
		}
	}
}

// measured is a shop with so much history, and a hundred conversations that are
// going on in it.
type measured struct {
	b     *testing.B
	app   *tests.TestApp
	chief *access.Person
	going []*customers.Contact
	since int64 // twenty entries ago
	n     int
}

const going = 100

func furnish(b *testing.B, size int) *measured {
	b.Helper()
	app := desktest.New(b)
	must := func(errs ...error) {
		b.Helper()
		for _, err := range errs {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	must(access.EnsureGroups(app), access.EnsureRoles(app))
	ch, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true})
	must(err)
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "chief@example.com", Nickname: "主管", Password: "orange-Kettle-42", Role: access.Supervisor})
	must(err)
	m := &measured{b: b, app: app}
	m.chief, err = access.ByID(app, s.Id)
	must(err)
	if size > 0 {
		must((&seed.History{Messages: size, Seed: 1, Groups: m.chief.Groups}).Write(b.Context(), app, func(int) {}))
	}
	for i := range going {
		contact, _, _, failed := customers.Arrive(app, customers.Arrival{Channel: ch.Id})
		must(failed)
		m.going = append(m.going, contact)
		for k := range conversations.PageSize { // until the thread is a page
			_, failed = conversations.PostAsVisitor(app, contact, conversations.Draft{ID: fmt.Sprint("f", i, "-", k), Kind: conversations.Text, Text: "在吗"})
			must(failed)
		}
	}
	span, err := conversations.Extent(app)
	must(err)
	m.since = span.Head - 40 // an entry and a state each
	return m
}

// who is the contact of the n-th act.
func (m *measured) who(n int) *customers.Contact { return m.going[n%len(m.going)] }

func (m *measured) post(n int) error {
	_, err := conversations.PostAsVisitor(m.app, m.who(n), conversations.Draft{ID: fmt.Sprint("n", n), Kind: conversations.Text, Text: "上周买的蜂蜜刚到，瓶子裂了"})
	return err
}

func (m *measured) list(int) error {
	_, err := conversations.InView(m.app, m.chief, "all", 1<<62)
	return err
}

func (m *measured) thread(n int) error {
	_, err := conversations.Thread(m.app, m.chief, m.who(n).Id, 1<<62)
	return err
}

func (m *measured) resume(n int) error {
	_, err := conversations.MissedByVisitor(m.app, m.who(n).Id, m.since, 100)
	return err
}

func (m *measured) resumeOfStaff(int) error {
	if _, err := conversations.Missed(m.app, m.since, 100); err != nil {
		return err
	}
	_, err := conversations.ChangedSince(m.app, m.since, "", 100)
	return err
}

func (m *measured) search(int) error {
	_, err := search.Find(m.b.Context(), m.app, m.chief, search.Asked{Typed: "羊绒披肩", Lang: "zh-CN"})
	return err
}
