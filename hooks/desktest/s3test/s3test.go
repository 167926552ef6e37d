// Package s3test is an S3-compatible store for tests, such as a shop rents one:
// it speaks S3 over HTTP, believes nobody whose signature is wrong, lists a
// thousand names at a time, and has trouble when it is told to.
package s3test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/s3mem"
)

// Who may in, and where to.
const (
	Name   = "shop"
	Region = "cn-hangzhou"
	Key    = "AKIDSHOP"
	Secret = "a-secret-of-the-store"
)

// Trouble answers in the store's place, or leaves it to the store.
type Trouble func(w http.ResponseWriter, r *http.Request) (answered bool)

// Store is the store, with one bucket.
type Store struct {
	*httptest.Server
	trouble atomic.Pointer[Trouble]
	backend *s3mem.Backend
}

// New returns one that runs until the test ends.
func New(tb testing.TB) *Store {
	tb.Helper()
	s := &Store{backend: s3mem.New()}
	if err := s.backend.CreateBucket(context.Background(), Name); err != nil {
		tb.Fatal(err)
	}
	is := gofakes3.New(s.backend, gofakes3.WithV4Auth(map[string]string{Key: Secret})).Server()
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := s.trouble.Load(); t != nil && (*t)(w, r) {
			return
		}
		if r.Method == http.MethodPost && r.URL.Query().Has("uploads") {
			named(is, w, r)
			return
		}
		is.ServeHTTP(w, r)
	}))
	tb.Cleanup(s.Close)
	return s
}

// named gives an upload in parts the name that S3's own answer has; gofakes3 says
// InitiateMultipartUpload.
func named(is http.Handler, w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	is.ServeHTTP(answer, r)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(answer.Code)
	_, _ = w.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte("InitiateMultipartUpload>"), []byte("InitiateMultipartUploadResult>")))
}

// Fill puts something into the store, beside its clients.
func (s *Store) Fill(tb testing.TB, names ...string) {
	tb.Helper()
	for _, name := range names {
		if _, err := s.backend.PutObject(context.Background(), Name, name, nil, strings.NewReader("x"), 1); err != nil {
			tb.Fatal(err)
		}
	}
}

// Address is where a warm copy goes in it.
func (s *Store) Address() string {
	return "s3://" + Name + "/warm?region=" + Region + "&style=path&endpoint=" + s.URL
}

// Has gives the store trouble, nil for none.
func (s *Store) Has(t Trouble) {
	if t == nil {
		s.trouble.Store(nil)
		return
	}
	s.trouble.Store(&t)
}

// Busy is what a store says that has too much to do.
func Busy(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`))
	return true
}

// Denied is what a store says to a key that may not do this.
func Denied(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`))
	return true
}

// Torn cuts the line in the middle of an answer, or of what is being sent.
func Torn(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodPut {
		_, _ = r.Body.Read(make([]byte, 512))
	}
	panic(http.ErrAbortHandler)
}

// Once is t for the first request that is so, and then none any more.
func (s *Store) Once(t Trouble, so func(*http.Request) bool) {
	var done atomic.Bool
	s.Has(func(w http.ResponseWriter, r *http.Request) bool {
		return so(r) && done.CompareAndSwap(false, true) && t(w, r)
	})
}
