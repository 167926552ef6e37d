package live

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// line is the server's end of a connection. Its next write of much waits until it may
// go on, and nobody may set a deadline meanwhile.
type line struct {
	net.Conn

	begun, goOn chan struct{}
	once        sync.Once
	flies       atomic.Bool
	disturbed   atomic.Bool
}

func (l *line) Write(b []byte) (int, error) {
	if len(b) > 10_000 { // more than one frame
		l.once.Do(func() {
			l.flies.Store(true)
			close(l.begun)
			<-l.goOn
			l.flies.Store(false)
		})
	}
	return l.Conn.Write(b)
}

func (l *line) SetWriteDeadline(t time.Time) error {
	if l.flies.Load() {
		l.disturbed.Store(true)
	}
	return l.Conn.SetWriteDeadline(t)
}

// lines is a listener whose connections are lines.
type lines struct {
	net.Listener
	made chan *line
}

func (l lines) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	made := &line{Conn: conn, begun: make(chan struct{}), goOn: make(chan struct{})}
	l.made <- made
	return made, nil
}

// hears is a handler that tells which frames have come.
type hears chan string

func (h hears) Frame(f Frame) { h <- string(f.Text) }
func (hears) Gone(*Session)   {}

// connected is a peer that has said hello and caught up, over a real socket: both its
// ends, and the line below it.
func connected(t *testing.T, h *Hub) (*Session, *websocket.Conn, *line) {
	t.Helper()
	entered, made := make(chan *Session, 1), make(chan *line, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Accept(w, r, func(s *Session) { entered <- s })
	}))
	server.Listener = lines{server.Listener, made}
	server.Start()
	t.Cleanup(server.Close)
	dialer := websocket.Dialer{Subprotocols: []string{Subprotocol}}
	ws, _, err := dialer.DialContext(context.Background(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	s := <-entered
	s.Greeted()
	s.CaughtUp(0, []byte("ready"))
	if _, _, err := ws.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	return s, ws, <-made
}

// A peer's ping takes nothing from the time that a write to it has, and is answered
// after that.
func TestAPingLeavesTheWriteInFlightItsTime(t *testing.T) {
	t.Parallel()
	heard := make(hears, 10)
	s, ws, line := connected(t, NewHub(heard))
	big := bytes.Repeat([]byte("x"), 8000)
	for range 3 {
		s.Passing(Soon, big)
	}
	s.Send(big)
	<-line.begun
	if err := ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, []byte("behind the ping")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-heard:
	case <-time.After(5 * time.Second):
		t.Error("what comes behind a ping waits for the writer")
	}
	close(line.goOn)
	if line.disturbed.Load() {
		t.Error("the ping has changed the deadline of what is being written")
	}
	answered := ""
	ws.SetPongHandler(func(text string) error { answered = text; return nil })
	s.Send([]byte("last")) // behind the answer
	for {
		_, frame, err := ws.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if string(frame) == "last" {
			break
		}
	}
	if answered != "are you there" {
		t.Errorf("the ping was answered %q", answered)
	}
}

// Whatever is being written, a ping is answered with the next call, and of many only
// the last one.
func TestPingsAreAnsweredByTheWriter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := NewHub(silent{}), newPipe(0)
		s := peer(t, h, p)
		synctest.Wait() // ready is being written
		s.pingedBy("1")
		s.pingedBy("2")
		s.Send([]byte("word"))
		for _, want := range []string{"ready", "pong 2", "word"} {
			if got := <-p.frames; got != want {
				t.Errorf("written %q, want %q", got, want)
			}
		}
		s.Close(Restart, "")
		s.pingedBy("3")
		synctest.Wait()
		if p.ended() != Restart || len(p.frames) > 0 {
			t.Errorf("ended %d", p.ended())
		}
	})
}

// A frame that cannot be made, because a goodbye has been said already, holds back
// nothing of what is gathered.
func TestWhatIsGatheredIsLetGo(t *testing.T) {
	t.Parallel()
	s, _, _ := connected(t, NewHub(silent{}))
	for writes := true; writes; { // until it has ended
		s.mu.Lock()
		writes = s.writing
		s.mu.Unlock()
		runtime.Gosched()
	}
	conn, _ := s.conn.(*socket)
	conn.close(Restart, "")
	if err := conn.write([][]byte{[]byte("a"), []byte("b")}); !errors.Is(err, websocket.ErrCloseSent) {
		t.Errorf("written after the goodbye: %v", err)
	}
	conn.wire.mu.Lock()
	defer conn.wire.mu.Unlock()
	if conn.wire.held != nil {
		t.Error("it still gathers")
	}
}

// cutter is a connection that breaks in the middle of what is written.
type cutter struct {
	net.Conn
	got []byte
}

func (c *cutter) Write(b []byte) (int, error) {
	c.got = append(c.got, b[:len(b)/2]...)
	return len(b) / 2, errors.New("too slow")
}

// What follows a frame that was cut off would be read as its rest.
func TestNothingFollowsWhatWasCutOff(t *testing.T) {
	t.Parallel()
	conn := &cutter{}
	w := &wire{Conn: conn}
	w.gather()
	_, _ = w.Write([]byte("frame one, frame two"))
	if err := w.release(); err == nil {
		t.Error("nothing was said of it")
	}
	if _, err := w.Write([]byte("goodbye")); err == nil || string(conn.got) != "frame one," {
		t.Errorf("the peer reads %q", conn.got)
	}
}
