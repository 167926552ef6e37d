package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// person is one by whom something is done.
func (s *shop) person(who someone) *access.Person {
	s.t.Helper()
	p, err := access.ByID(s.app, who.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// otherGroup is not the one in which visitors wait.
func (s *shop) otherGroup() string {
	s.t.Helper()
	groups, err := access.Groups(s.app)
	if err != nil {
		s.t.Fatal(err)
	}
	return groups[1].Id
}

func (s *shop) do(_ *conversations.Message, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

type board struct {
	Queue []struct {
		Conversation string
		Why          struct {
			Kind string
			Of   int
		}
	}
	People []struct{ Staff, Presence, Since string }
	Today  struct {
		Breached int
		Groups   map[string]struct{ Breached int }
	}
}

// The board says in which order and why people wait, since when staff are there,
// and how many deadlines have passed since the shop's midnight.
func TestTheBoardSaysWhatNoFrameDoes(t *testing.T) {
	t.Parallel()
	s := open(t)
	boss, agent := s.hire(access.Supervisor), s.hire(access.Agent, s.group)
	first, second := s.ask("一"), s.ask("二")
	if err := conversations.SetPriority(s.app, s.person(boss), second.conversation, "urgent"); err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		at           time.Time
		conversation string
	}{
		{time.Date(2026, 3, 1, 15, 59, 0, 0, time.UTC), first.conversation}, // 23:59 in the shop: yesterday
		{time.Date(2026, 3, 1, 16, 1, 0, 0, time.UTC), first.conversation},
		{time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC), second.conversation},
	} {
		clock.Set(s.app, func() time.Time { return one.at })
		if err := conversations.Write(s.app, func(tx *conversations.Tx) error {
			c, err := tx.Conversation(one.conversation)
			if err != nil {
				return err
			}
			return tx.Tell(c, conversations.EventData{Event: conversations.Breach, Kind: conversations.FirstResponse})
		}); err != nil {
			t.Fatal(err)
		}
	}
	var b board
	s.call(boss, "GET board", nil, http.StatusOK, &b)
	if len(b.Queue) != 2 || b.Queue[0].Conversation != second.conversation || b.Queue[1].Conversation != first.conversation {
		t.Errorf("the queue is %+v", b.Queue)
	}
	for _, x := range b.Queue {
		if x.Why.Kind == "" {
			t.Errorf("nobody knows why %s waits", x.Conversation)
		}
	}
	if b.Today.Breached != 2 || b.Today.Groups[s.group].Breached != 2 {
		t.Errorf("late today: %+v", b.Today)
	}
	if len(b.People) != 2 {
		t.Errorf("people: %+v", b.People)
	}
	s.call(agent, "GET board", nil, http.StatusForbidden, nil)
	s.call(s.hireWith(access.ConversationsReply, access.ConversationsAssign), "GET board", nil, http.StatusForbidden, nil) // sees not all
}

// Whoever goes on with a conversation is told who served before and what they
// have left word of, as far as they may see it.
func TestWhoGoesOnKnowsWhatWentBefore(t *testing.T) {
	t.Parallel()
	s := open(t)
	first, second, stranger := s.hire(access.Agent, s.group), s.hire(access.Agent, s.group), s.hire(access.Agent, s.otherGroup())
	v := s.ask("杯子碎了")
	type handover struct {
		Served, Note *struct {
			Staff struct{ ID, Name string }
			Text  string
		}
		Why *struct{ Kind string }
	}
	look := func(who someone) (h handover) {
		t.Helper()
		s.call(who, "GET conversations/"+v.conversation+"/handover", nil, http.StatusOK, &h)
		return h
	}
	if h := look(second); h.Served != nil || h.Note != nil || h.Why == nil {
		t.Errorf("of a new one that waits: %+v", h)
	}
	p, q := s.person(first), s.person(second)
	s.do(conversations.Take(s.app, p, "t1", v.conversation))
	s.do(conversations.PostAsStaff(s.app, p, conversations.Draft{ID: "p1", Conversation: v.conversation, Kind: conversations.Text, Text: "马上看"}))
	s.do(conversations.PostAsStaff(s.app, p, conversations.Draft{ID: "p2", Conversation: v.conversation, Kind: conversations.Note, Text: "随手记的"}))
	s.do(conversations.Transfer(s.app, p, "t2", v.conversation, conversations.Destination{Staff: q, Note: "已核实破损，等补发单号"}))

	h := look(second)
	if h.Served == nil || h.Served.Staff.ID != first.id || h.Served.Text != "" || h.Why != nil {
		t.Errorf("served before: %+v", h.Served)
	}
	if h.Note == nil || h.Note.Text != "已核实破损，等补发单号" || h.Note.Staff.Name != p.Nickname {
		t.Errorf("the note: %+v", h.Note)
	}
	if h := look(first); h.Served != nil || h.Note != nil { // they know it themselves
		t.Errorf("to who handed it on: %+v", h)
	}
	s.call(stranger, "GET conversations/"+v.conversation+"/handover", nil, http.StatusNotFound, nil)
}

func TestMarksOfAConversation(t *testing.T) {
	t.Parallel()
	s := open(t)
	agent, reader := s.hire(access.Agent, s.group), s.hire(access.ReadOnly)
	v := s.ask("气死我了")
	at := "PUT conversations/" + v.conversation
	s.call(agent, at+"/priority", object{"priority": "urgent"}, http.StatusNoContent, nil)
	s.call(agent, at+"/emotion", object{"emotion": "angry"}, http.StatusNoContent, nil)
	c, err := conversations.ByID(s.app, v.conversation)
	if err != nil || c.Priority != "urgent" || c.Emotion != conversations.Angry {
		t.Errorf("marked as %+v, %v", c, err)
	}
	s.call(agent, at+"/emotion", object{"emotion": ""}, http.StatusNoContent, nil)
	s.call(agent, at+"/priority", object{"priority": "now"}, http.StatusUnprocessableEntity, nil)
	s.call(agent, at+"/emotion", object{"emotion": "sad"}, http.StatusUnprocessableEntity, nil)
	s.call(reader, at+"/priority", object{"priority": "low"}, http.StatusForbidden, nil)
	s.call(s.hire(access.Agent, s.otherGroup()), at+"/priority", object{"priority": "low"}, http.StatusNotFound, nil)
}

// A supervisor says for a colleague that they are gone, and hears what has come
// of it: nobody is on line who has no connection.
func TestPresenceIsSetForAColleague(t *testing.T) {
	t.Parallel()
	s := open(t)
	boss, agent := s.hire(access.Supervisor), s.hire(access.Agent, s.group)
	var out struct{ Presence string }
	s.call(boss, "PUT staff/"+agent.id+"/presence", object{"status": "online"}, http.StatusOK, &out)
	if out.Presence != "offline" {
		t.Errorf("without a connection: %s", out.Presence)
	}
	if p := s.person(agent); p.Presence != access.Online {
		t.Errorf("said: %s", p.Presence)
	}
	s.call(boss, "PUT staff/"+agent.id+"/presence", object{"status": "asleep"}, http.StatusUnprocessableEntity, nil)
	s.call(boss, "PUT staff/none/presence", object{"status": "online"}, http.StatusNotFound, nil)
	s.call(agent, "PUT staff/"+boss.id+"/presence", object{"status": "offline"}, http.StatusForbidden, nil)
}
