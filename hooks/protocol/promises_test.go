package protocol_test

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

func TestVisitorAndAgentTalk(t *testing.T) {
	t.Parallel()
	s := open(t)
	agentID, agentToken := s.hire("客服-小满", "agent")
	me := s.visitor()
	if me.str("channel", "greeting") != greeting || len(me["messages"].([]any)) != 0 {
		t.Fatalf("arrival = %v", me)
	}
	agent := s.hello(agentToken, "")
	visitor := s.hello(me.str("token"), me.str("cursor"))

	ack := visitor.send("m1", "在吗")
	conversation := ack.str("message", "conversation")
	if ack.str("type") != "ack" || ack.str("message", "client_id") != "m1" {
		t.Fatalf("answer = %v", ack)
	}
	agent.wait("message", is([]string{"message", "text"}, greeting), is([]string{"message", "from", "kind"}, "bot"))
	got := agent.wait("message", is([]string{"message", "text"}, "在吗"))
	if got.at("message", "client_id") != nil {
		t.Fatal("another's client_id is told")
	}
	agent.wait("notice", is([]string{"code"}, "queue"))

	taken := agent.ask(frame{"type": "take", "id": "t1", "conversation": conversation})
	if taken.str("message", "data", "event") != "assigned" {
		t.Fatalf("take = %v", taken)
	}
	state := visitor.wait("conversation", is([]string{"conversation", "status"}, "open"))
	if state.str("conversation", "assignee", "name") != "客服-小满" {
		t.Fatalf("state = %v", state)
	}
	agent.send("a1", "在的", frame{"conversation": conversation})
	visitor.wait("message", is([]string{"message", "text"}, "在的"), is([]string{"message", "from", "name"}, "客服-小满"))

	note := agent.ask(frame{"type": "send", "id": "n1", "kind": "note", "text": "老客户", "conversation": conversation})
	if note.str("type") != "ack" {
		t.Fatalf("note = %v", note)
	}
	closing := agent.ask(frame{"type": "close", "id": "c1", "conversation": conversation})
	again := agent.ask(frame{"type": "close", "id": "c2", "conversation": conversation})
	if closing.str("message", "id") == "" || closing.str("message", "id") != again.str("message", "id") {
		t.Fatalf("closing twice: %v, %v", closing, again)
	}
	if r := agent.send("a2", "还有吗", frame{"conversation": conversation}); r.str("code") != "closed" {
		t.Fatalf("after closing: %v", r)
	}
	if r := agent.ask(frame{"type": "send", "id": "n2", "kind": "note", "text": "完", "conversation": conversation}); r.str("type") != "ack" {
		t.Fatalf("note after closing: %v", r)
	}
	visitor.wait("conversation", is([]string{"conversation", "status"}, "closed"))
	for _, f := range visitor.seen {
		if f.str("message", "kind") == "note" {
			t.Fatal("a visitor was shown a note")
		}
	}
	next := visitor.send("m2", "又来了")
	if next.str("message", "conversation") == conversation {
		t.Fatal("a closed conversation took a word")
	}
	_ = agentID
}

// Promise 2.
func TestSameIDIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	me := s.visitor()
	a, b := s.hello(me.str("token"), ""), s.hello(me.str("token"), "")
	first := a.send("x", "你好", frame{"data": frame{"b": 1, "a": 2}})
	for _, again := range []frame{a.send("x", "你好", frame{"data": frame{"a": 2, "b": 1}}), b.send("x", "你好", frame{"data": frame{"b": 1, "a": 2}})} {
		if again.str("type") != "ack" || again.str("message", "id") != first.str("message", "id") {
			t.Fatalf("again = %v", again)
		}
	}
	var over struct{ Message frame }
	s.call("POST", "/api/xiaoer/visitor/messages", me.str("token"),
		frame{"id": "x", "kind": "text", "text": "你好", "data": frame{"b": 1, "a": 2}}, 200, &over)
	if over.Message.str("id") != first.str("message", "id") {
		t.Fatalf("over HTTP = %v", over)
	}
	if r := a.send("x", "别的"); r.str("code") != "id_reused" {
		t.Fatalf("other content = %v", r)
	}
	s.call("POST", "/api/xiaoer/visitor/messages", me.str("token"), frame{"id": "x", "kind": "text", "text": "别的"}, 409, nil)
	if r := s.hello(s.visitor().str("token"), "").send("x", "别的"); r.str("type") != "ack" {
		t.Fatalf("another sender's x = %v", r)
	}
}

