package protocol_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	s := open(t)
	me := s.visitor()
	token := me.str("token")
	for name, c := range map[string]struct {
		say  func(*client)
		code int
	}{
		"binary":    {func(c *client) { _ = c.ws.WriteMessage(websocket.BinaryMessage, []byte("{}")) }, 1003},
		"not UTF-8": {func(c *client) { _ = c.ws.WriteMessage(websocket.TextMessage, []byte("{\"type\":\"\xff\"}")) }, 1007},
		"too big": {func(c *client) {
			_ = c.ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping","x":"`+strings.Repeat("x", 70<<10)+`"}`))
		}, 1009},
		"not JSON": {func(c *client) { _ = c.ws.WriteMessage(websocket.TextMessage, []byte("hello")) }, 4400},
		"an array": {func(c *client) { _ = c.ws.WriteMessage(websocket.TextMessage, []byte("[]")) }, 4400},
		"no hello": {func(c *client) { c.say(frame{"type": "ping"}) }, 4400},
		"second hello": {func(c *client) {
			c.say(frame{"type": "hello", "token": token})
			c.say(frame{"type": "hello", "token": token})
		}, 4400},
		"no token":     {func(c *client) { c.say(frame{"type": "hello"}) }, 4401},
		"wrong token":  {func(c *client) { c.say(frame{"type": "hello", "token": forged(token)}) }, 4401},
		"empty token":  {func(c *client) { c.say(frame{"type": "hello", "token": ""}) }, 4401},
		"token number": {func(c *client) { c.say(frame{"type": "hello", "token": 0}) }, 4401},
		"token object": {func(c *client) { c.say(frame{"type": "hello", "token": frame{"$ne": 1}}) }, 4401},
		"flooding": {func(c *client) {
			c.say(frame{"type": "hello", "token": token})
			for range 205 {
				_ = c.ws.WriteJSON(frame{"type": "ping"})
			}
		}, 4429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := (&shop{t: t, app: s.app, server: s.server}).dial(nil)
			c.say(client)
			if code, reason := client.closed(); code != c.code || code == 4429 && reason != "10" {
				t.Fatalf("closed %d %q, want %d", code, reason, c.code)
			}
		})
	}
}

// forged is a token with another signature. Its first letter is changed: the
// last one of 32 bytes in base64 has two bits that mean nothing, so a changed
// last letter may still be the right signature.
func forged(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	letter := "A"
	if token[at] == 'A' {
		letter = "B"
	}
	return token[:at] + letter + token[at+1:]
}

