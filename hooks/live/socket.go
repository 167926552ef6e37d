package live

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Subprotocol is the name and version of the live protocol.
const Subprotocol = "xiaoer.v1"

// FrameLimit bounds a frame from a client, in bytes.
const FrameLimit = 64 << 10

const (
	writeWithin = 10 * time.Second
	// unhandledMost is how many frames of a peer wait at a time for what others do: as
	// many as somebody says at once who serves ten, and no more, because they wait in
	// front of everybody else's.
	unhandledMost = 8
	lingerFor     = 2 * time.Second
	// kernelRoom is what the kernel may keep for a peer. Left alone it takes
	// megabytes, behind which a slow peer sees neither a ping nor a goodbye.
	kernelRoom = 64 << 10
)

// Compression stays off: 61 KB on the wire can inflate to 63 MB behind the read
// limit. CheckOrigin lets all through, because who may come from where depends
// on the hello.
var upgrader = websocket.Upgrader{
	ReadBufferSize: 512, WriteBufferSize: 4 << 10, WriteBufferPool: &sync.Pool{},
	Subprotocols: []string{Subprotocol}, HandshakeTimeout: 10 * time.Second,
	CheckOrigin: func(*http.Request) bool { return true },
}

// Accept upgrades the request to a session and returns at once; the session
// lives on in a goroutine of its own. prepare is called before the first frame
// is read. A client that does not speak [Subprotocol] is answered 426.
func (h *Hub) Accept(w http.ResponseWriter, r *http.Request, prepare func(*Session)) {
	if !websocket.IsWebSocketUpgrade(r) || !speaks(r) {
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Sec-WebSocket-Protocol", Subprotocol)
		http.Error(w, "this address speaks the WebSocket subprotocol "+Subprotocol, http.StatusUpgradeRequired)
		return
	}
	below := &wire{}
	ws, err := upgrader.Upgrade(wiring{w, below}, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	if tcp, ok := below.Conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		_ = tcp.SetWriteBuffer(kernelRoom) // where it fails, the peer has gone
	}
	conn := &socket{ws: ws, wire: below}
	s := newSession(h, conn, "", time.Now())
	prepare(s)
	if !h.enter(s) {
		conn.close(Restart, "")
		conn.hangUp()
		return
	}
	go s.read(conn)
}

func speaks(r *http.Request) bool { return slices.Contains(websocket.Subprotocols(r), Subprotocol) }

// read hands frames to the handler until the connection ends.
func (s *Session) read(conn *socket) {
	defer recovered("a session's reader")
	defer s.hub.leave(s)
	defer conn.hangUp()
	defer s.handledAll()
	conn.ws.SetReadLimit(FrameLimit)
	conn.ws.SetPingHandler(func(text string) error { s.counted(); s.pingedBy(text); return nil })
	conn.ws.SetPongHandler(func(string) error { s.counted(); s.heard(); return nil })
	for {
		kind, frame, err := conn.ws.ReadMessage()
		if err != nil {
			s.lost(err)
			return
		}
		switch {
		case s.isClosed(): // reading on lets the goodbye arrive
		case kind != websocket.TextMessage:
			s.turnAway(NotText, "text frames only")
		case !utf8.Valid(frame):
			s.turnAway(NotUTF8, "")
		case s.counted():
		default:
			s.handle(frame)
		}
	}
}

// counted counts a frame, and sends away whose there are too many of.
func (s *Session) counted() (flooding bool) {
	if s.flooding(time.Now()) {
		s.turnAway(Flooding, strconv.Itoa(int(floodWindow/time.Second)))
		return true
	}
	return false
}

// handle runs the handler in a goroutine of its own and waits for it, until it lets
// the next frame come; of who has many unhandled frames, to its end. A panic ends
// the session, not the program.
func (s *Session) handle(frame []byte) {
	next, handled := make(chan struct{}), make(chan struct{})
	done := sync.OnceFunc(func() { close(next) })
	f := Frame{From: s, Text: frame, next: done, earlier: s.handled}
	if s.unhandled.Add(1) > unhandledMost {
		f.next = func() {}
	}
	s.handled = handled
	go func() {
		defer done()
		defer close(handled)
		defer s.unhandled.Add(-1)
		defer f.InTurn()
		defer func() {
			if p := recover(); p != nil {
				slog.Error("frame handler panicked", "panic", p, "stack", string(debug.Stack()))
				s.Close(Restart, "")
			}
		}()
		s.hub.handler.Frame(f)
	}()
	<-next
	select {
	case <-handled:
		s.handled = nil
	default:
	}
}

// turnAway closes s for what the peer does, once what it has sent before is answered.
func (s *Session) turnAway(code CloseCode, reason string) {
	s.handledAll()
	s.Close(code, reason)
}

// handledAll waits for what is still being handled. Only the reader may.
func (s *Session) handledAll() {
	if s.handled != nil {
		<-s.handled
	}
}

func (s *Session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// lost notes that nothing more will be read.
func (s *Session) lost(err error) {
	code := Normal
	if errors.Is(err, websocket.ErrReadLimit) {
		code = TooBig // gorilla has said so to the peer already
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.bytes = nil, 0
	s.end(code, "")
}

// socket is a transport over gorilla/websocket.
type socket struct {
	ws   *websocket.Conn
	wire *wire
	once sync.Once
}

func (c *socket) write(frames [][]byte) error {
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	if len(frames) == 1 {
		return c.ws.WriteMessage(websocket.TextMessage, frames[0])
	}
	c.wire.gather()
	for _, frame := range frames {
		if err := c.ws.WriteMessage(websocket.TextMessage, frame); err != nil {
			return errors.Join(err, c.wire.release()) // what is whole goes out, and with it the reader's goodbye
		}
	}
	return c.wire.release()
}

func (c *socket) ping() error {
	return c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin))
}

func (c *socket) pong(text string) error {
	return c.ws.WriteControl(websocket.PongMessage, []byte(text), time.Now().Add(writeWithin))
}

// hurry sets the connection's own deadline: gorilla's may be set by the writer
// alone.
func (c *socket) hurry() { _ = c.wire.SetWriteDeadline(time.Now().Add(time.Second)) }

// close sends the goodbye and gives the peer a moment to read it: hanging up
// with unread bytes in our buffer would reset the connection and eat the code.
func (c *socket) close(code CloseCode, reason string) {
	now := time.Now()
	err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason), now.Add(time.Second))
	switch {
	case errors.Is(err, websocket.ErrCloseSent): // the reader knows already
		return
	case err != nil:
		now = now.Add(-lingerFor)
	}
	_ = c.ws.SetReadDeadline(now.Add(lingerFor)) // the reader then ends and hangs up
}

// hangUp ends the connection once the peer has had its moment.
func (c *socket) hangUp() {
	c.once.Do(func() {
		conn := c.wire.Conn
		if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			_ = conn.SetReadDeadline(time.Now().Add(lingerFor / 2))
			_, _ = io.Copy(io.Discard, io.LimitReader(conn, 1<<20))
		}
		if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			slog.Debug("closing a socket", "error", err)
		}
	})
}
