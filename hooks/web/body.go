package web

import (
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Body decodes a request's JSON. What does not fit is the client's fault.
func Body[T any](e *core.RequestEvent) (T, error) {
	var v T
	if err := e.BindBody(&v); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return v, err
		}
		if f, ours := errors.AsType[*fail.Error](err); ours { // see pace
			return v, f
		}
		return v, fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	return v, nil
}
