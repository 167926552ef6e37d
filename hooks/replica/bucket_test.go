package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
)

func bucketOf(t *testing.T, s *s3test.Store) Place {
	t.Helper()
	p, err := in(s).Open()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Query().Has("list-type")
}

// A line that is cut is not the end of a list: neither of its first page, which
// would be a place without a replica, nor of another.
func TestCutListIsNoList(t *testing.T) {
	t.Parallel()
	s := s3test.New(t)
	p := bucketOf(t, s)
	const many = 1200 // a page is a thousand
	for i := range many {
		s.Fill(t, fmt.Sprintf("warm/%s%04d", uploads, i))
	}
	list, err := p.List(t.Context(), uploads)
	if err != nil || len(list) != many {
		t.Errorf("%d of %d, %v", len(list), many, err)
	}
	s.Has(func(w http.ResponseWriter, r *http.Request) bool { return isList(r) && s3test.Torn(w, r) })
	if list, err = p.List(t.Context(), uploads); err == nil {
		t.Errorf("a cut line is a list of %d", len(list))
	}
	if _, err = Newest(t.Context(), in(s)); err == nil || errors.Is(err, ErrNothing) {
		t.Errorf("what is there when nothing is answered: %v", err)
	}
	s.Has(func(w http.ResponseWriter, r *http.Request) bool {
		return isList(r) && r.URL.Query().Has("continuation-token") && s3test.Torn(w, r)
	})
	if list, err = p.List(t.Context(), uploads); err == nil {
		t.Errorf("the first page is a list of %d", len(list))
	}
}

// What goes in parts is there whole or not at all.
func TestPartsAreWhole(t *testing.T) {
	t.Parallel()
	s := s3test.New(t)
	p, content := bucketOf(t, s), bytes.Repeat([]byte("小二"), inParts/3)
	for name, c := range map[string]struct {
		so func(*http.Request) bool
		is s3test.Trouble
	}{
		"a part is cut":  {func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "2" }, s3test.Torn},
		"a part is late": {func(r *http.Request) bool { return r.URL.Query().Get("partNumber") == "1" }, s3test.Busy},
		"not put together": {func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Query().Has("uploadId") }, func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = io.WriteString(w, "<Error><Code>InternalError</Code></Error>") // S3 says so with a 200
			return true
		}},
	} {
		s.Once(c.is, c.so)
		if err := p.Put(t.Context(), name, bytes.NewReader(content)); err == nil {
			t.Errorf("%s, and it is told as done", name)
		}
		if _, err := p.Get(t.Context(), name); !absent(err) {
			t.Errorf("%s, and something is there: %v", name, err)
		}
		if err := p.Put(t.Context(), name, bytes.NewReader(content)); err != nil {
			t.Errorf("%s, and then it does not go either: %v", name, err)
		}
		if got, err := read(t.Context(), p, name); err != nil || got != string(content[:small]) {
			t.Errorf("%d bytes of %s come back, %v", len(got), name, err)
		}
	}
}

// A store with troubles of all kinds, again and again, has all of it in the end,
// in the same generation.
func TestTroublesPass(t *testing.T) {
	t.Parallel()
	store, s := s3test.New(t), open(t, t.TempDir())
	f := s.follow(in(store), most)
	s.say(5)
	s.whole(f)
	name := f.Status().Name
	var n atomic.Int64
	store.Has(func(w http.ResponseWriter, r *http.Request) bool {
		switch n.Add(1) % 9 {
		case 3:
			return s3test.Busy(w, r)
		case 7:
			return s3test.Torn(w, r)
		}
		return false
	})
	for i := range 20 {
		s.upload(fmt.Sprintf("%032x", i), strings.Repeat("picture ", i))
		s.say(10)
		s.whole(f)
	}
	store.Has(nil)
	if is := f.Status().Name; is != name {
		t.Errorf("it went from %s to %s", name, is)
	}
	if got := back(t, in(store)); got != s.n {
		t.Errorf("%d of %d came back", got, s.n)
	}
	c, err := Newest(t.Context(), in(store))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if got, err := read(t.Context(), c.place, fmt.Sprintf("%s00/%032x", uploads, i)); err != nil || got != strings.Repeat("picture ", i) {
			t.Errorf("upload %d: %d bytes, %v", i, len(got), err)
		}
	}
}

// What is cut in the middle of a restore is told, and not restored as if it were
// all.
func TestCutRestoreIsTold(t *testing.T) {
	t.Parallel()
	store, s := s3test.New(t), open(t, t.TempDir())
	f := s.follow(in(store), most)
	s.say(300)
	s.whole(f)
	f.Close()
	var asked atomic.Int64
	store.Has(func(http.ResponseWriter, *http.Request) bool { asked.Add(1); return false })
	if n := back(t, in(store)); n != 300 {
		t.Fatalf("%d of 300 came back", n)
	}
	cuts := 0
	for cut := range asked.Load() { // at each of its questions
		var n atomic.Int64
		store.Has(func(w http.ResponseWriter, r *http.Request) bool { return n.Add(1) > cut && s3test.Torn(w, r) })
		c, err := Newest(t.Context(), in(store))
		if err == nil {
			err = c.Database(t.Context(), t.TempDir()+"/data.db")
		}
		if n.Load() <= cut {
			break // it had fewer to ask than the first time
		}
		cuts++
		if err == nil || errors.Is(err, ErrNothing) {
			t.Errorf("cut from question %d of %d on: %v", cut+1, asked.Load(), err)
		}
	}
	if cuts < 5 {
		t.Errorf("cut at %d questions only", cuts)
	}
}

// A store that is frozen takes what it is sent, or begins to answer, and says nothing
// more: each act ends by itself.
func TestFrozenStoreIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := s3test.New(t)
	p, is := bucketOf(t, s).(bucket)
	if !is || p.slow != slow {
		t.Fatalf("%+v", p)
	}
	p.slow = 200 * time.Millisecond
	if err := p.Put(t.Context(), "kept", strings.NewReader("kept")); err != nil {
		t.Fatal(err)
	}
	thawed := make(chan struct{})
	defer close(thawed)
	begins := func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Length", "4")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, "ke")
		_ = http.NewResponseController(w).Flush()
		<-thawed
		return true
	}
	silent := func(http.ResponseWriter, *http.Request) bool { <-thawed; return true }
	for what, frozen := range map[string]struct {
		is  s3test.Trouble
		act func() error
	}{
		"put":    {silent, func() error { return p.Put(t.Context(), "new", strings.NewReader("new")) }},
		"list":   {silent, func() error { _, err := p.List(t.Context(), ""); return err }},
		"lists":  {begins, func() error { _, err := p.List(t.Context(), ""); return err }},
		"delete": {silent, func() error { return p.Delete(t.Context(), "kept") }},
		"get":    {silent, func() error { _, err := read(t.Context(), p, "kept"); return err }},
		"read":   {begins, func() error { _, err := read(t.Context(), p, "kept"); return err }},
	} {
		s.Has(frozen.is)
		if err := frozen.act(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A place is tried by reading what was written there.
func TestTryReadsBack(t *testing.T) {
	t.Parallel()
	s := s3test.New(t)
	if err := Try(t.Context(), bucketOf(t, s)); err != nil {
		t.Error(err)
	}
	s.Has(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, "<html>Please sign in to the hotel's network</html>")
		return true
	})
	if err := Try(t.Context(), bucketOf(t, s)); !errors.Is(err, ErrForgets) {
		t.Errorf("a page instead of a store: %v", err)
	}
}
