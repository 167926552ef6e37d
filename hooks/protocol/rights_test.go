package protocol_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// regroup puts somebody into the one group, and returns when everybody has been told.
func (s *shop) regroup(id, kind string) {
	s.t.Helper()
	g, err := access.GroupBy(s.app, kind)
	if err != nil {
		s.t.Fatal(err)
	}
	told := make(chan int64, 100)
	access.Changed(s.app).BindFunc(func(e *access.ChangeEvent) error { told <- e.Version; return e.Next() })
	r, err := s.app.FindRecordById(access.Collection, id)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Set("groups", []string{g.Id})
	if err = s.app.Save(r); err != nil {
		s.t.Fatal(err)
	}
	var version int64
	err = s.app.RunInTransaction(func(tx core.App) (err error) { version, err = access.Version(tx); return err })
	if err != nil {
		s.t.Fatal(err)
	}
	for <-told < version {
	}
}

// hearsNothingOf holds c, who has lost a conversation, to be told of that and no
// word said in it since; boss, who came later, hears the word after c would have.
func (s *shop) hearsNothingOf(c, boss, visitor *client, conversation string) {
	s.t.Helper()
	c.wait("conversation", is([]string{"conversation", "id"}, conversation), is([]string{"conversation", "gone"}, true))
	c.wait("notice", is([]string{"code"}, "rights"))
	visitor.send("secret", "私密")
	boss.wait("message", is([]string{"message", "text"}, "私密"))
	c.say(frame{"type": "ping"})
	c.wait("pong")
	for _, f := range c.seen {
		if f.str("message", "text") == "私密" {
			s.t.Error("they hear what is said to a group that they have left")
		}
	}
}

// Rights that change between the opening of a socket and its hello are those of the
// session, and what somebody no longer sees goes from their screen.
func TestRightsChangeBeforeTheHello(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, _ := s.hire("客服", "agent", "pre-sale")
	_, owner := s.hire("店主", "owner")
	visitor := s.hello(s.visitorToken(), "")
	conversation := visitor.send("m", "在吗").str("message", "conversation")
	c := s.dial(http.Header{"Origin": {s.server.URL}, "Cookie": {s.browser(s.server, id)}})
	s.regroup(id, access.Complaint)
	c.say(frame{"type": "hello"})
	c.wait("ready")
	s.hearsNothingOf(c, s.hello(owner, ""), visitor, conversation)
}

// Somebody whose rights change while they catch up is told when they have.
func TestRightsChangeWhileCatchingUp(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, token := s.hire("客服", "agent", "pre-sale")
	_, owner := s.hire("店主", "owner")
	visitor := s.hello(s.visitorToken(), "")
	conversation := visitor.send("m", "在吗").str("message", "conversation")
	moved := false
	routing.OnPresence(s.app).BindFunc(func(e *routing.PresenceEvent) error { // when they are heard of, before they are served
		if e.Person.ID == id && !moved {
			moved = true
			s.regroup(id, access.Complaint)
		}
		return e.Next()
	})
	c := s.hello(token, "")
	s.hearsNothingOf(c, s.hello(owner, ""), visitor, conversation)
}
