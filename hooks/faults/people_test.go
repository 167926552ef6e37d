package faults_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is any JSON object.
type frame map[string]any

func (f frame) str(path ...string) string {
	var v any = map[string]any(f)
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

// person is a visitor who keeps what was not acked and sends it again, as the
// protocol asks of every client.
type person struct {
	t      testing.TB
	token  string
	cursor string
	outbox []frame
	acked  map[string]string // the message's id by the client's
	seen   map[string]string // what arrived, by id: the text
	order  []string          // ids as they arrived
	again  int               // retry frames
	codes  map[string]int    // of retry frames
}

var named atomic.Int64

// arrive makes a visitor.
func (d *desk) arrive() *person {
	d.t.Helper()
	var in frame
	status, err := d.call(http.MethodPost, "/api/xiaoer/visitor", "", frame{}, &in)
	if err != nil || status != http.StatusOK {
		d.t.Fatalf("arrive: %d %v", status, err)
	}
	return &person{t: d.t, token: in.str("token"), cursor: in.str("cursor"), acked: map[string]string{}, seen: map[string]string{}, codes: map[string]int{}}
}

// call does a call as somebody, and reports what came of it.
func (d *desk) call(method, path, token string, in, out any) (int, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	return d.do(method, path, token, "application/json", raw, out)
}

func (d *desk) do(method, path, token, kind string, body []byte, out any) (int, error) {
	r, err := http.NewRequest(method, d.url(path), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := (&http.Client{Timeout: patience}).Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if out != nil && answer.StatusCode == http.StatusOK {
		err = json.Unmarshal(raw, out)
	}
	return answer.StatusCode, err
}

// upload sends a file and returns its id, "" where it was not taken.
func (d *desk) upload(token, id, name string, content []byte) (string, int) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("id", id)
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write(content)
	_ = w.Close()
	var out frame
	status, err := d.do(http.MethodPost, "/api/xiaoer/visitor/files", token, w.FormDataContentType(), form.Bytes(), &out)
	if err != nil {
		return "", 0
	}
	return out.str("file", "id"), status
}

// write puts so many more messages into the outbox.
func (p *person) write(n int) {
	for range n {
		id := fmt.Sprint("m", named.Add(1))
		p.outbox = append(p.outbox, frame{"type": "send", "id": id, "kind": "text", "text": "在吗 " + id})
	}
}

var errLeft = errors.New("the socket has ended")

// dial connects and says hello; what was missed comes before it returns.
func (p *person) dial(address string) (*websocket.Conn, error) {
	ws, _, err := (&websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}, HandshakeTimeout: patience}).Dial("ws://"+address+"/ws", nil)
	if err != nil {
		return nil, err
	}
	err = ws.WriteJSON(frame{"type": "hello", "token": p.token, "cursor": p.cursor})
	for err == nil {
		var f frame
		if f, err = p.read(ws); err == nil && f.str("type") == "ready" {
			p.cursor = f.str("cursor")
			return ws, nil
		}
	}
	_ = ws.Close()
	return nil, err
}

// read takes one frame and keeps what it says.
func (p *person) read(ws *websocket.Conn) (frame, error) {
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	var f frame
	if err := ws.ReadJSON(&f); err != nil {
		return nil, fmt.Errorf("%w: %w", errLeft, err)
	}
	switch f.str("type") {
	case "ack":
		p.ack(f)
	case "message":
		p.heard(f)
	case "retry":
		p.again++
		p.codes[f.str("code")]++
	case "refused":
		p.t.Errorf("refused: %v", f)
	}
	return f, nil
}

func (p *person) ack(f frame) {
	id, message := f.str("id"), f.str("message", "id")
	if first := p.acked[id]; first != "" && first != message {
		p.t.Errorf("%s was acked as %s and then as %s", id, first, message)
	}
	p.acked[id] = message
	for i, waiting := range p.outbox {
		if waiting.str("id") == id {
			p.outbox = append(p.outbox[:i:i], p.outbox[i+1:]...)
			break
		}
	}
}

func (p *person) heard(f frame) {
	id := f.str("message", "id")
	p.cursor = f.str("message", "cursor")
	if _, before := p.seen[id]; before {
		p.t.Errorf("%s arrived twice", id)
		return
	}
	p.seen[id] = f.str("message", "text")
	p.order = append(p.order, id)
}

// talk sends what is in the outbox and reads until all of it is acked or the
// connection ends.
func (p *person) talk(address string) error {
	ws, err := p.dial(address)
	if err != nil {
		return err
	}
	defer ws.Close()
	return p.drain(ws)
}

func (p *person) drain(ws *websocket.Conn) error {
	sending := append([]frame(nil), p.outbox...)
	failed := make(chan error, 1)
	go func() {
		for _, f := range sending {
			if err := ws.WriteJSON(f); err != nil {
				failed <- err
				return
			}
		}
		failed <- nil
	}()
	before := p.again
	for len(p.outbox) > p.again-before {
		if _, err := p.read(ws); err != nil {
			return err
		}
	}
	return <-failed
}

// connectAs says hello and waits for nothing.
func connectAs(d *desk, p *person) (*websocket.Conn, error) {
	ws, _, err := (&websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}, HandshakeTimeout: patience}).Dial("ws://"+d.listen+"/ws", nil)
	if err != nil {
		return nil, err
	}
	return ws, ws.WriteJSON(frame{"type": "hello", "token": p.token, "cursor": p.cursor})
}
