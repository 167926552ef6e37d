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

// pace has the request's body read at no less than [bodyPace].
func pace(e *core.RequestEvent) error {
	if body, wrapped := e.Request.Body.(*router.RereadableReadCloser); wrapped && e.Request.ContentLength != 0 {
		body.ReadCloser = &pacedBody{ReadCloser: body.ReadCloser, control: http.NewResponseController(e.Response)}
	}
	return e.Next()
}

// pacedBody counts only what it waits for the client: what the handler does in
// between is not theirs.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	read    int64
	waited  time.Duration
}

func (b *pacedBody) Read(p []byte) (int, error) {
	began := time.Now()
	left := bodyGrace + time.Duration(b.read)*time.Second/bodyPace - b.waited
	if err := b.control.SetReadDeadline(began.Add(left)); err != nil {
		return b.ReadCloser.Read(p) // what cannot be timed is no connection
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.waited += time.Since(began)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fail.New(fail.Busy, "fail.busy").Because(err)
	case err != nil:
		_ = b.control.SetReadDeadline(time.Time{}) // it is all there, or the connection is gone
	}
	return n, err
}
