package faults_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// picture is what somebody knows of a visitor: as it was loaded, and as the frames
// since have made it.
type picture struct {
	contact                 string            // "" to the visitor, who hears of nobody else
	marks                   map[string]string // where a conversation has the read mark of whom
	conversations, messages map[string]frame
}

// watcher is somebody who loads a picture and then hears frames.
type watcher struct {
	name, token string
	load        func() (picture, string) // and the cursor at which it is true
	unheard     bool                     // what happens is not for them
	was, knows  picture
	cursor      string
	heard       chan frame
}

// overhear says hello with what was loaded, and listens until it is told to stop.
func (w *watcher) overhear(d *desk) (stop func()) {
	d.t.Helper()
	ws, err := connectAs(d, &person{token: w.token, cursor: w.cursor})
	must(d.t, err)
	w.heard = make(chan frame, 1000)
	go func() {
		defer close(w.heard)
		for {
			var f frame
			if ws.ReadJSON(&f) != nil {
				return
			}
			w.heard <- f
		}
	}()
	return func() { _ = ws.Close() }
}

// converged waits until what was loaded and heard is what there is, and says what
// differs where that does not come.
func (w *watcher) converged() string {
	end := time.After(patience / 4)
	for {
		is, _ := w.load()
		if what := w.knows.other(is); what == "" && (w.unheard || is.other(w.was) != "") {
			return ""
		}
		select {
		case f, open := <-w.heard:
			if !open {
				return "was cut off"
			}
			w.knows.hear(f)
		case <-time.After(50 * time.Millisecond): // what changes without a frame: a mark that is about to be saved
		case <-end:
			return w.knows.other(is) + ", and was " + is.other(w.was)
		}
	}
}

// loaded is a picture as it is to begin with.
func loaded(contact string, conversations, messages []frame) picture {
	p := picture{contact, map[string]string{"staff": "read"}, map[string]frame{}, map[string]frame{}}
	if contact != "" {
		p.marks = map[string]string{"staff": "read_staff", "visitor": "read_visitor"}
	}
	for _, c := range conversations {
		p.conversations[c.str("id")] = plain(c)
	}
	for _, m := range messages {
		p.messages[m.str("id")] = plain(m)
	}
	return p
}

// plain is a thing without its place in the queue, which follows from the others
// and is told apart, and without the key of its file, which is each socket's own.
func plain(f frame) frame {
	out := maps.Clone(f)
	delete(out, "position")
	if file, ok := out["file"].(map[string]any); ok {
		file = maps.Clone(file)
		delete(file, "url")
		out["file"] = file
	}
	return out
}

// about tells whether the picture shows a conversation. To the visitor one that is
// closed is none.
func (p picture) about(c frame) bool {
	if p.contact == "" && c.str("status") == "closed" {
		delete(p.conversations, c.str("id"))
		return false
	}
	return p.contact == c.str("contact", "id")
}

// hear is what a client makes of a frame.
func (p picture) hear(f frame) {
	switch f.str("type") {
	case "conversation":
		if c := frame(f["conversation"].(map[string]any)); p.about(c) {
			p.conversations[c.str("id")] = plain(c)
		}
	case "read":
		if c := p.conversations[f.str("conversation")]; c != nil {
			c[p.marks[f.str("from", "kind")]] = f.str("cursor")
		}
	case "message":
		m := plain(f["message"].(map[string]any))
		p.messages[m.str("id")] = m
		if was := p.messages[m.str("data", "message")]; was != nil && m.str("data", "event") == "recalled" {
			was["recalled"] = true
			for _, gone := range []string{"text", "data", "file", "quote"} {
				delete(was, gone)
			}
		}
	}
}

func (p picture) copied() picture {
	out := loaded(p.contact, nil, nil)
	for id, c := range p.conversations {
		out.conversations[id] = maps.Clone(c)
	}
	for id, m := range p.messages {
		out.messages[id] = maps.Clone(m)
	}
	return out
}