func TestOtherSubprotocolsAreToldToUpgrade(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, protocols := range [][]string{nil, {"xiaoer.v2"}} {
		dialer := websocket.Dialer{Subprotocols: protocols}
		_, answer, err := dialer.Dial(strings.Replace(s.server.URL, "http", "ws", 1)+"/ws", nil)
		if err == nil || answer.StatusCode != http.StatusUpgradeRequired {
			t.Fatalf("%v: %v, %v", protocols, answer, err)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	s := open(t)
	listed, err := channels.Add(s.app, channels.New{Name: "官网", Origins: []string{"https://shop.example"}})
	if err != nil {
		t.Fatal(err)
	}
	var in frame
	s.call("POST", "/api/xiaoer/visitor", "", frame{"channel": listed.Id}, 200, &in)
	_, staff := s.hire("客服-小满", "agent")
	for _, c := range []struct {
		origin, token string
		code          int // 0: ready
	}{
		{"", in.str("token"), 0},
		{s.server.URL, in.str("token"), 0},
		{"https://shop.example", in.str("token"), 0},
		{"https://evil.example", in.str("token"), 4403},
		{"null", in.str("token"), 4403},
		{"https://evil.example", s.visitor().str("token"), 0}, // its channel lists none, so any
		{"", staff, 0},
		{s.server.URL, staff, 0},
		{"https://evil.example", staff, 4403},
	} {
		h := http.Header{}
		if c.origin != "" {
			h.Set("Origin", c.origin)
		}
		client := s.dial(h)
		client.say(frame{"type": "hello", "token": c.token})
		if c.code == 0 {
			client.wait("ready")
		} else if code, _ := client.closed(); code != c.code {
			t.Errorf("%q: closed %d, want %d", c.origin, code, c.code)
		}
	}
	r, _ := http.NewRequest(http.MethodPost, s.server.URL+"/api/xiaoer/visitor", strings.NewReader(`{"channel":"`+listed.Id+`"}`))
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Content-Type", "application/json")
	answer, err := s.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Fatalf("a visitor of a site that is not listed: %d", answer.StatusCode)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := s.hello(s.visitor().str("token"), "")
	foreign := other.send("f", "别人的")
	c := s.hello(s.visitor().str("token"), "")
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, f := range map[string]struct {
		frame frame
		code  string
	}{
		"no id":            {frame{"type": "send", "kind": "text", "text": "x"}, "invalid"},
		"empty id":         {frame{"type": "send", "id": "", "kind": "text", "text": "x"}, "invalid"},
		"long id":          {frame{"type": "send", "id": strings.Repeat("x", 10<<10), "kind": "text", "text": "x"}, "invalid"},
		"look-alike id":    {frame{"type": "send", "id": "аbc", "kind": "text", "text": "x"}, "invalid"},
		"no text":          {frame{"type": "send", "id": "a", "kind": "text", "text": "  "}, "invalid"},
		"text number":      {frame{"type": "send", "id": "b", "kind": "text", "text": 5}, "invalid"},
		"too long":         {frame{"type": "send", "id": "c", "kind": "text", "text": strings.Repeat("字", 5001)}, "too_long"},
		"data array":       {frame{"type": "send", "id": "d", "kind": "text", "text": "x", "data": []int{1}}, "invalid"},
		"data deep":        {frame{"type": "send", "id": "e", "kind": "text", "text": "x", "data": json.RawMessage(deep)}, "invalid"},
		"data big":         {frame{"type": "send", "id": "g", "kind": "text", "text": "x", "data": frame{"a": strings.Repeat("x", 17<<10)}}, "too_long"},
		"kind":             {frame{"type": "send", "id": "h", "kind": "html", "text": "x"}, "invalid"},
		"a visitor's note": {frame{"type": "send", "id": "i", "kind": "note", "text": "x"}, "invalid"},
		"event":            {frame{"type": "send", "id": "j", "kind": "event", "text": "x"}, "invalid"},
		"foreign quote":    {frame{"type": "send", "id": "k", "kind": "text", "text": "x", "quote": foreign.str("message", "id")}, "not_found"},
		"foreign place":    {frame{"type": "send", "id": "l", "kind": "text", "text": "x", "conversation": foreign.str("message", "conversation")}, "not_found"},
		"missing place":    {frame{"type": "send", "id": "m", "kind": "text", "text": "x", "conversation": "nonenonenonenon"}, "not_found"},
		"no file":          {frame{"type": "send", "id": "n", "kind": "image"}, "invalid"},
		"missing file":     {frame{"type": "send", "id": "o", "kind": "image", "file": strings.Repeat("a", 32)}, "file_gone"},
		"foreign recall":   {frame{"type": "recall", "id": "p", "message": foreign.str("message", "id")}, "not_found"},
		"take":             {frame{"type": "take", "id": "q", "conversation": foreign.str("message", "conversation")}, "forbidden"},
		"unknown":          {frame{"type": "sudo", "id": "r"}, "unknown_type"},
	} {
		id, _ := f.frame["id"].(string)
		f.frame["id"] = id
		if got := c.ask(f.frame); got.str("type") != "refused" || got.str("code") != f.code || got.str("text") == "" {
			t.Errorf("%s: %v, want %s", name, got, f.code)
		}
	}
	if a := c.send("s", strings.Repeat("字", 5000)); a.str("type") != "ack" {
		t.Fatalf("5,000 code points: %v", a.str("code"))
	}
}

// C70. Who sends too much is told for how long to wait.
func TestLimitOfSendsIsARetry(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.hello(s.visitor().str("token"), "")
	for i := range 20 {
		if a := c.send(string(rune('a'+i)), "x"); a.str("type") != "ack" {
			t.Fatalf("send %d: %v", i, a)
		}
	}
	r := c.send("z", "x")
	if r.str("type") != "retry" || r.str("code") != "limit" || r["after"].(float64) <= 0 {
		t.Fatalf("the 21st: %v", r)
	}
}

func TestAssignedToTheLeastBusyOfTheGroup(t *testing.T) {
	t.Parallel()
	s := open(t)
	first, firstToken := s.hire("客服-小满", "agent", "after-sale")
	second, secondToken := s.hire("客服-阿泽", "agent", "after-sale")
	_, outsideToken := s.hire("客服-小周", "agent", "pre-sale")
	a, b, outside := s.hello(firstToken, ""), s.hello(secondToken, ""), s.hello(outsideToken, "")
	for _, c := range []*client{a, b, outside} {
		c.say(frame{"type": "presence", "status": "online"})
		c.wait("presence", is([]string{"status"}, "online"))
	}
	b.wait("presence", is([]string{"staff"}, second), is([]string{"status"}, "online"))
	served := map[string]int{}
	for range 4 {
		v := s.hello(s.visitor().str("token"), "")
		id := v.send("m", "退货", frame{"data": frame{"entry": "return"}}).str("message", "conversation")
		v.wait("conversation", is([]string{"conversation", "status"}, "open"))
		c, err := conversations.ByID(s.app, id)
		if err != nil {
			t.Fatal(err)
		}
		served[c.Assignee]++
	}
	if served[first] != 2 || served[second] != 2 {
		t.Fatalf("served = %v", served)
	}
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, fromToken := s.hire("客服-小满", "agent", "pre-sale")
	to, toToken := s.hire("客服-阿泽", "agent", "after-sale")
	from := s.hello(fromToken, "")
	v := s.hello(s.visitor().str("token"), "")
	id := v.send("m", "在吗").str("message", "conversation")
	from.send("m1", "在的", frame{"conversation": id})
	if r := from.ask(frame{"type": "transfer", "id": "x0", "conversation": id, "staff": to}); r.str("code") != "unavailable" {
		t.Fatalf("to somebody who is away: %v", r)
	}
	target := s.hello(toToken, "")
	target.say(frame{"type": "presence", "status": "online"})
	target.wait("presence", is([]string{"status"}, "online"))
	r := from.ask(frame{"type": "transfer", "id": "x1", "conversation": id, "staff": to, "note": "要开发票"})
	if r.str("message", "data", "event") != "transferred" {
		t.Fatalf("transfer = %v", r)
	}
	if again := from.ask(frame{"type": "transfer", "id": "x1", "conversation": id, "staff": to, "note": "要开发票"}); again.str("message", "id") != r.str("message", "id") {
		t.Fatalf("again = %v", again)
	}
	target.wait("message", is([]string{"message", "kind"}, "note"), is([]string{"message", "text"}, "要开发票"))
	state := v.wait("conversation", func(f frame) bool { return f.str("conversation", "assignee", "name") == "客服-阿泽" })
	if state.at("conversation", "group") != nil || state.at("conversation", "tags") != nil {
		t.Fatalf("a visitor sees %v", state)
	}
	event := v.wait("message", is([]string{"message", "data", "event"}, "transferred"))
	if event.at("message", "data", "staff", "id") != "" {
		t.Fatalf("a visitor is told %v", event)
	}
	if r := from.send("m2", "还在", frame{"conversation": id}); r.str("code") != "taken" {
		t.Fatalf("a colleague's word: %v", r)
	}
	target.ask(frame{"type": "transfer", "id": "y", "conversation": id, "group": groupID(t, s, "complaint")})
	target.wait("conversation", is([]string{"conversation", "gone"}, true))
	follows := from.wait("conversation", is([]string{"conversation", "status"}, "waiting"), is([]string{"conversation", "group", "name"}, "投诉"))
	if follows.str("conversation", "owner", "name") != "客服-小满" {
		t.Fatalf("who served first does not follow the question: %v", follows)
	}
}

func groupID(t *testing.T, s *shop, key string) string {
	t.Helper()
	g, err := access.GroupBy(s.app, key)
	if err != nil {
		t.Fatal(err)
	}
	return g.Id
}

func TestGoneIsToldOnResume(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.hire("客服-小满", "agent", "pre-sale")
	_, bossToken := s.hire("店主", "owner")
	agent, boss := s.hello(token, ""), s.hello(bossToken, "")
	v := s.hello(s.visitor().str("token"), "")
	id := v.send("m", "在吗").str("message", "conversation")
	cursor := agent.wait("message", is([]string{"message", "text"}, "在吗")).str("message", "cursor")
	_ = agent.ws.Close()
	boss.ask(frame{"type": "transfer", "id": "x", "conversation": id, "group": groupID(t, s, "complaint")})
	v.send("m2", "秘密")
	back := s.dial(nil)
	back.say(frame{"type": "hello", "token": token, "cursor": cursor})
	back.wait("ready")
	gone := false
	for _, f := range back.seen {
		gone = gone || f.at("conversation", "gone") == true
		if f.str("message", "text") == "秘密" {
			t.Fatal("shown what is no longer theirs")
		}
	}
	if !gone {
		t.Fatalf("not told: %v", back.seen)
	}
}

func TestRecall(t *testing.T) {
	t.Parallel()
	s := open(t)
	me := s.visitor()
	c, watcher := s.hello(me.str("token"), ""), s.hello(me.str("token"), "")
	sent := c.send("m", "打错了")
	r := c.ask(frame{"type": "recall", "id": "r", "message": sent.str("message", "id")})
	if r.str("message", "data", "event") != "recalled" || r.str("message", "data", "message") != sent.str("message", "id") {
		t.Fatalf("recall = %v", r)
	}
	watcher.wait("message", is([]string{"message", "data", "event"}, "recalled"))
	if again := c.ask(frame{"type": "recall", "id": "r2", "message": sent.str("message", "id")}); again.str("message", "id") != r.str("message", "id") {
		t.Fatalf("again = %v", again)
	}
	var page struct{ Messages []frame }
	s.call("GET", "/api/xiaoer/visitor/messages", me.str("token"), nil, 200, &page)
	found := false
	for _, m := range page.Messages {
		if m.str("id") == sent.str("message", "id") {
			found = true
			if m["recalled"] != true || m["text"] != nil {
				t.Fatalf("recalled = %v", m)
			}
		}
	}
	if !found {
		t.Fatal("a recalled entry lost its place")
	}
	if repeat := c.send("m", "打错了"); repeat.str("type") != "ack" || repeat.str("message", "text") != "" {
		t.Fatalf("repeat of a recalled one = %v", repeat)
	}
	old := c.send("old", "很久以前")
	if _, err := s.app.DB().NewQuery("UPDATE messages SET time = '2020-01-01 00:00:00.000Z' WHERE id = '" + old.str("message", "id") + "'").Execute(); err != nil {
		t.Fatal(err)
	}
	if r := c.ask(frame{"type": "recall", "id": "r3", "message": old.str("message", "id")}); r.str("code") != "too_late" {
		t.Fatalf("after 2 minutes: %v", r)
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPicturesAreSeenByTheThreadAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent", "pre-sale")
	_, outsider := s.hire("客服-阿泽", "agent", "complaint")
	me, other := s.visitor(), s.visitor()
	token := me.str("token")
	up := s.upload("/api/xiaoer/visitor/files", token, "u1", "裂了.png", picture(t), 200)
	if again := s.upload("/api/xiaoer/visitor/files", token, "u1", "裂了.png", picture(t), 200); again.str("file", "id") != up.str("file", "id") {
		t.Fatal("an upload's id made two files")
	}
	id := up.str("file", "id")
	c, agent := s.hello(token, ""), s.hello(staff, "")
	sent := c.ask(frame{"type": "send", "id": "m", "kind": "image", "file": id})
	if sent.at("message", "file", "width") != 20.0 || sent.str("message", "file", "name") != "裂了.png" {
		t.Fatalf("sent = %v", sent)
	}
	if r := c.ask(frame{"type": "send", "id": "m2", "kind": "image", "file": id}); r.str("code") != "file_gone" {
		t.Fatalf("used twice: %v", r)
	}
	if r := s.hello(other.str("token"), "").ask(frame{"type": "send", "id": "m", "kind": "image", "file": id}); r.str("code") != "file_gone" {
		t.Fatalf("another's file: %v", r)
	}
	seen := agent.wait("message", is([]string{"message", "kind"}, "image"))
	for _, path := range []string{sent.str("message", "file", "url"), seen.str("message", "file", "url")} {
		s.do("GET", path, "", "", nil, 200, nil)
		s.do("GET", path[:len(path)-2]+"xx", "", "", nil, 404, nil)
	}
	s.call("GET", "/api/xiaoer/files/"+id, token, nil, 200, nil)
	s.call("GET", "/api/xiaoer/files/"+id, staff, nil, 200, nil)
	s.call("GET", "/api/xiaoer/files/"+id, other.str("token"), nil, 404, nil)
	s.call("GET", "/api/xiaoer/files/"+id, outsider, nil, 404, nil)
	s.call("GET", "/api/xiaoer/files/"+id, "", nil, 401, nil)

	conversation := sent.str("message", "conversation")
	mine := s.upload("/api/xiaoer/files", staff, "s1", "a.png", picture(t), 200, "conversation", conversation)
	s.upload("/api/xiaoer/files", outsider, "s1", "a.png", picture(t), 404, "conversation", conversation)
	agent.ask(frame{"type": "take", "id": "t", "conversation": conversation})
	if r := agent.ask(frame{"type": "send", "id": "i", "kind": "image", "file": mine.str("file", "id"), "conversation": conversation}); r.str("type") != "ack" {
		t.Fatalf("staff's picture: %v", r)
	}
	if err := access.Disable(s.app, nil, staffOf(t, s, staff)); err != nil {
		t.Fatal(err)
	}
	if code, _ := agent.closed(); code != 4401 {
		t.Fatalf("a disabled account's socket: %d", code)
	}
	s.do("GET", seen.str("message", "file", "url"), "", "", nil, 401, nil)
}

func staffOf(t *testing.T, s *shop, token string) string {
	t.Helper()
	p, err := access.ByToken(s.app, token)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func TestRatingIsAskedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	me := s.visitor()
	v, agent := s.hello(me.str("token"), ""), s.hello(staff, "")
	id := v.send("m", "在吗").str("message", "conversation")
	agent.ask(frame{"type": "take", "id": "t", "conversation": id})
	agent.ask(frame{"type": "close", "id": "c", "conversation": id})
	var in frame
	s.call("POST", "/api/xiaoer/visitor", me.str("token"), frame{}, 200, &in)
	if in.str("rate") != id || in["conversation"] != nil {
		t.Fatalf("to rate: %v", in)
	}
	rate := func(token string, score, status int) {
		t.Helper()
		s.call("POST", "/api/xiaoer/visitor/rating", token, frame{"conversation": id, "score": score, "resolved": true, "comment": "很快"}, status, nil)
	}
	rate(me.str("token"), 6, 422)
	rate(s.visitor().str("token"), 5, 404)
	rate(me.str("token"), 5, 204)
	rate(me.str("token"), 5, 204)
	agent.wait("message", is([]string{"message", "data", "event"}, "rated"), is([]string{"message", "data", "score"}, 5.0))
	rate(me.str("token"), 1, 204) // thought better of
	v.wait("message", is([]string{"message", "data", "score"}, 1.0), is([]string{"message", "data", "was_score"}, 5.0))
	agent.wait("message", is([]string{"message", "data", "score"}, 1.0), is([]string{"message", "data", "was_score"}, 5.0))
	later := time.Now().Add(24 * time.Hour)
	clock.Set(s.app, func() time.Time { return later })
	rate(me.str("token"), 1, 204)
	rate(me.str("token"), 4, 409)
}

func TestReadMarksFollowTheAssignee(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	_, boss := s.hire("店主", "owner")
	v, agent, owner := s.hello(s.visitor().str("token"), ""), s.hello(staff, ""), s.hello(boss, "")
	sent := v.send("m", "在吗")
	id, cursor := sent.str("message", "conversation"), sent.str("message", "cursor")
	agent.ask(frame{"type": "take", "id": "t", "conversation": id})
	owner.say(frame{"type": "read", "conversation": id, "cursor": cursor})
	agent.say(frame{"type": "read", "conversation": id, "cursor": cursor})
	if f := v.wait("read"); f.str("from", "kind") != "staff" || f.str("cursor") != cursor {
		t.Fatalf("read = %v", f)
	}
	agent.wait("conversation", is([]string{"conversation", "unread"}, 0.0))
	c, err := conversations.ByID(s.app, id)
	if err != nil || c.ReadStaff == 0 {
		t.Fatalf("not durable: %+v, %v", c, err)
	}
	answer := agent.send("a", "在的", frame{"conversation": id})
	v.say(frame{"type": "read", "cursor": answer.str("message", "cursor")})
	agent.wait("read", is([]string{"from", "kind"}, "visitor"), is([]string{"cursor"}, answer.str("message", "cursor")))
}

func TestAFormComesByTheSocketAndByHTTP(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	_, err := channels.Edit(s.app, s.channel.Id, channels.New{Name: "禾野优选", Entries: []channels.Entry{
		{ID: "return", Text: "申请售后", Form: []channels.Field{
			{Name: "order", Label: "订单号", Kind: channels.OrderNo},
			{Name: "phone", Label: "电话", Kind: channels.Phone, Optional: true},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	me := s.visitor()
	var in struct {
		Channel struct {
			Entries []struct {
				Form []struct {
					Name, Label, Kind string
					Optional          bool
					Most              int
				}
			}
		}
	}
	s.call("POST", "/api/xiaoer/visitor", me.str("token"), frame{}, 200, &in)
	if form := in.Channel.Entries[0].Form; len(form) != 2 || form[0].Label != "订单号" || form[0].Kind != "order" || form[0].Most != 40 || !form[1].Optional {
		t.Fatalf("the visitor is asked %+v", form)
	}
	agent, v := s.hello(staff, ""), s.hello(me.str("token"), "")
	with := func(order, phone string) frame {
		return frame{"entry": "return", "form": frame{"fields": []frame{{"name": "order", "value": order}, {"name": "phone", "value": phone}}}}
	}
	got := v.send("f1", "申请售后", frame{"data": with("HY-1", "13812346027")})
	if got.str("message", "text") != "申请售后\n订单号：HY-1\n电话：138****6027" {
		t.Fatalf("ack = %v", got)
	}
	agent.wait("message", is([]string{"message", "kind"}, "text"), is([]string{"message", "text"}, "申请售后\n订单号：HY-1\n电话：138****6027"),
		is([]string{"message", "data", "form", "entry"}, "return"))
	v.say(frame{"type": "send", "id": "f2", "kind": "text", "text": "申请售后", "data": with("", "")})
	if f := v.wait("refused"); f.str("code") != "invalid" || f.str("text") != "请填写订单号" {
		t.Errorf("refused = %v", f)
	}
	send := func(status int, id, order string) (answer frame) {
		t.Helper()
		s.call("POST", "/api/xiaoer/visitor/messages", me.str("token"), frame{"id": id, "kind": "text", "text": "申请售后", "data": with(order, "")}, status, &answer)
		return answer
	}
	if f := send(422, "f3", "不记得了"); f.str("data", "field") != "form.order" || f.str("message") == "" {
		t.Errorf("refused = %v", f)
	}
	if f := send(200, "f3", "HY-2"); f.str("message", "text") != "申请售后\n订单号：HY-2" {
		t.Errorf("answer = %v", f)
	}
}

func TestPressedQuestionIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.hello(s.visitor().str("token"), "")
	id := v.send("m", "什么时候发货", frame{"data": frame{"entry": "ship"}}).str("message", "conversation")
	v.wait("message", is([]string{"message", "text"}, "今天 16:00 前下单当天发出。"), is([]string{"message", "from", "kind"}, "bot"))
	c, err := conversations.ByID(s.app, id)
	if err != nil || c.Status != conversations.WithBot {
		t.Fatalf("%+v, %v", c, err)
	}
	v.send("m2", "还是没收到")
	v.wait("conversation", is([]string{"conversation", "status"}, "waiting"), is([]string{"conversation", "position"}, 1.0))
}

func TestTypingPreviewOnlyWhereTheChannelSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	agent, v := s.hello(staff, ""), s.hello(s.visitor().str("token"), "")
	v.send("m", "在吗")
	v.say(frame{"type": "typing", "on": true, "text": "我想投诉"})
	if f := agent.wait("typing"); f["text"] != nil || f["on"] != true {
		t.Fatalf("typing = %v", f)
	}
}

func TestListsAndOnePage(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	me := s.visitor()
	v := s.hello(me.str("token"), "")
	id := v.send("m", "在吗").str("message", "conversation")
	var list struct {
		Conversations []frame
		Cursor, Next  string
	}
	s.call("GET", "/api/xiaoer/conversations?view=waiting", staff, nil, 200, &list)
	if len(list.Conversations) != 1 || list.Conversations[0].str("id") != id || list.Cursor == "" || list.Next != "" {
		t.Fatalf("list = %+v", list)
	}
	s.call("GET", "/api/xiaoer/conversations?view=mine", staff, nil, 200, &list)
	if len(list.Conversations) != 0 {
		t.Fatalf("mine = %+v", list)
	}
	s.call("GET", "/api/xiaoer/conversations?view=secret", staff, nil, 422, nil)
	s.call("GET", "/api/xiaoer/conversations?before=x", staff, nil, 422, nil)
	s.call("GET", "/api/xiaoer/conversations", "", nil, 401, nil)
	s.call("GET", "/api/xiaoer/conversations", me.str("token"), nil, 401, nil)
	s.call("GET", "/api/xiaoer/conversations/"+id, staff, nil, 200, nil)
	s.call("GET", "/api/xiaoer/conversations/nonenonenonenon", staff, nil, 404, nil)
	var page struct{ Messages []frame }
	s.call("GET", "/api/xiaoer/conversations/"+id+"/messages", staff, nil, 200, &page)
	if len(page.Messages) != 3 || page.Messages[0].str("data", "event") != "opened" {
		t.Fatalf("timeline = %v", page.Messages)
	}
	s.call("GET", "/api/xiaoer/conversations/"+id+"/thread", staff, nil, 200, &page)
	if len(page.Messages) != 3 {
		t.Fatalf("thread = %v", page.Messages)
	}
}

func TestTheLogIsNotWrittenAsRecords(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.hello(s.visitor().str("token"), "")
	id := v.send("m", "在吗").str("message", "id")
	r, err := s.app.FindRecordById("messages", id)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("text", "改了")
	if err := s.app.Save(r); err == nil {
		t.Fatal("a message was changed as a record")
	}
	if err := s.app.Delete(r); err == nil {
		t.Fatal("a message was deleted as a record")
	}
}

func TestIdentityJoinsTheCustomer(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("客服-小满", "agent")
	agent := s.hello(staff, "")
	me := s.visitor()
	v := s.hello(me.str("token"), "")
	id := v.send("m", "在吗").str("message", "conversation")
	signed := frame{"id": "u-7", "hmac": channels.Sign(s.channel.Secrets()[0].Text, "u-7", 0), "name": "陈晓雯"}
	s.call("POST", "/api/xiaoer/visitor", me.str("token"), frame{"identity": frame{"id": "u-7", "hmac": strings.Repeat("0", 64)}}, 403, nil)
	s.call("POST", "/api/xiaoer/visitor", me.str("token"), frame{"identity": signed}, 200, nil)
	agent.wait("conversation", is([]string{"conversation", "contact", "name"}, "陈晓雯"))
	c, err := conversations.ByID(s.app, id)
	if err != nil {
		t.Fatal(err)
	}
	known, err := customers.ByExternalID(s.app, "u-7")
	if err != nil || c.Customer != known.Id {
		t.Fatalf("customer %v of %v, %v", known, c.Customer, err)
	}
	var device struct{ Messages []frame }
	s.call("POST", "/api/xiaoer/visitor", "", frame{"identity": signed}, 200, &device)
	if len(device.Messages) != 3 {
		t.Fatalf("another device sees %v", device.Messages)
	}
}

func TestUnknownTokensNeverMakeAVisitor(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, token := range []string{"x", "null", "0", strings.Repeat("A", 43)} {
		s.call("POST", "/api/xiaoer/visitor", token, frame{}, 401, nil)
		s.call("GET", "/api/xiaoer/visitor/messages", token, nil, 401, nil)
	}
	s.call("GET", "/api/xiaoer/visitor/messages", "", nil, 401, nil)
}

func TestStaffTooFarBehindLoadAfresh(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, staff := s.hire("店主", "owner")
	me := s.visitor()
	v := s.hello(me.str("token"), "")
	first := v.send("m", "在吗")
	seed(t, s, first.str("message", "id"), 2001)
	c := s.dial(nil)
	c.say(frame{"type": "hello", "token": staff, "cursor": first.str("message", "cursor")})
	if f := c.wait("reset"); f.str("reason") != "too_far" {
		t.Fatalf("reset = %v", f)
	}
	c.wait("ready")
	all := s.dial(nil)
	all.say(frame{"type": "hello", "token": me.str("token"), "cursor": first.str("message", "cursor")})
	all.wait("ready")
	if len(all.seen) < 2002 {
		t.Fatalf("a visitor got %d frames", len(all.seen))
	}
}

// seed copies a message n times with the numbers that follow.
func seed(t *testing.T, s *shop, message string, n int) {
	t.Helper()
	_, err := s.app.NonconcurrentDB().NewQuery(`WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM k WHERE n < ` + itoa(n) + `)
		INSERT INTO messages (id, seq, conversation, contact, sender, client_id, hash, kind, staff_only, text, data, file, quote, recalled, [[from]], time)
		SELECT printf('seed%011d', k.n), (SELECT last FROM sequence) + k.n, conversation, contact, sender, '', '', kind, staff_only, text, data, '', '', FALSE, [[from]], time
		FROM k, messages m WHERE m.id = '` + message + `'`).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.NonconcurrentDB().NewQuery("UPDATE sequence SET last = last + " + itoa(n)).Execute(); err != nil {
		t.Fatal(err)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func TestServerSaysComeBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := s.hello(s.visitor().str("token"), "")
	c.say(frame{"type": "ping"})
	if f := c.wait("pong"); time.Since(time.UnixMilli(int64(f["now"].(float64)))) > time.Minute {
		t.Fatalf("pong = %v", f)
	}
	s.app.Cleanup()
	if code, _ := c.closed(); code != 1012 {
		t.Fatalf("closed %d", code)
	}
}

func TestAFormHasFewParts(t *testing.T) {
	t.Parallel()
	s := open(t)
	token := s.visitor().str("token")
	many := make([]string, 0, 20_000)
	for i := range 10_000 {
		many = append(many, "x"+strconv.Itoa(i), "")
	}
	s.upload("/api/xiaoer/visitor/files", token, "u1", "a.png", picture(t), 422, many...)
}

func TestWhereAVisitorCameFromIsKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	var out frame
	page := frame{"url": "https://shop.example/p/1", "title": "茶", "referrer": "https://search.example/?q=tea"}
	s.call("POST", "/api/xiaoer/visitor", "", frame{"page": page}, 200, &out)
	c, err := customers.ContactByID(s.app, out.str("contact", "id"))
	if err != nil || c.Source() != "https://search.example/?q=tea" {
		t.Errorf("source = %q, %v", c.Source(), err)
	}
}
