package routing_test

import (
	"strconv"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// A round with 500 waiting and 50 people, who have all they may, is what happens
// each time that something moves on the busiest day.
func BenchmarkRound(b *testing.B) {
	app := desktest.New(b)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	g, err := access.AddGroup(app, nil, access.GroupDraft{Name: "售前"})
	must(err)
	insert := func(id, assignee string, status conversations.Status) {
		_, err := app.NonconcurrentDB().NewQuery("INSERT INTO conversations (id, contact, status, assignee, [[group]], priority, tags, [[last]], preferred, deadlines, queued, [[rank]], waiting_since) " +
			"VALUES ({:id}, {:id}, {:status}, {:assignee}, {:group}, 'normal', '[]', 'null', 'null', 'null', '2026-06-01 04:00:00.000Z', '2026-06-01 04:00:00.000Z', '2026-06-01 04:00:00.000Z')").
			Bind(dbx.Params{"id": id, "status": string(status), "assignee": assignee, "group": g.Id}).Execute()
		must(err)
	}
	for i := range 50 {
		s, err := access.AddStaff(app, nil, access.Newcomer{
			Email: "a" + strconv.Itoa(i) + "@example.com", Nickname: "客服" + strconv.Itoa(i), Password: "orange-Kettle-42", Role: access.Agent, Cap: 10, Groups: []string{g.Id},
		})
		must(err)
		must(access.SetPresence(app, s.Id, access.Online, ""))
		routing.Connected(app, s.Id)
		for j := range 10 {
			insert("o"+strconv.Itoa(i*10+j), s.Id, conversations.Open)
		}
	}
	for i := range 500 {
		insert("w"+strconv.Itoa(i), "", conversations.Waiting)
	}
	must(routing.Round(app))
	for b.Loop() {
		must(routing.Round(app))
	}
}
