package escalation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// tells collects who is told that nobody looks.
func (s *shop) tells() *[][]string {
	s.Helper()
	var told [][]string
	notices.OnTell(s.app).BindFunc(func(e *notices.TellEvent) error {
		if e.Code == notices.Unseen {
			told = append(told, e.To)
		}
		return e.Next()
	})
	return &told
}

// after lets so many seconds pass, and the sweep look.
func (s *shop) after(seconds int) {
	s.Helper()
	s.at(s.now.Add(time.Duration(seconds) * time.Second))
	s.must(escalation.SweepUnseen(s.app))
}

func (s *shop) alerts() (n int) {
	s.Helper()
	s.must(s.app.DB().NewQuery("SELECT COUNT(*) FROM alerts WHERE code = 'unseen'").Row(&n))
	return n
}

func TestWhatNobodyLooksAtIsToldOnceAStage(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := notices.Add(s.app, notices.Draft{Name: "店主", Kind: notices.Mail, Address: "boss@example.com", Codes: []string{notices.Unseen}})
	s.must(err)
	told := s.tells()
	s.says(s.comes(), "在吗")
	s.after(59)
	if len(*told) != 0 {
		t.Fatal("told too early")
	}
	s.after(1)
	if len(*told) != 1 || !slices.Contains((*told)[0], s.agent.ID) || !slices.Contains((*told)[0], s.boss.ID) || slices.Contains((*told)[0], s.solve.ID) {
		t.Fatalf("told %v; whoever may answer is %s and %s", *told, s.agent.ID, s.boss.ID)
	}
	s.after(60)
	if len(*told) != 1 || s.alerts() != 0 {
		t.Errorf("told %d times, %d alerts", len(*told), s.alerts())
	}
	s.after(60)
	if s.alerts() != 1 {
		t.Errorf("%d alerts after 180 s", s.alerts())
	}
	s.after(3600)
	if len(*told) != 1 || s.alerts() != 1 {
		t.Errorf("the same case again: told %d times, %d alerts", len(*told), s.alerts())
	}
}

func TestALookEndsItUntilTheCustomerSaysMore(t *testing.T) {
	t.Parallel()
	s := open(t)
	told := s.tells()
	who := s.comes()
	c := s.says(who, "在吗")
	s.must(conversations.Look(s.app, s.solve, c)) // not theirs to answer
	s.after(30)
	s.must(conversations.Look(s.app, s.agent, c))
	s.after(60)
	if len(*told) != 0 {
		t.Fatalf("somebody had looked: %v", *told)
	}
	s.says(who, "有人吗")
	s.after(60)
	if len(*told) != 1 {
		t.Errorf("the customer's next word, at which nobody looked: told %d times", len(*told))
	}
}

func TestWhoeverIsHandedItHasToLook(t *testing.T) {
	t.Parallel()
	s := open(t)
	told := s.tells()
	c := s.says(s.comes(), "在吗")
	_, err := conversations.Take(s.app, s.agent, "take", c.ID)
	s.must(err)
	s.after(60)
	if len(*told) != 0 {
		t.Fatal("who takes has looked")
	}
	_, err = conversations.Transfer(s.app, s.agent, "hand", c.ID, conversations.Destination{Group: s.complaint})
	s.must(err)
	s.after(60)
	if len(*told) != 1 || slices.Contains((*told)[0], s.agent.ID) || !slices.Contains((*told)[0], s.solve.ID) {
		t.Errorf("handed on, and not looked at: %v", *told)
	}
	_, err = conversations.PostAsStaff(s.app, s.solve, conversations.Draft{ID: "r", Conversation: c.ID, Kind: conversations.Text, Text: "您好"})
	s.must(err)
	s.after(600)
	if len(*told) != 1 {
		t.Error("told of what was answered")
	}
}

func TestAShopMaySwitchItOff(t *testing.T) {
	t.Parallel()
	s := open(t)
	told := s.tells()
	for _, wrong := range []escalation.Unseen{{Seconds: 5}, {Seconds: 60, Groups: 9999}, {Seconds: -1}} {
		if settings.Save(s.app, "unseen", wrong) == nil {
			t.Errorf("%+v was saved", wrong)
		}
	}
	s.must(settings.Save(s.app, "unseen", escalation.Unseen{}))
	s.says(s.comes(), "在吗")
	s.after(600)
	if len(*told) != 0 {
		t.Error("told although it is off")
	}
}
