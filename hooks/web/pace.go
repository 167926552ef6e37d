package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// A body has to keep coming. PocketBase waits five minutes for whatever it is,
// and thousands who send a byte now and then cost whoever sends them nothing.
const (
	bodyGrace = 10 * time.Second // to be waited for in all, beside
	bodyPace  = 1 << 10          // bytes a second: less is no line that anybody chats on
)

// pace has the request's body come at no less than [bodyPace], and ends the
// connection after a request whose body was not read to its end. PocketBase's
// router puts a reader of its own around the body and closes it, so that net/http
// takes a body that was given up for one that was read, and the rest of it for
// the next request: whoever sends a body where none is expected, or stops in the
// middle, could slip a request in that way.
func pace(e *core.RequestEvent) error {
	body, wrapped := e.Request.Body.(*router.RereadableReadCloser)
	if !wrapped || e.Request.ContentLength == 0 {
		return e.Next()
	}
	b := &pacedBody{ReadCloser: body.ReadCloser, control: http.NewResponseController(e.Response)}
	if e.Request.ProtoMajor == 1 {
		b.header = e.Response.Header()
		b.header.Set("Connection", "close")
	}
	body.ReadCloser = b
	return e.Next()
}

// pacedBody counts only what it waits for the client: what the handler does in
// between is not theirs.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	header  http.Header // of the answer, where a connection carries one request at a time
	read    int64
	waited  time.Duration
	whole   bool // all of it was read
}

// left is how long the client may still be waited for.
func (b *pacedBody) left() time.Duration {
	return bodyGrace + time.Duration(b.read)*time.Second/bodyPace - b.waited
}

// Read implements io.Reader.
func (b *pacedBody) Read(p []byte) (int, error) {
	began := time.Now()
	_ = b.control.SetReadDeadline(began.Add(b.left())) // what cannot be timed is no connection
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.waited += time.Since(began)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fail.New(fail.Busy, "fail.busy").Because(err)
	case errors.Is(err, io.EOF):
		b.whole = true
		b.header.Del("Connection")
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Close implements io.Closer. What was not read is read now, by net/http.
func (b *pacedBody) Close() error {
	if !b.whole {
		_ = b.control.SetReadDeadline(time.Now().Add(b.left()))
	}
	return b.ReadCloser.Close()
}