// other says what differs between two pictures, "" where nothing does. Of what was
// heard to be said, what others have said is left out.
func (p picture) other(q picture) string {
	conversations := merged(p.conversations, q.conversations)
	for id := range conversations {
		if !reflect.DeepEqual(p.conversations[id], q.conversations[id]) {
			return fmt.Sprintf("heard %v, is %v", p.conversations[id], q.conversations[id])
		}
	}
	for id, m := range merged(p.messages, q.messages) {
		if p.contact != "" && conversations[m.str("conversation")] == nil {
			continue
		}
		if !reflect.DeepEqual(p.messages[id], q.messages[id]) {
			return fmt.Sprintf("heard %v, is %v", p.messages[id], q.messages[id])
		}
	}
	return ""
}

func merged(a, b map[string]frame) map[string]frame {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// scene is a visitor's conversation with the owner, and who watches it.
type scene struct {
	*desk

	guest    *person
	owner    string // token
	contact  string
	id       string // of the conversation
	first    string // the visitor's first message, and the owner's
	answer   string
	customer string
	asGuest  *websocket.Conn // what acts, beside what watches
	asOwner  *websocket.Conn
	tag      string
}

// signIn returns a token of the owner's.
func (d *desk) signIn() string {
	d.t.Helper()
	var in frame
	if status, err := d.call(http.MethodPost, "/api/collections/staff/auth-with-password", "", frame{"identity": ownerMail, "password": password}, &in); err != nil || status != http.StatusOK {
		d.t.Fatalf("sign in: %d %v", status, err)
	}
	return in.str("token")
}

// stage lets a visitor ask and the owner answer.
func (d *desk) stage(owner, tag string) *scene {
	d.t.Helper()
	s := &scene{desk: d, guest: d.arrive(), owner: owner, tag: tag}
	s.asGuest, s.asOwner = s.socket(s.guest.token), s.socket(owner)
	said := s.say(s.asGuest, frame{"type": "send", "kind": "text", "text": "在吗"})
	s.first, s.id = said.str("message", "id"), said.str("message", "conversation")
	s.say(s.asOwner, frame{"type": "take", "conversation": s.id})
	s.answer = s.say(s.asOwner, frame{"type": "send", "conversation": s.id, "kind": "text", "text": "您好"}).str("message", "id")
	var one struct{ Conversation frame }
	s.get("/api/xiaoer/conversations/"+s.id, owner, &one)
	s.contact, s.customer = one.Conversation.str("contact", "id"), one.Conversation.str("contact", "customer")
	return s
}

func (s *scene) leave() { _, _ = s.asGuest.Close(), s.asOwner.Close() }

func (s *scene) get(path, token string, out any) {
	s.t.Helper()
	if status, err := s.call(http.MethodGet, path, token, nil, out); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d %v", path, status, err)
	}
}

// put is a call of the owner's that succeeds.
func (s *scene) put(method, path string, body frame) {
	s.t.Helper()
	if status, err := s.call(method, path, s.owner, body, nil); err != nil || status >= 300 {
		s.t.Fatalf("%s: %d %v", path, status, err)
	}
}

// mark is a call about the conversation.
func (s *scene) mark(what string, body frame) {
	s.t.Helper()
	s.put(http.MethodPut, "/api/xiaoer/conversations/"+s.id+"/"+what, body)
}

// read is the owner's having read it.
func (s *scene) read() {
	s.t.Helper()
	must(s.t, s.asOwner.WriteJSON(frame{"type": "read", "conversation": s.id, "cursor": s.cursor(s.owner, s.answer)}))
}

func (s *scene) socket(token string) *websocket.Conn {
	s.t.Helper()
	ws, err := connectAs(s.desk, &person{token: token})
	must(s.t, err)
	s.hears(ws, "ready", "")
	return ws
}

// say gives a command and returns its ack.
func (s *scene) say(ws *websocket.Conn, f frame) frame {
	s.t.Helper()
	f["id"] = fmt.Sprint("s", named.Add(1))
	must(s.t, ws.WriteJSON(f))
	return s.hears(ws, "ack", f.str("id"))
}

