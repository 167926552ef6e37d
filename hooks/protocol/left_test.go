package protocol_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

const pathLeft = "/api/xiaoer/visitor/left"

func TestALeftMessageIsNotWaitedWith(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.hire("客服-小满", "agent", "pre-sale")
	agent := s.hello(token, "")
	who := s.visitor().str("token")
	waiting := s.hello(who, "")
	waiting.send("m1", "在吗")
	left := map[string]any{"id": "l1", "text": "请明天打给我", "phone": "138 1234 6027", "email": "wang@example.com"}
	var answer frame
	s.call("POST", pathLeft, who, left, 200, &answer)
	if answer.str("message", "text") != "请明天打给我" || answer.str("text") != "我们会尽快在这里回复您" {
		t.Errorf("answered %v", answer)
	}
	is := func(want bool) func(frame) bool {
		return func(f frame) bool { return (f.str("conversation", "left") != "") == want }
	}
	agent.wait("conversation", is(true))
	seen := agent.wait("message", event("left"))
	if seen.str("message", "data", "phone") != "138****6027" || seen.str("message", "data", "email") != "w***@example.com" {
		t.Errorf("staff are told %v", seen)
	}
	mine := waiting.wait("message", event("left"))
	if told := fmt.Sprint(mine); strings.Contains(told, "6027") || strings.Contains(told, "example.com") {
		t.Errorf("the visitor is told %s", told)
	}

	var again frame
	s.call("POST", pathLeft, who, left, 200, &again)
	if again.str("message", "id") != answer.str("message", "id") {
		t.Error("the same id left another message")
	}
	left["phone"] = "13900000000"
	s.call("POST", pathLeft, who, left, 409, &again)
	if again.str("data", "code") != "id_reused" {
		t.Errorf("the same id with another number: %v", again)
	}

	var profile frame
	s.call("GET", "/api/xiaoer/conversations/"+answer.str("message", "conversation"), token, nil, 200, &again)
	s.call("GET", "/api/xiaoer/customers/"+again.str("conversation", "contact", "customer"), token, nil, 200, &profile)
	if profile.str("customer", "phone") != "" || profile.str("customer", "said_phone") != "138****6027" || profile.str("customer", "said_email") != "w***@example.com" {
		t.Errorf("what a visitor says is taken for checked: %v", profile.at("customer"))
	}
	waiting.send("m2", "我又回来了")
	agent.wait("conversation", is(false))
}

// event is the check for an entry of that kind.
func event(name string) func(frame) bool {
	return func(f frame) bool { return f.str("message", "data", "event") == name }
}

func TestWhatIsWrongWithALeftMessageIsSaidBesideTheField(t *testing.T) {
	t.Parallel()
	s := open(t)
	who := s.visitor().str("token")
	for field, left := range map[string]map[string]any{
		"text":  {"id": "a", "text": " "},
		"phone": {"id": "b", "text": "x", "phone": "138****6027"},
		"email": {"id": "c", "text": "x", "email": "wang at example"},
		"id":    {"text": "x"},
	} {
		var refused frame
		s.call("POST", pathLeft, who, left, 422, &refused)
		if refused.str("data", "field") != field || refused.str("message") == "" {
			t.Errorf("%v: %v", left, refused)
		}
	}
	s.call("POST", pathLeft, who, map[string]any{"id": "d", "text": "x"}, 200, nil) // what was refused stored nothing
	s.call("POST", pathLeft, "", map[string]any{"id": "e", "text": "x"}, 401, nil)
	for i := range 15 {
		s.call("POST", pathLeft, who, map[string]any{"id": fmt.Sprint("f", i), "text": "x"}, 200, nil)
	}
	var limited frame
	s.call("POST", pathLeft, who, map[string]any{"id": "g", "text": "x"}, 429, &limited)
}

func TestALeftMessageSaysWhenSomebodyIsBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	days := []hours.Span{}
	for day := time.Monday; day <= time.Friday; day++ {
		days = append(days, hours.Span{Day: day, From: 9 * 60, To: 18 * 60})
	}
	shut, err := channels.Add(s.app, channels.New{Name: "上班时间", Hours: hours.Week{Spans: days}})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-11-26T20:00:00+08:00": "明天 09:00 恢复服务后，我们会在这里回复您",
		"2026-11-26T07:00:00+08:00": "今天 09:00 恢复服务后，我们会在这里回复您",
		"2026-11-27T20:00:00+08:00": "11月30日（周一） 09:00 恢复服务后，我们会在这里回复您",
		"2026-11-26T10:00:00+08:00": "我们会尽快在这里回复您",
	} {
		now, _ := time.Parse(time.RFC3339, at)
		clock.Set(s.app, func() time.Time { return now })
		var who, answer frame
		s.call("POST", "/api/xiaoer/visitor", "", map[string]any{"channel": shut.Id}, 200, &who)
		s.call("POST", pathLeft, who.str("token"), map[string]any{"id": "x", "text": "在吗"}, 200, &answer)
		if answer.str("text") != want {
			t.Errorf("%s: %q, want %q", at, answer.str("text"), want)
		}
	}
}
