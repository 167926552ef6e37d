package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// shop is a running desk with one channel, for clients that know nothing but
// the protocol.
type shop struct {
	t       *testing.T
	app     *tests.TestApp
	server  *httptest.Server
	channel *channels.Channel
}

const greeting = "您好，请问有什么可以帮您？"

// open opens a shop; before is done before anything runs in it.
func open(t *testing.T, before ...func(*tests.TestApp)) *shop {
	t.Helper()
	app := desktest.New(t)
	for _, do := range before {
		do(app)
	}
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	groups, err := access.Groups(app)
	if err != nil {
		t.Fatal(err)
	}
	ch, err := channels.Add(app, channels.New{
		Name: "禾野优选", Greeting: greeting, Group: groups[0].Id, Default: true,
		Entries: []channels.Entry{
			{ID: "ship", Text: "什么时候发货", Answer: "今天 16:00 前下单当天发出。"},
			{ID: "return", Text: "退换货", Group: groups[1].Id},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{t: t, app: app, server: desktest.Serve(t, app), channel: ch}
}

const password = "orange-Kettle-42"

// hire adds a member of staff and returns their id and token.
func (s *shop) hire(name, role string, groups ...string) (id, token string) {
	s.t.Helper()
	staff, err := access.AddStaff(s.app, nil, access.Newcomer{
		Email: fmt.Sprintf("s%d@example.com", serial.Add(1)), Nickname: name, Password: password, Role: role, Groups: groups, Cap: 3,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	var in struct{ Token string }
	s.call("POST", "/api/collections/staff/auth-with-password", "", map[string]string{"identity": staff.Email(), "password": password}, 200, &in)
	return staff.Id, in.Token
}

var serial atomic.Int64

// call does an HTTP call and checks its status.
func (s *shop) call(method, path, token string, in any, status int, out any) {
	s.t.Helper()
	s.callAt(s.server.URL, method, path, token, in, status, out)
}

func (s *shop) callAt(base, method, path, token string, in any, status int, out any) {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	s.doAt(base, method, path, token, "application/json", body, status, out)
}

func (s *shop) do(method, path, token, kind string, body io.Reader, status int, out any) {
	s.t.Helper()
	s.doAt(s.server.URL, method, path, token, kind, body, status, out)
}

func (s *shop) doAt(base, method, path, token, kind string, body io.Reader, status int, out any) {
	s.t.Helper()
	r, err := http.NewRequest(method, base+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if answer.StatusCode != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, answer.StatusCode, status, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
}

// upload sends a file and returns its id.
func (s *shop) upload(path, token, id, name string, content []byte, status int, more ...string) frame {
	s.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for i := 0; i+1 < len(more); i += 2 {
		_ = w.WriteField(more[i], more[i+1])
	}
	_ = w.WriteField("id", id)
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write(content)
	_ = w.Close()
	var out frame
	s.do("POST", path, token, w.FormDataContentType(), &form, status, &out)
	return out
}

// visitor makes one, and returns the answer.
func (s *shop) visitor() frame {
	s.t.Helper()
	var out frame
	s.call("POST", "/api/xiaoer/visitor", "", map[string]any{}, 200, &out)
	return out
}

// frame is any JSON object.
type frame map[string]any

func (f frame) str(path ...string) string {
	v, _ := f.at(path...).(string)
	return v
}

func (f frame) at(path ...string) any {
	var v any = map[string]any(f)
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// client is a raw socket.
type client struct {
	t     *testing.T
	ws    *websocket.Conn
	in    chan frame
	ended chan error
	// end is when it ended; stopped is closed then.
	end     time.Time
	stopped chan struct{}
	seen    []frame
	next    int // where wait goes on in seen
}

func (s *shop) dial(header http.Header) *client {
	s.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}}
	ws, _, err := dialer.Dial(strings.Replace(s.server.URL, "http", "ws", 1)+"/ws", header)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &client{t: s.t, ws: ws, in: make(chan frame, 10000), ended: make(chan error, 1), stopped: make(chan struct{})}
	s.t.Cleanup(func() { _ = ws.Close() })
	go func() {
		for {
			_, raw, err := ws.ReadMessage()
			if err != nil {
				c.end = time.Now()
				c.ended <- err
				close(c.stopped)
				close(c.in)
				return
			}
			var f frame
			if err := json.Unmarshal(raw, &f); err != nil {
				s.t.Errorf("frame %s: %v", raw, err)
				continue
			}
			record(f)
			c.in <- f
		}
	}()
	return c
}

// hello connects as token and waits for ready.
func (s *shop) hello(token, cursor string) *client {
	s.t.Helper()
	c := s.dial(nil)
	f := frame{"type": "hello", "token": token}
	if cursor != "" {
		f["cursor"] = cursor
	}
	c.say(f)
	c.wait("ready")
	return c
}

func (c *client) say(f frame) {
	c.t.Helper()
	if err := c.ws.WriteJSON(f); err != nil {
		c.t.Fatal(err)
	}
}

// wait returns the next frame of the type for which all checks hold. Frames in
// between are passed over; those that came with an answer are not lost.
func (c *client) wait(kind string, checks ...func(frame) bool) frame {
	c.t.Helper()
	return c.find(&c.next, kind, func(f frame) bool {
		for _, check := range checks {
			if !check(f) {
				return false
			}
		}
		return f.str("type") == kind
	})
}

// patience is for a machine that does ten other things.
const patience = 30 * time.Second

// find looks at frames from place on, and moves it behind the one it returns.
func (c *client) find(place *int, what string, fits func(frame) bool) frame {
	c.t.Helper()
	limit := time.After(patience)
	for {
		for *place < len(c.seen) {
			f := c.seen[*place]
			*place++
			if fits(f) {
				return f
			}
		}
		select {
		case f, more := <-c.in:
			if !more {
				c.t.Fatalf("closed while waiting for %s", what)
			}
			c.seen = append(c.seen, f)
		case <-limit:
			c.t.Fatalf("no %s; last frames: %v", what, c.seen[max(0, len(c.seen)-5):])
		}
	}
}

// send posts a text and returns the answer: ack, refused or retry.
func (c *client) send(id, text string, more ...frame) frame {
	c.t.Helper()
	f := frame{"type": "send", "id": id, "kind": "text", "text": text}
	for _, m := range more {
		for k, v := range m {
			f[k] = v
		}
	}
	return c.ask(f)
}

// ask sends a command and returns its answer.
func (c *client) ask(f frame) frame {
	c.t.Helper()
	place := len(c.seen)
	c.say(f)
	return c.find(&place, "answer", func(a frame) bool {
		t := a.str("type")
		return (t == "ack" || t == "refused" || t == "retry") && a.str("id") == f.str("id")
	})
}

// closed waits for the close code.
func (c *client) closed() (int, string) {
	c.t.Helper()
	select {
	case err := <-c.ended:
		if e, ok := errors.AsType[*websocket.CloseError](err); ok {
			return e.Code, e.Text
		}
		c.t.Fatalf("ended without a code: %v", err)
	case <-time.After(15 * time.Second):
		c.t.Fatal("not closed")
	}
	return 0, ""
}

func is(path []string, want any) func(frame) bool {
	return func(f frame) bool { return f.at(path...) == want }
}

// record is where frames go that are held against the document.
var record = func(frame) {}
