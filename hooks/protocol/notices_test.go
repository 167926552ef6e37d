package protocol_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// told is a notice about a conversation, with words that have variables.
func told(s *served, code string, more func(*notices.Notice)) notices.Notice {
	n := notices.Notice{Level: notices.Alarm, Code: code, Key: "protocol.returned_deleted", Args: []any{"Name", "小满", "Count", 2}, Conversation: s.ids[0]}
	more(&n)
	return n
}

// codes lists those of the notices that come to c before one with the code last,
// but for those of the queue.
func (c *client) codes(last string) (list []string) {
	c.t.Helper()
	for {
		code := c.wait("notice").str("code")
		if code == last {
			return list
		}
		if code != "queue" {
			list = append(list, code)
		}
	}
}

func TestNoticesReachThoseTheyAreFor(t *testing.T) {
	t.Parallel()
	s := serving(t)
	outsideID, outside := s.hire("客服-阿泽二", "agent", "complaint")
	_, supervisor := s.hire("主管", "supervisor")
	other, boss := s.hello(outside, ""), s.hello(supervisor, "")
	english := s.dial(nil)
	english.say(frame{"type": "hello", "token": s.token, "lang": "en"})
	english.wait("ready")
	everybody := []string{s.id, outsideID}

	for _, n := range []notices.Notice{
		told(s, notices.DeadlineNear, func(n *notices.Notice) { n.To = []string{s.id} }),
		told(s, notices.DeadlineBreached, func(n *notices.Notice) { n.Supervisors = true }),
		told(s, notices.DeadlineEscalated, func(n *notices.Notice) { n.To = []string{outsideID} }),
		told(s, notices.Rule, func(n *notices.Notice) { n.To, n.Supervisors, n.Conversation = everybody, true, "" }),
	} {
		if err := notices.Tell(s.app, n); err != nil {
			t.Fatal(err)
		}
	}
	first := s.agent.wait("notice", is([]string{"code"}, notices.DeadlineNear))
	if first.str("level") != "alarm" || first.str("conversation") != s.ids[0] || first.str("text") != "小满的账号已删除，2 个会话回到排队" {
		t.Errorf("the agent is told %v", first)
	}
	if text := english.wait("notice", is([]string{"code"}, notices.DeadlineNear)).str("text"); text == first.str("text") || text == "" {
		t.Errorf("in English %q", text)
	}
	if list := s.agent.codes(notices.Rule); len(list) > 0 {
		t.Errorf("an agent is told %v too", list)
	}
	if list := boss.codes(notices.Rule); !slices.Equal(list, []string{notices.DeadlineBreached}) {
		t.Errorf("a supervisor is told %v", list)
	}
	if blind := other.wait("notice", is([]string{"code"}, notices.DeadlineEscalated)); blind.str("text") == "" || blind.at("conversation") != nil {
		t.Errorf("who does not see the conversation is led to it: %v", blind)
	}
	s.visitor.say(frame{"type": "ping"})
	s.visitor.wait("pong")
	if slices.ContainsFunc(s.visitor.seen, func(f frame) bool { return f.str("type") == "notice" }) {
		t.Error("a visitor is told")
	}
}

// What a transaction tells is told when it is true, in its order, and not at all
// if it never is.
func TestNoticesFollowTheCommit(t *testing.T) {
	t.Parallel()
	s := serving(t)
	to := func(n *notices.Notice) { n.To = []string{s.id} }
	boom := errors.New("boom")
	err := s.app.RunInTransaction(func(app core.App) error {
		return errors.Join(notices.Tell(app, told(s, notices.Reminder, to)), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	err = conversations.Write(s.app, func(tx *conversations.Tx) error {
		for range 3 {
			if failed := errors.Join(notices.Tell(tx.App, told(s, notices.DeadlineNear, to)), notices.Tell(tx.App, told(s, notices.DeadlineBreached, to))); failed != nil {
				return failed
			}
		}
		return notices.Tell(tx.App, told(s, notices.Rule, to))
	})
	if err != nil {
		t.Fatal(err)
	}
	near, late := notices.DeadlineNear, notices.DeadlineBreached
	if list := s.agent.codes(notices.Rule); !slices.Equal(list, []string{near, late, near, late, near, late}) {
		t.Errorf("told %v", list)
	}
}
