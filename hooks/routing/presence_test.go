package routing_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

func TestPresenceNeedsAWordAndAConnection(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "a@example.com", Nickname: "小满", Password: "orange-Kettle-42", Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	person := func() *access.Person {
		t.Helper()
		p, err := access.ByID(app, s.Id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	now := func() routing.Status { return routing.Presence(app, person()) }
	say := func(status routing.Status, reason string) {
		t.Helper()
		if err := routing.SetPresence(app, person(), status, reason); err != nil {
			t.Fatal(err)
		}
	}
	if now() != routing.Offline {
		t.Fatal("a new account is present")
	}
	say(routing.Online, "")
	if now() != routing.Offline {
		t.Fatal("present without a connection")
	}
	routing.Connected(app, s.Id)
	if now() != routing.Online {
		t.Fatal("what was said before is forgotten")
	}
	say(routing.OnBreak, "吃饭")
	if now() != routing.OnBreak {
		t.Fatal("no break")
	}
	say(routing.Online, "")
	routing.Connected(app, s.Id)
	routing.Disconnected(app, s.Id)
	routing.Disconnected(app, s.Id)
	if now() != routing.Online {
		t.Fatal("a reload costs the presence")
	}
	if routing.PresenceAt(app, person(), time.Now().Add(31*time.Second)) != routing.Offline {
		t.Fatal("present for ever without a connection")
	}
}