// What is sent without waiting for answers goes into one commit, in the order in
// which it was sent; it is answered in that order, and what is no post waits its
// turn behind it.
func TestNobodyWaitsForTheirOwnWords(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.hire("客服-小满", "agent")
	conversation := s.hello(s.visitor().str("token"), "").send("m0", "0").str("message", "conversation")
	agent := s.hello(token, "")
	agent.ask(frame{"type": "take", "id": "t", "conversation": conversation})

	const words = 8 // as many of one socket wait side by side
	held, free := make(chan struct{}), make(chan struct{})
	go func() {
		_ = conversations.Write(s.app, func(*conversations.Tx) error { close(held); <-free; return nil })
	}()
	<-held
	for i := range words {
		agent.say(frame{"type": "send", "id": fmt.Sprint("w", i), "kind": "text", "text": strconv.Itoa(i), "conversation": conversation})
	}
	agent.say(frame{"type": "close", "id": "c", "conversation": conversation})
	agent.say(frame{"type": "send", "id": "late", "kind": "text", "text": "late", "conversation": conversation})
	for conversations.Waits(s.app) < words {
		runtime.Gosched()
	}
	close(free)
	place := len(agent.seen)
	for i := range words {
		agent.find(&place, "next word", func(f frame) bool {
			text := f.str("message", "text")
			if f.str("type") == "message" && text != "" && text != strconv.Itoa(i) {
				t.Fatalf("%s comes in place of %d", text, i)
			}
			return f.str("type") == "message" && text != ""
		})
	}
	place = 0
	for i := range words {
		agent.find(&place, "next ack", func(f frame) bool {
			if f.str("type") == "ack" && f.str("id") != "t" && f.str("id") != fmt.Sprint("w", i) {
				t.Fatalf("%s is answered in place of %d", f.str("id"), i)
			}
			return f.str("type") == "ack" && f.str("id") != "t"
		})
	}
	agent.find(&place, "closing", func(f frame) bool { return f.str("id") == "c" && f.str("message", "data", "event") == "closed" })
	agent.find(&place, "refusal", func(f frame) bool { return f.str("id") == "late" && f.str("code") == "closed" })
}

// Whoever is sent away for what they do hears first of what they have said.
func TestWordsAreAnsweredBeforeTheGoodbye(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, wrong := range map[string]struct {
		kind int
		raw  string
		code int
	}{
		"malformed":      {websocket.TextMessage, "{", 4400},
		"a second hello": {websocket.TextMessage, `{"type":"hello"}`, 4400},
		"not text":       {websocket.BinaryMessage, "x", 1003},
		"not UTF-8":      {websocket.TextMessage, "\xff", 1007},
	} {
		c := s.hello(s.visitor().str("token"), "")
		held, free := make(chan struct{}), make(chan struct{})
		go func() {
			_ = conversations.Write(s.app, func(*conversations.Tx) error { close(held); <-free; return nil })
		}()
		<-held
		c.say(frame{"type": "send", "id": "w", "kind": "text", "text": "在吗"})
		for conversations.Waits(s.app) == 0 {
			runtime.Gosched()
		}
		if err := c.ws.WriteMessage(wrong.kind, []byte(wrong.raw)); err != nil {
			t.Fatal(err)
		}
		close(free)
		c.wait("ack", is([]string{"id"}, "w"))
		if code, _ := c.closed(); code != wrong.code {
			t.Errorf("%s: closed %d", name, code)
		}
	}
}

// Promises 3 and 4: many writers, a reader that comes and goes, one order.
func TestOneOrderAndNoHole(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.hire("客服-小满", "agent")
	me := s.visitor()
	first := s.hello(me.str("token"), "")
	conversation := first.send("m0", "0").str("message", "conversation")
	agent := s.hello(token, "")
	agent.ask(frame{"type": "take", "id": "t", "conversation": conversation})

	const each = 9 // a visitor may say 20 things in 10 s
	var wg sync.WaitGroup
	for w := range 3 {
		c := agent
		more := frame{"conversation": conversation}
		if w > 0 {
			c, more = s.hello(me.str("token"), ""), frame{}
		}
		wg.Go(func() {
			for i := range each {
				if a := c.send(fmt.Sprintf("w%d-%d", w, i), strconv.Itoa(i), more); a.str("type") == "retry" {
					time.Sleep(time.Duration(a["after"].(float64) * float64(time.Millisecond))) //nolint:forbidigo // the server says for how long
					c.send(fmt.Sprintf("w%d-%d", w, i), strconv.Itoa(i), more)
				}
			}
		})
	}
	var seen []string
	cursor := me.str("cursor")
	for len(seen) < 3*each+1 {
		c := s.dial(nil)
		c.say(frame{"type": "hello", "token": me.str("token"), "cursor": cursor})
		for range 7 {
			f := c.wait("message")
			cursor = f.str("message", "cursor")
			if f.str("message", "kind") == "text" && f.str("message", "from", "kind") != "bot" {
				seen = append(seen, f.str("message", "id"))
			}
			if len(seen) == 3*each+1 {
				break
			}
		}
		_ = c.ws.Close()
	}
	wg.Wait()
	var history []string
	before := ""
	for {
		var page struct{ Messages []frame }
		path := "/api/xiaoer/visitor/messages"
		if before != "" {
			path += "?before=" + before
		}
		s.call("GET", path, me.str("token"), nil, 200, &page)
		if len(page.Messages) == 0 {
			break
		}
		before = page.Messages[0].str("cursor")
		var ids []string
		for _, m := range page.Messages {
			if m.str("kind") == "text" && m.str("from", "kind") != "bot" {
				ids = append(ids, m.str("id"))
			}
		}
		history = append(ids, history...)
	}
	if fmt.Sprint(seen) != fmt.Sprint(history) {
		t.Fatalf("seen    %v\nhistory %v", seen, history)
	}
}

func TestCursorsThatCannotBeContinued(t *testing.T) {
	t.Parallel()
	s := open(t)
	me := s.visitor()
	for _, cursor := range []any{"x", "AAAAAAAAAAAAAAAAAAAAAA", "../../etc", me.str("cursor") + "A", 7, true, []any{}, frame{}} {
		c := s.dial(nil)
		c.say(frame{"type": "hello", "token": me.str("token"), "cursor": cursor})
		if f := c.wait("reset"); f.str("reason") != "restored" {
			t.Fatalf("%v: %v", cursor, f)
		}
		c.wait("ready")
	}
}
