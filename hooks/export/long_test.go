package export_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

const chatty = "chatty"

// long gives a customer n messages, in conversations of a hundred, and so many files
// of the largest size that there is; of those the disk holds nothing.
func long(s *shop, n, largest int) {
	s.Helper()
	s.someone(chatty, "话痨")
	const each = 100
	var of []*conversations.Conversation
	said := make([]*conversations.Message, 0, n)
	from := conversations.Author{Kind: conversations.FromVisitor, ID: "contact" + chatty, Name: "话痨"}
	for i := range n {
		if i%each == 0 {
			of = append(of, s.talk(chatty, i/each))
		}
		said = append(said, s.entry(of[len(of)-1], i, conversations.Text, fmt.Sprintf("第 %d 句，这件外套还有货吗，什么时候发货", i), from))
	}
	sum := sha256.New()
	_, err := io.CopyN(sum, zeros{}, files.MaxBytes)
	s.must(err)
	for i := range largest {
		id := fileID(i)
		said[i].Kind, said[i].File = conversations.File, id
		path := filepath.Join(s.app.DataDir(), "files", id[:2], id)
		s.must(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Truncate(path, files.MaxBytes))
		s.row("files", dbx.Params{
			"id": id, "owner": "visitor", "contact": "contact" + chatty, "message": said[i].ID, "purpose": "message", "name": "录像.bin", "mime": "application/octet-stream",
			"size": files.MaxBytes, "sha256": hex.EncodeToString(sum.Sum(nil)), "created": stored(i),
		})
	}
	s.past(of, said)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// peak reads all of a copy, and tells how much there was and how much the heap grew
// meanwhile at most.
func peak(s *shop) (bytes int64, grown uint64) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.server.URL+"/desk/customers/"+chatty+"/export", nil)
	s.must(err)
	ann := s.browser("ann").Client()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	res, err := ann.Do(r)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		s.Fatal(res.Status)
	}
	some := make([]byte, 64<<10)
	for n := int64(0); ; {
		read, err := io.ReadFull(res.Body, some)
		bytes += int64(read)
		if n += int64(read); n > 1<<20 {
			n = 0
			runtime.ReadMemStats(&m)
			grown = max(grown, m.HeapAlloc-min(m.HeapAlloc, before))
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return bytes, grown
		}
		s.must(err)
	}
}

// What somebody has said and sent in years costs no more memory than what somebody
// else has in a day.
func TestALongHistoryCostsNoMemory(t *testing.T) { //nolint:paralleltest // it looks at the heap
	s := open(t)
	long(s, 10_000, 40)
	bytes, grown := peak(s)
	if bytes < 40*files.MaxBytes {
		t.Errorf("%d bytes", bytes)
	}
	if grown > 32<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

// A long history is told over several pages, each entry once, and in their order.
func TestALongHistoryHasPages(t *testing.T) {
	t.Parallel()
	s := open(t)
	long(s, 4500, 0)
	u := s.export(chatty)
	u.manifest()
	all := strings.Join([]string{string(u.files["index.html"]), string(u.files["index-2.html"]), string(u.files["index-3.html"])}, "")
	if u.files["index-4.html"] != nil || !strings.Contains(string(u.files["index.html"]), `href="index-2.html"`) || strings.Contains(string(u.files["index-3.html"]), "index-4") {
		t.Errorf("pages: %v", u.order)
	}
	last := 0
	for i := range 4500 {
		text := fmt.Sprintf("第 %d 句，", i)
		at := strings.Index(all, text)
		if at < last || strings.Count(all, text) != 1 || strings.Count(string(u.files["data.json"]), text) != 1 {
			t.Fatalf("%s is not there, not once, or out of order", text)
		}
		last = at
	}
}

// Of who is erased while their copy is written there is none: who waits for it is
// not given a part for the whole.
func TestWhoIsErasedMeanwhileHasNoCopy(t *testing.T) {
	t.Parallel()
	s := open(t)
	long(s, 100, 5)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/desk/customers/"+chatty+"/export", nil)
	s.must(err)
	ann := s.browser("ann").Client()
	res, err := ann.Do(r)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	if _, err = conversations.Erase(s.app, s.ann, chatty); err != nil { // 50 MB do not fit between the two
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if _, bad := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err == nil || bad == nil {
		t.Errorf("%d bytes are a whole copy: %v", len(raw), err)
	}
}

// What a customer with 50,000 messages and 2 GB of files costs.
func BenchmarkExport(b *testing.B) {
	s := open(b)
	long(s, 50_000, 205)
	for b.Loop() {
		began := time.Now()
		bytes, grown := peak(s)
		b.ReportMetric(float64(bytes)/1e6/time.Since(began).Seconds(), "MB/s")
		b.ReportMetric(float64(grown)/1e6, "heap-MB")
	}
}
