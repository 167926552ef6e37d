package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// errNobodyAnswers is a fault of ours: a route asks for a permission that no
// package guards. It is closed rather than open.
var errNobodyAnswers = fail.New(fail.Unauthorized, "fail.unauthorized")

// answer turns what a handler returned into a response.
func answer(e *core.RequestEvent) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
				panic(r)
			}
			err = explain(e, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	if err := e.Next(); err != nil {
		return explain(e, err)
	}
	return nil
}

// elsewhere is what [Elsewhere] returns.
type elsewhere string

func (to elsewhere) Error() string { return "go to " + string(to) }

// Elsewhere is the error by which a guard sends a browser to another page.
func Elsewhere(path string) error { return elsewhere(path) }

// explain writes err as the answer. What was already written stays.
func explain(e *core.RequestEvent, err error) error {
	if to, ok := errors.AsType[elsewhere](err); ok {
		return goTo(e, string(to))
	}
	f, status := classify(err)
	if f.Kind == fail.Internal && e.Request.Context().Err() != nil {
		return nil //nolint:nilerr // the client has gone: nobody is there to read it
	}
	id := ""
	if f.Kind == fail.Internal {
		id = rand.Text()[:8]
		e.App.Logger().Error("request failed", "id", id, "route", e.Request.Pattern, "error", err)
	}
	if e.Written() {
		return nil
	}
	RetryAfter(e, f)
	if IsPage(e) {
		return explainPage(e, f, status, id)
	}
	data := map[string]string{"code": string(f.Kind)}
	if f.Field != "" {
		data["field"] = f.Field
	}
	if id != "" {
		data["id"] = id
	}
	if f.Kind == fail.Unauthorized {
		e.Response.Header().Set("WWW-Authenticate", "Bearer")
	}
	return e.JSON(status, map[string]any{"status": status, "message": f.Text(Language(e)), "data": data})
}

// RetryAfter says in a header when to try again, where f knows.
func RetryAfter(e *core.RequestEvent, f *fail.Error) {
	if f.Kind.Retry() && f.After > 0 {
		e.Response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.After.Seconds()))))
	}
}

// classify finds the failure in err, also in what PocketBase and the standard
// library say about bad requests.
func classify(err error) (*fail.Error, int) {
	if f, ok := errors.AsType[*fail.Error](err); ok {
		return f, f.Kind.Status()
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fail.New(fail.TooLarge, "fail.too_large", "Most", bytesText(mostBody)).Because(err), http.StatusRequestEntityTooLarge
	}
	if fields, ok := errors.AsType[validation.Errors](err); ok {
		f := fail.New(fail.Invalid, "fail.invalid").Because(err)
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			return f.On(name), f.Kind.Status()
		}
	}
	if a, ok := errors.AsType[*router.ApiError](err); ok {
		f := fail.New(kindOf(a.Status), "fail."+string(kindOf(a.Status))).Because(err)
		return f, a.Status
	}
	if malformed(err) {
		return fail.New(fail.Invalid, "fail.invalid").Because(err), http.StatusBadRequest
	}
	f := fail.Of(err)
	return f, f.Kind.Status()
}

func malformed(err error) bool {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary)
}

func kindOf(status int) fail.Kind {
	switch status {
	case http.StatusUnauthorized:
		return fail.Unauthorized
	case http.StatusForbidden:
		return fail.Forbidden
	case http.StatusNotFound:
		return fail.NotFound
	case http.StatusConflict:
		return fail.Conflict
	case http.StatusRequestEntityTooLarge:
		return fail.TooLarge
	case http.StatusUnsupportedMediaType:
		return fail.Unsupported
	case http.StatusTooManyRequests:
		return fail.Limit
	case http.StatusServiceUnavailable:
		return fail.Busy
	case http.StatusInsufficientStorage:
		return fail.Full
	}
	if status >= http.StatusInternalServerError {
		return fail.Internal
	}
	return fail.Invalid
}

// explainPage shows the failure as a page; who is not signed in is led to where
// they can, and from there back.
func explainPage(e *core.RequestEvent, f *fail.Error, status int, id string) error {
	if f.Kind == fail.Unauthorized {
		to, from := "/sign-in", askedFrom(e)
		if e.Request.Method == http.MethodGet && !WantsPart(e) {
			from = e.Request.URL.RequestURI()
		}
		if from != "/" {
			to += "?next=" + url.QueryEscape(from)
		}
		return goTo(e, to)
	}
	if WantsPart(e) { // the page stays as it is, and what was typed with it
		e.Response.Header().Set("HX-Retarget", "#problem")
		e.Response.Header().Set("HX-Reswap", "innerHTML show:top")
		return RenderStatus(e, status, ui.Alert(f.Text(Language(e))))
	}
	return RenderStatus(e, status, problem(e, f, status, id))
}

// retryStorage answers for PocketBase's own routes, which call every error that
// they do not know the client's: a locked or full disk is ours, and passes.
func retryStorage(e *core.RequestEvent) error {
	err := e.Next()
	if err == nil || e.Written() {
		return err
	}
	cause := err
	if a, ok := errors.AsType[*router.ApiError](err); ok {
		if raw, ok := a.RawData().(error); ok {
			cause = raw
		}
	}
	f := fail.Of(cause)
	if f.Kind != fail.Busy && f.Kind != fail.Full {
		return err
	}
	RetryAfter(e, f)
	return f
}

func nowhere(e *core.RequestEvent) error {
	if strings.HasPrefix(e.Request.URL.Path, "/api/") {
		e.Set(keyKind, api)
	}
	return fail.New(fail.NotFound, "web.nowhere")
}

// accessLog writes one line a request: the route's pattern instead of the
// address, because addresses carry ids and one-time secrets, and no query.
func accessLog(log *slog.Logger) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		if log == nil {
			return e.Next()
		}
		start := time.Now()
		err := e.Next()
		status := e.Status()
		if status == 0 && err != nil {
			status = router.ToApiError(err).Status
		}
		level := slog.LevelInfo
		if strings.HasPrefix(e.Request.URL.Path, "/static/") {
			level = slog.LevelDebug
		}
		log.LogAttrs(context.Background(), level, "request", slog.String("method", e.Request.Method), slog.String("route", e.Request.Pattern),
			slog.Int("status", status), slog.Float64("ms", float64(time.Since(start).Microseconds())/1000), slog.String("address", Address(e)))
		return err
	}
}

func bytesText(n int64) string { return strconv.FormatInt(n>>20, 10) + " MB" }