func (s *scene) hears(ws *websocket.Conn, kind, id string) frame {
	s.t.Helper()
	for {
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		var f frame
		must(s.t, ws.ReadJSON(&f))
		if f.str("type") == "refused" || f.str("type") == "retry" {
			s.t.Fatalf("not taken: %v", f)
		}
		if f.str("type") == kind && f.str("id") == id {
			return f
		}
	}
}

// seenByOwner is all that staff see of the visitor.
func (s *scene) seenByOwner() (picture, string) {
	s.t.Helper()
	var list struct {
		Conversations []frame
		Cursor        string
	}
	s.get("/api/xiaoer/conversations?view=all", s.owner, &list)
	theirs := slices.DeleteFunc(list.Conversations, func(c frame) bool { return c.str("contact", "id") != s.contact })
	said := make([]frame, 0, 50*len(theirs))
	for _, c := range theirs {
		var page struct{ Messages []frame }
		s.get("/api/xiaoer/conversations/"+c.str("id")+"/messages", s.owner, &page)
		said = append(said, page.Messages...)
	}
	return loaded(s.contact, theirs, said), list.Cursor
}

// seenByGuest is all that the visitor sees.
func (s *scene) seenByGuest() (picture, string) {
	s.t.Helper()
	var in struct {
		Conversation frame
		Messages     []frame
		Cursor       string
	}
	if status, err := s.call(http.MethodPost, "/api/xiaoer/visitor", s.guest.token, frame{}, &in); err != nil || status != http.StatusOK {
		s.t.Fatalf("visitor: %d %v", status, err)
	}
	var theirs []frame
	if in.Conversation != nil {
		theirs = []frame{in.Conversation}
	}
	return loaded("", theirs, in.Messages), in.Cursor
}

// cursor is where the message stands, for whom token names.
func (s *scene) cursor(token, message string) string {
	s.t.Helper()
	path := "/api/xiaoer/visitor/messages"
	if token == s.owner {
		path = "/api/xiaoer/conversations/" + s.id + "/messages"
	}
	var page struct{ Messages []frame }
	s.get(path, token, &page)
	for _, m := range page.Messages {
		if m.str("id") == message {
			return m.str("cursor")
		}
	}
	s.t.Fatalf("%s is not shown", message)
	return ""
}

