package live

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// wire is the connection below a WebSocket. What is written while it gathers goes
// out with one call in the end: a call costs more than making a frame, and a
// member of staff who may see everything is told everything.
type wire struct {
	net.Conn

	mu   sync.Mutex // a goodbye comes from the reader, too
	held *[]byte    // nil where it does not gather
	cut  error      // why a write has failed, and a frame may have ended in its middle
}

// holders are buffers for what is gathered: few peers are written to at a time.
var holders = sync.Pool{New: func() any { return new(make([]byte, 0, togetherMost+togetherMost/8)) }}

// gather has everything wait from now on until [wire.release].
func (w *wire) gather() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held, _ = holders.Get().(*[]byte)
}

// Write implements [net.Conn].
func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held == nil {
		return w.through(b)
	}
	*w.held = append(*w.held, b...)
	return len(b), nil
}

// through writes to the connection, and nothing any more once that has failed: the
// peer would read it as the rest of what was cut off. mu is held.
func (w *wire) through(b []byte) (n int, err error) {
	if w.cut == nil {
		n, w.cut = w.Conn.Write(b)
	}
	return n, w.cut
}

// release writes what has been gathered.
func (w *wire) release() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	held := w.held
	w.held = nil
	_, err := w.through(*held)
	*held = (*held)[:0]
	holders.Put(held)
	return err
}

// wiring hands the upgrader the wire in place of the connection.
type wiring struct {
	http.ResponseWriter
	wire *wire
}

// Hijack implements [http.Hijacker].
func (w wiring) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.wire.Conn = conn
	return w.wire, buffers, nil
}
