package protocol_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// hears waits for the visitor's notice of that code.
func (c *client) hears(code string) string {
	c.t.Helper()
	return c.wait("notice", is([]string{"code"}, code)).str("text")
}

func TestWhoWaitsIsToldTheirPlaceAndNoMoreThanIsKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	first, second := s.visitor().str("token"), s.visitor().str("token")
	s.hello(first, "").send("m", "在吗")
	waits := s.hello(second, "")
	said := waits.send("m", "在吗")
	again := s.hello(second, "") // whoever comes back is told afresh
	if text := again.hears("wait"); text != "您前面还有 1 位" {
		t.Errorf("told %q", text)
	}
	english := s.dial(nil)
	english.say(frame{"type": "hello", "token": second, "lang": "en"})
	if text := english.hears("wait"); text != "1 person is before you" {
		t.Errorf("told %q", text)
	}
	c, err := conversations.ByID(s.app, said.str("message", "conversation"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		place int
		wait  time.Duration
		want  string
	}{
		{3, 150 * time.Second, "您前面还有 2 位，预计约 3 分钟"},
		{1, 20 * time.Second, "下一位就是您，预计不到 1 分钟"},
		{9, 22 * time.Minute, "您前面还有 8 位，预计约 25 分钟"},
		{40, 100 * time.Minute, "您前面还有 39 位，预计约 2 小时"},
		{2, 0, "您前面还有 1 位"},
	} {
		e := &routing.PlacesEvent{App: s.app, Places: []routing.Place{{Conversation: c, Place: one.place, Wait: one.wait}}}
		if err := routing.OnPlaces(s.app).Trigger(e); err != nil {
			t.Fatal(err)
		}
		again.wait("notice", is([]string{"text"}, one.want))
	}
	quiet := routing.SettingsOf(s.app)
	quiet.ShowWait = false
	if err := routing.SaveSettings(s.app, quiet); err != nil {
		t.Fatal(err)
	}
	e := &routing.PlacesEvent{App: s.app, Places: []routing.Place{{Conversation: c, Place: 7, Wait: time.Minute}}}
	if err := routing.OnPlaces(s.app).Trigger(e); err != nil {
		t.Fatal(err)
	}
	again.wait("notice", is([]string{"text"}, "您前面还有 6 位"))
}

func TestLeavingAMessageIsOfferedAfterAWhile(t *testing.T) {
	t.Parallel()
	s := open(t)
	who := s.visitor().str("token")
	waits := s.hello(who, "")
	waits.send("m", "在吗")
	early := s.hello(who, "")
	early.hears("wait")
	later := time.Now().Add(routing.SettingsOf(s.app).OfferAfter + time.Second)
	clock.Set(s.app, func() time.Time { return later })
	const want = "还要再等一会儿。不方便等的话，可以留言并留下联系方式，我们会尽快回复您。"
	if text := s.hello(who, "").hears("leave_message"); text != want {
		t.Errorf("who comes back is told %q", text)
	}
	if text := waits.hears("leave_message"); text != want { // the worker, within a second
		t.Errorf("told %q", text)
	}
	s.call("POST", pathLeft, who, map[string]any{"id": "l", "text": "打给我"}, 200, nil)
	back := s.hello(who, "")
	if text := back.hears("left"); text != "我们会尽快在这里回复您" {
		t.Errorf("who has left a message is told %q", text)
	}
	waits.send("m2", "我又回来了")
	s.hello(who, "").hears("wait")
}

// While nobody answers, waiting is of no use: a message can be left at once.
func TestLeavingAMessageIsOfferedAtOnceWhileNobodyAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	shut, err := channels.Add(s.app, channels.New{Name: "上班时间", Hours: hours.Week{Spans: []hours.Span{{Day: time.Friday, From: 9 * 60, To: 18 * 60}}}})
	if err != nil {
		t.Fatal(err)
	}
	night, _ := time.Parse(time.RFC3339, "2026-11-26T20:00:00+08:00")
	clock.Set(s.app, func() time.Time { return night })
	var who frame
	s.call("POST", "/api/xiaoer/visitor", "", map[string]any{"channel": shut.Id}, 200, &who)
	s.hello(who.str("token"), "").send("m", "在吗")
	const want = "已收到您的消息。现在是休息时间，明天 09:00 恢复服务后回复您。也可以留个联系方式，方便我们找到您。"
	if text := s.hello(who.str("token"), "").hears("leave_message"); text != want {
		t.Errorf("told %q", text)
	}
}