// mutations is everything that can happen to a conversation, and of which a
// visitor hears nothing.
var mutations = []struct {
	name    string
	unheard bool
	do      func(*scene)
}{
	{"a visitor's word", false, func(s *scene) { s.say(s.asGuest, frame{"type": "send", "kind": "text", "text": "什么时候发货"}) }},
	{"a visitor's file", false, func(s *scene) {
		id, _ := s.upload(s.guest.token, fmt.Sprint("u", named.Add(1)), "a.txt", []byte("订单"))
		s.say(s.asGuest, frame{"type": "send", "kind": "file", "file": id})
	}},
	{"a quote", false, func(s *scene) {
		s.say(s.asOwner, frame{"type": "send", "conversation": s.id, "kind": "text", "text": "这个？", "quote": s.first})
	}},
	{"a note", true, func(s *scene) {
		s.say(s.asOwner, frame{"type": "send", "conversation": s.id, "kind": "note", "text": "老客户"})
	}},
	{"recalled by the visitor", false, func(s *scene) { s.say(s.asGuest, frame{"type": "recall", "message": s.first}) }},
	{"recalled by staff", false, func(s *scene) { s.say(s.asOwner, frame{"type": "recall", "message": s.answer}) }},
	{"handed to a group", false, func(s *scene) {
		var here struct{ Groups []frame }
		s.get("/api/xiaoer/desk", s.owner, &here)
		s.say(s.asOwner, frame{"type": "transfer", "conversation": s.id, "group": here.Groups[len(here.Groups)-1].str("id"), "note": "催发货"})
	}},
	{"closed", false, func(s *scene) { s.say(s.asOwner, frame{"type": "close", "conversation": s.id}) }},
	{"closed, and opened again", false, func(s *scene) {
		s.say(s.asOwner, frame{"type": "close", "conversation": s.id})
		s.say(s.asGuest, frame{"type": "send", "kind": "text", "text": "还有一件事"})
	}},
	{"tagged", true, func(s *scene) { s.mark("tags", frame{"tags": []string{s.tag}}) }},
	{"urgent", true, func(s *scene) { s.mark("priority", frame{"priority": "urgent"}) }},
	{"upset", true, func(s *scene) { s.mark("emotion", frame{"emotion": "upset"}) }},
	{"put aside", true, func(s *scene) { s.mark("later", frame{}) }},
	{"kept unread", true, func(s *scene) {
		s.read()
		s.await("the mark", func() bool {
			var one struct{ Conversation frame }
			s.get("/api/xiaoer/conversations/"+s.id, s.owner, &one)
			return one.Conversation.str("read_staff") != ""
		})
		s.mark("unread", frame{"unread": true})
	}},
	{"read by staff", false, (*scene).read},
	{"read by the visitor", true, func(s *scene) {
		must(s.t, s.asGuest.WriteJSON(frame{"type": "read", "cursor": s.cursor(s.guest.token, s.answer)}))
	}},
	{"blocked", true, func(s *scene) {
		s.put(http.MethodPost, "/api/xiaoer/customers/"+s.customer+"/block", frame{"reason": "骚扰"})
	}},
	{"rated", false, func(s *scene) {
		s.say(s.asOwner, frame{"type": "close", "conversation": s.id})
		if status, err := s.call(http.MethodPost, "/api/xiaoer/visitor/rating", s.guest.token, frame{"conversation": s.id, "score": 5, "resolved": true}, nil); err != nil || status >= 300 {
			s.t.Fatalf("rating: %d %v", status, err)
		}
	}},
}

// C17. Whatever happens between the moment at which somebody has loaded and the
// one from which on they hear: what they had loaded, with what they have heard,
// is what they would load now. It happens before the socket says hello, while it
// does, and just after.
func TestLoadedAndHeardIsAll(t *testing.T) {
	c, rounds, random := begin(t, "C17", 1, 20)
	d := shop(t)
	db := open(t, d.dir)
	var tag string
	must(t, db.QueryRow("SELECT id FROM tags LIMIT 1").Scan(&tag))
	must(t, db.Close())
	d.start()
	owner := d.signIn()
	for range rounds {
		for _, m := range mutations {
			for _, when := range []string{"before", "while", "after"} {
				s := d.stage(owner, tag)
				do := func() { m.do(s) }
				if when == "while" {
					do = func() { d.within(0, 3*time.Millisecond, random.Float64()); m.do(s) }
				}
				for _, wrong := range s.witnessed(when, do, m.unheard) {
					t.Errorf("%s %s the hello: %s", m.name, when, wrong)
				}
				s.leave()
				c.ran()
			}
		}
	}
	holds(t, c, d.dir)
}

// witnessed has the owner and the visitor load, lets something happen, and holds
// what each then knows against what they would load. A visitor may hear nothing
// of what is staff's alone.
func (s *scene) witnessed(when string, do func(), unheard bool) (wrong []string) {
	s.t.Helper()
	all := []*watcher{{name: "the owner", token: s.owner, load: s.seenByOwner}, {name: "the visitor", token: s.guest.token, load: s.seenByGuest, unheard: unheard}}
	for _, w := range all {
		w.knows, w.cursor = w.load()
		w.was = w.knows.copied()
	}
	if when == "before" {
		do()
	}
	var busy sync.WaitGroup
	if when == "while" {
		busy.Go(do)
	}
	for _, w := range all {
		defer w.overhear(s.desk)()
	}
	if when == "after" {
		do()
	}
	busy.Wait()
	for _, w := range all {
		if what := w.converged(); what != "" {
			wrong = append(wrong, w.name+" "+what)
		}
	}
	return wrong
}
