// Package fail defines the errors that a person may see.
//
// An Error names a kind and a message key; the message is looked up in the
// person's language at the edge, by the page or the live session that answers.
// Every other error is a fault of ours: logged in full, shown as "internal".
package fail

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Kind classifies a failure. Its text is the protocol's code, on the socket as
// in HTTP answers.
type Kind string

// The client's faults: refused, and never to be sent again unchanged.
const (
	Invalid      Kind = "invalid"
	TooLong      Kind = "too_long"
	IDReused     Kind = "id_reused"
	NotFound     Kind = "not_found" // also for what is not yours
	Forbidden    Kind = "forbidden"
	Closed       Kind = "closed"
	Taken        Kind = "taken"
	Unavailable  Kind = "unavailable"
	AtCapacity   Kind = "at_capacity"
	TooLate      Kind = "too_late"
	FileGone     Kind = "file_gone"
	Blocked      Kind = "blocked"
	UnknownType  Kind = "unknown_type"
	Unauthorized Kind = "unauthorized" // HTTP only; a socket is closed with 4401
	Conflict     Kind = "conflict"     // HTTP only
	TooLarge     Kind = "too_large"    // HTTP only
	Unsupported  Kind = "unsupported"  // HTTP only
)

// The server's faults: the client keeps what it sent and tries again.
const (
	Busy     Kind = "busy"
	Full     Kind = "full"
	Draining Kind = "draining"
	Limit    Kind = "limit"
	Internal Kind = "internal" // HTTP only; a socket answers busy
)

var statuses = map[Kind]int{
	Invalid: http.StatusUnprocessableEntity, TooLong: http.StatusUnprocessableEntity, IDReused: http.StatusConflict,
	NotFound: http.StatusNotFound, Forbidden: http.StatusForbidden, Closed: http.StatusConflict, Taken: http.StatusConflict,
	Unavailable: http.StatusConflict, AtCapacity: http.StatusConflict, TooLate: http.StatusConflict, FileGone: http.StatusConflict,
	Blocked: http.StatusForbidden, UnknownType: http.StatusUnprocessableEntity, Unauthorized: http.StatusUnauthorized,
	Conflict: http.StatusConflict, TooLarge: http.StatusRequestEntityTooLarge, Unsupported: http.StatusUnsupportedMediaType,
	Busy: http.StatusServiceUnavailable, Full: http.StatusInsufficientStorage, Draining: http.StatusServiceUnavailable,
	Limit: http.StatusTooManyRequests, Internal: http.StatusInternalServerError,
}

// Status is the HTTP status that says the same.
func (k Kind) Status() int { return statuses[k] }

// Passes reports a fault that has nothing to do with what was being done: all of it
// is to be tried again as it is, since none of it alone would fare better.
func (k Kind) Passes() bool { return k == Busy || k == Full || k == Draining }

// Retry reports whether the same request may succeed later.
func (k Kind) Retry() bool {
	switch k {
	case Busy, Full, Draining, Limit, Internal:
		return true
	default:
		return false
	}
}

// Error is a failure that may be shown to the person who caused it.
type Error struct {
	Kind  Kind
	Key   string         // message id in views/locale, such as "fail.closed"
	Args  map[string]any // the message's variables
	Field string         // the form field or parameter at fault, if one is
	After time.Duration  // for retries: not before this long; 0 when unknown
	Cause error          // logged, never shown
}

// New returns an error with the message key; args are alternating names and
// values of the message's variables.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: locale.Named(args...)}
}

// On names the form field or parameter at fault.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// In sets how long to wait before the next try.
func (e *Error) In(after time.Duration) *Error {
	c := *e
	c.After = after
	return &c
}

// Because attaches the underlying cause, which is logged but never shown.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// Text is the message in lang, "zh-CN" or "en".
func (e *Error) Text(lang string) string { return locale.In(lang).Text(e.Key, e.Args) }

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Kind, e.Key, e.Cause)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Key)
}

func (e *Error) Unwrap() error { return e.Cause }

// Of reports what err means to a caller. Storage that is locked or full asks
// for a retry; what nobody has classified is Internal.
func Of(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, sql.ErrNoRows) {
		return New(NotFound, "fail.not_found").Because(err)
	}
	if kind, ok := storage(err); ok {
		return New(kind, "fail."+string(kind)).Because(err).In(time.Second)
	}
	return New(Internal, "fail.internal").Because(err)
}

// As lets PocketBase's own endpoints answer with the right status when a hook
// returns an Error.
func (e *Error) As(target any) bool {
	t, ok := target.(**router.ApiError)
	if ok {
		*t = router.NewApiError(e.Kind.Status(), e.Text(locale.Default), nil)
	}
	return ok
}
