package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pocketbase/pocketbase/tools/security"
)

// fields is a JSON object that the players send.
type fields map[string]any

// frame is what the players read of the frames that they hear.
type frame struct {
	Type         string          `json:"type"`
	Message      *said           `json:"message"`
	Conversation json.RawMessage `json:"conversation"` // an object, or an id
}

// said is a timeline entry.
type said struct {
	Cursor       string `json:"cursor"`
	Conversation string `json:"conversation"`
	Kind         string `json:"kind"`
	From         struct {
		Kind string `json:"kind"`
	} `json:"from"`
}

// state is a conversation, as far as its peer sees it.
type state struct {
	ID           string `json:"id"`
	Status       string `json:"status"`
	WaitingSince string `json:"waiting_since"`
	Gone         bool   `json:"gone"`
	Contact      struct {
		ID string `json:"id"`
	} `json:"contact"`
	Assignee struct {
		ID string `json:"id"`
	} `json:"assignee"`
}

// conversation is the frame's, where it carries a whole one.
func (f frame) conversation() (state, bool) {
	var s state
	if f.Type != "conversation" || json.Unmarshal(f.Conversation, &s) != nil {
		return s, false
	}
	return s, true
}

// client speaks the public protocol, as anybody's client would.
type client struct {
	base, token string
	ws          *websocket.Conn
	heard       chan frame // closed with the connection
	writing     sync.Mutex
}

// connect says hello and listens until ctx ends.
func connect(ctx context.Context, base, token, cursor string) (*client, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}, HandshakeTimeout: 10 * time.Second}
	ws, answer, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = answer.Body.Close()
	c := &client{base: base, token: token, ws: ws, heard: make(chan frame, 512)}
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	go func() {
		defer recovered()
		defer func() { _ = ws.Close() }()
		defer stop()
		defer close(c.heard)
		for {
			var f frame
			if err := ws.ReadJSON(&f); err != nil {
				return
			}
			select {
			case c.heard <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	hello := fields{"type": "hello", "token": token}
	if cursor != "" {
		hello["cursor"] = cursor
	}
	return c, c.say(hello)
}

// say sends a frame. One that needs an id gets one.
func (c *client) say(f fields) error {
	switch f["type"] {
	case "send", "take", "transfer", "close", "recall":
		f["id"] = security.RandomString(20)
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return c.ws.WriteJSON(f)
}

// call does an HTTP call with the client's token.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		body = bytes.NewReader(raw)
	}
	return c.do(ctx, method+" "+path, "application/json", body, out)
}

// upload sends a picture and returns its file's id.
func (c *client) upload(ctx context.Context, picture string) (string, error) {
	raw, err := draw(picture)
	if err != nil {
		return "", err
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("id", security.RandomString(20)) // a buffer takes everything
	part, _ := w.CreateFormFile("file", "IMG_"+security.RandomStringWithAlphabet(4, "0123456789")+".png")
	_, _ = part.Write(raw)
	_ = w.Close()
	var out struct{ File struct{ ID string } }
	err = c.do(ctx, "POST /api/xiaoer/visitor/files", w.FormDataContentType(), &form, &out)
	return out.File.ID, err
}

// do does a call such as "GET /readyz".
func (c *client) do(ctx context.Context, what, kind string, body io.Reader, out any) error {
	method, path, _ := strings.Cut(what, " ")
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	r.Header.Set("Content-Type", kind)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	if out == nil {
		return nil
	}
	if err = json.NewDecoder(answer.Body).Decode(out); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
