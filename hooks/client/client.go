// Package client is a client of the live protocol and of the HTTP calls beside
// it, as anybody could write one: it knows the public contract
// (hooks/protocol/asyncapi.yaml) and no package of the server. What plays people
// is built on it: the demo's visitors and colleagues, and the load of bench.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pocketbase/pocketbase/tools/security"
)

// Subprotocol is the name and version of the live protocol.
const Subprotocol = "xiaoer.v1"

const (
	patience = 10 * time.Second // with a server that does not move
	// readRoom is enough for some frames at once: agents hear of everything.
	readRoom, writeRoom = 8 << 10, 1 << 10
)

// Fields is a JSON object that a client sends.
type Fields map[string]any

// Client is somebody's: their token, and a socket once they are connected.
type Client struct {
	Base  string // the server's address, such as http://127.0.0.1:8090
	Token string // "" before signing in

	ws      *websocket.Conn
	writing sync.Mutex
	left    chan struct{} // closed when nothing more is heard
}

var dialer = websocket.Dialer{
	Subprotocols: []string{Subprotocol}, HandshakeTimeout: patience, ReadBufferSize: readRoom, WriteBufferSize: writeRoom, WriteBufferPool: &sync.Pool{},
}

// Connect says hello with the cursor, where there is one, and listens until ctx
// ends or the connection does. hear is called for each frame, one after the
// other, and must not keep it; while it works, nothing is read.
func Connect(ctx context.Context, base, token, cursor string, hear func(Frame)) (*Client, error) {
	ws, answer, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = answer.Body.Close()
	c := &Client{Base: base, Token: token, ws: ws, left: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { _ = ws.Close() })
	go func() {
		defer func() {
			stop()
			_ = ws.Close()
			close(c.left)
			if p := recover(); p != nil {
				slog.Error("a client panicked", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		for c.listen(hear) {
		}
	}()
	hello := Fields{"type": "hello", "token": token}
	if cursor != "" {
		hello["cursor"] = cursor
	}
	return c, c.Say(hello)
}

// frames are where clients read one: most of them are silent most of the time.
var frames = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// listen hears the next frame; false when there are no more.
func (c *Client) listen(hear func(Frame)) bool {
	_, r, err := c.ws.NextReader()
	if err != nil {
		return false
	}
	raw, _ := frames.Get().(*bytes.Buffer)
	defer frames.Put(raw)
	raw.Reset()
	if _, err = raw.ReadFrom(r); err != nil {
		return false
	}
	hear(Frame{raw: raw.Bytes()})
	return true
}

// Left is closed when the connection has ended, after the last frame was heard.
func (c *Client) Left() <-chan struct{} { return c.left }

// Close hangs up.
func (c *Client) Close() { _ = c.ws.Close() }

// Say sends a frame. One that needs an id and has none gets one.
func (c *Client) Say(f Fields) error {
	switch f["type"] {
	case "send", "take", "transfer", "close", "recall":
		if f["id"] == nil {
			f["id"] = security.RandomString(20)
		}
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("say %s: %w", f["type"], err)
	}
	return c.Send(raw)
}

// Send sends a frame as it is.
func (c *Client) Send(raw []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(patience))
	return c.ws.WriteMessage(websocket.TextMessage, raw)
}

// Call does an HTTP call with the client's token.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
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

// Upload sends a visitor's file and returns its id.
func (c *Client) Upload(ctx context.Context, name string, raw []byte) (string, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("id", security.RandomString(20)) // a buffer takes everything
	part, _ := w.CreateFormFile("file", name)
	_, _ = part.Write(raw)
	_ = w.Close()
	var out struct{ File struct{ ID string } }
	err := c.do(ctx, "POST /api/xiaoer/visitor/files", w.FormDataContentType(), &form, &out)
	return out.File.ID, err
}

// SignIn signs one of the staff in.
func SignIn(ctx context.Context, base, identity, password string) (*Client, error) {
	var in struct{ Token string }
	outside := &Client{Base: base}
	if err := outside.Call(ctx, http.MethodPost, "/api/collections/staff/auth-with-password", Fields{"identity": identity, "password": password}, &in); err != nil {
		return nil, err
	}
	return &Client{Base: base, Token: in.Token}, nil
}

// Arrival is what a visitor is told when they come in.
type Arrival struct {
	Token, Cursor string
	Contact       struct{ ID string }
}

// Arrive comes in as a visitor, with what the call takes: page, identity,
// channel.
func Arrive(ctx context.Context, base string, in Fields) (out Arrival, err error) {
	outside := &Client{Base: base}
	err = outside.Call(ctx, http.MethodPost, "/api/xiaoer/visitor", in, &out)
	return out, err
}

// calls keeps as many connections as clients that call at once: the usual two
// would be opened anew again and again.
var calls = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: patience}}

// do does a call such as "GET /readyz".
func (c *Client) do(ctx context.Context, what, kind string, body io.Reader, out any) error {
	method, path, _ := strings.Cut(what, " ")
	r, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	r.Header.Set("Content-Type", kind)
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	answer, err := calls.Do(r)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	defer func() { _, _ = io.Copy(io.Discard, answer.Body) }() // so that the connection can be used again
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
