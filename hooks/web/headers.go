package web

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	policy     = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "
	mostBody   = 1 << 20  // of JSON and forms
	mostUpload = 12 << 20 // of a file with what surrounds it

	mostFound     = 256 << 10 // what net/http reads of an unread body, to find the next request behind it
	mostDrained   = 64 << 20
	mostDrainTime = 5 * time.Second
)

// headers go with every answer of ours; a handler may set its own over them.
func headers(e *core.RequestEvent) error {
	h := e.Response.Header()
	h.Set("Content-Security-Policy", policy+"'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	harden(e)
	if k, _ := e.Get(keyKind).(kind); k == open {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Retry-After")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	return e.Next()
}

// harden sets what also PocketBase's pages and API can bear.
func harden(e *core.RequestEvent) {
	h := e.Response.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()")
	if Secure(e) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// dashboardHeaders add to PocketBase's own routes what they leave out. Its
// dashboard sets a policy of its own, and its API is never to be kept.
func dashboardHeaders(e *core.RequestEvent) error {
	if e.Get(keyKind) == nil {
		harden(e)
		e.Response.Header().Set("X-Frame-Options", "DENY")
		if strings.HasPrefix(e.Request.URL.Path, "/api/") {
			e.Response.Header().Set("Cache-Control", "no-store")
		}
	}
	return e.Next()
}

// FramedBy lets pages of these origins show the page in a frame; any page may
// where none is named.
func FramedBy(e *core.RequestEvent, origins []string) {
	who := "*"
	if len(origins) > 0 {
		who = "'self' " + strings.Join(origins, " ")
	}
	h := e.Response.Header()
	h.Set("Content-Security-Policy", policy+who)
	h.Del("X-Frame-Options")
	h.Del("Cross-Origin-Opener-Policy") // means nothing in a frame
}

// readOn reads what a refusal has left of a large body: a client that still sends
// when the connection closes, see [pace], would see an error of the network
// instead of the answer.
func readOn(e *core.RequestEvent) error {
	body, wrapped := e.Request.Body.(*router.RereadableReadCloser)
	if n := e.Request.ContentLength; !wrapped || e.Request.ProtoMajor != 1 || n >= 0 && n <= mostFound {
		return e.Next()
	}
	unread := body.ReadCloser // without the copy that the wrapper keeps
	if paced, ok := unread.(*pacedBody); ok {
		unread = paced.ReadCloser
	}
	err := e.Next()
	if e.Request.Header.Get("Expect") == "" {
		drain(e, unread)
	}
	return err
}

// drain reads on for a while.
func drain(e *core.RequestEvent, body io.Reader) {
	if e.Written() {
		_ = e.Flush()
	}
	if err := http.NewResponseController(e.Response).SetReadDeadline(time.Now().Add(mostDrainTime)); err != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, body, mostDrained) // read or not, the connection ends
}

// limitBody bounds what a request may send; a form of files may send more.
func limitBody(e *core.RequestEvent, most int64) error {
	switch {
	case most == Unbounded:
		return nil
	case most > 0:
	case strings.HasPrefix(e.Request.Header.Get("Content-Type"), "multipart/form-data"):
		most = mostUpload
	default:
		most = mostBody
	}
	if e.Request.ContentLength > most {
		return fail.New(fail.TooLarge, "fail.too_large", "Most", bytesText(most))
	}
	if e.Request.Body != nil {
		e.Request.Body = http.MaxBytesReader(e.Response, e.Request.Body, most)
	}
	return nil
}

// Stream is a request's body as it comes in. PocketBase's router keeps a copy in
// memory of whatever is read from the body itself.
func Stream(e *core.RequestEvent) io.Reader {
	if body, wrapped := e.Request.Body.(*router.RereadableReadCloser); wrapped {
		return body.ReadCloser
	}
	return e.Request.Body
}

// crossOrigin refuses what another site makes a browser send here with our
// cookie. A request with a token carries nothing that the browser added.
func (t *Table) crossOrigin(e *core.RequestEvent) error {
	if k, _ := e.Get(keyKind).(kind); k == open || k == api && e.Request.Header.Get("Authorization") != "" {
		return e.Next()
	}
	if err := t.protection.Check(e.Request); err != nil {
		return fail.New(fail.Forbidden, "web.cross_origin").Because(err)
	}
	return e.Next()
}

// preflight answers a browser that asks what another site may send to an open route.
func preflight(methods []string) func(*core.RequestEvent) error {
	slices.Sort(methods)
	allowed := strings.Join(slices.Compact(methods), ", ")
	return func(e *core.RequestEvent) error {
		h := e.Response.Header()
		h.Set("Access-Control-Allow-Methods", allowed)
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "7200")
		return e.NoContent(http.StatusNoContent)
	}
}
