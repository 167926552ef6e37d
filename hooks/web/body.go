package web

import (
	"errors"
	"mime"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Body decodes a request's JSON. What does not fit is the client's fault.
func Body[T any](e *core.RequestEvent) (T, error) {
	var v T
	err := e.BindBody(&v)
	return v, Unread(err)
}

// formMemory is how much of a form is held in memory; all of it fits, see
// limitBody.
const formMemory = 32 << 20

// readForm reads what a browser's form has sent, once for all: who asks for a
// field of a form that cannot be read is answered "", as if it were empty.
func readForm(e *core.RequestEvent) error {
	kind, _, _ := mime.ParseMediaType(e.Request.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/x-www-form-urlencoded":
		err = e.Request.ParseForm()
	case "multipart/form-data":
		err = e.Request.ParseMultipartForm(formMemory)
	}
	return Unread(err)
}

// Unread is why a body could not be read: the client's fault, but for what says
// what it is by itself, see [pace] and limitBody.
func Unread(err error) error {
	if err == nil {
		return nil
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	if f, ours := errors.AsType[*fail.Error](err); ours {
		return f
	}
	return fail.New(fail.Invalid, "fail.invalid").Because(err)
}
