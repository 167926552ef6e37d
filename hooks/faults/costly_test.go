package faults_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// chunk is one of a PNG's.
func chunk(kind string, data []byte) []byte {
	body := append([]byte(kind), data...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

// pixels is a picture that says that it is so large, with nothing in it.
func pixels(side uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 6, 0, 0, 0)), chunk("IDAT", []byte("x\x9c")), chunk("IEND", nil)}, nil)
}

// C71. A picture that is small on the wire and takes gigabytes to draw is refused
// by its header, many at once; nothing is ever decoded.
func TestPicturesThatAreBombs(t *testing.T) {
	c, rounds, _ := begin(t, "C71", 60, 1000)
	d := shop(t)
	d.start()
	p := d.arrive()
	ends := []byte("GIF89a\xff\xff\xff\xff\x80\x00\x00")
	d.upload(p.token, "warm", "a.png", pixels(100))
	before := d.memory()
	var all sync.WaitGroup
	few := make(chan struct{}, 16)
	for i := range rounds {
		few <- struct{}{}
		all.Go(func() {
			defer func() { <-few }()
			for name, body := range map[string][]byte{"a.png": pixels(60_000), "b.png": pixels(1 << 31), "a.gif": ends} {
				if _, status := d.upload(p.token, fmt.Sprint(name[:1], name[2:], i), name, body); status != http.StatusRequestEntityTooLarge && status != http.StatusUnprocessableEntity {
					t.Errorf("%s was answered %d", name, status)
				}
			}
			if id, status := d.upload(p.token, fmt.Sprint("g", i), "large.png", pixels(6000)); id == "" {
				t.Errorf("a picture of 36 million pixels was answered %d", status) // and costs no more
			}
			c.ran()
		})
	}
	all.Wait()
	grown := d.memory() - before
	t.Logf("%d pictures cost %d KB", 4*rounds, grown>>10)
	if grown > 50<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
	holds(t, c, d.dir)
}

// C74. Whatever is asked that takes the database long, in parallel, of a shop with
// a past: it is answered in parts or refused, and who writes does not wait for it.
func TestCostlyReads(t *testing.T) {
	c, messages, _ := begin(t, "C74", 20_000, 1_000_000)
	d := shop(t)
	path, err := executable()
	must(t, err)
	out, err := exec.Command(path, "seed", "--dir", d.dir, "--messages", strconv.Itoa(messages)).CombinedOutput()
	if err != nil {
		t.Fatalf("seed: %v: %s", err, out)
	}
	d.start()
	p := d.arrive()
	alone := p.paced(d, time.Now().Add(2*time.Second))
	owner := &http.Client{Timeout: patience}
	owner.Jar, _ = cookiejar.New(nil)
	answer, err := owner.PostForm(d.url("/sign-in"), url.Values{"identity": {ownerMail}, "password": {password}})
	must(t, err)
	_ = answer.Body.Close()
	end := time.Now().Add(5 * time.Second)
	var all sync.WaitGroup
	for _, ask := range []string{
		"GET /api/xiaoer/conversations?view=all&limit=1000000000&per_page=1000000000", "GET /api/xiaoer/conversations?view=closed&before=" + strings.Repeat("z", 300), "GET /api/xiaoer/search?q=a&sort=best&limit=1000000000",
		"GET /api/xiaoer/search?q=%25%25&kind=customers", "GET /api/xiaoer/search?q=" + url.QueryEscape("的 是 我"), "GET /admin/audit?page=99999&q=a", "GET /admin/staff?page=1000000000", "GET /api/xiaoer/board", "GET /admin/health",
		"POST /admin/audit/export", "POST /admin/quick-replies/export",
	} {
		method, address, _ := strings.Cut(ask, " ")
		for range 2 {
			all.Go(func() {
				for time.Now().Before(end) {
					r, _ := http.NewRequest(method, d.url(address), nil)
					r.Header.Set("Origin", d.url(""))
					began := time.Now()
					answer, err := owner.Do(r)
					if err != nil {
						t.Errorf("%s: %v", ask, err)
						return
					}
					n, _ := io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close()
					if took := time.Since(began); took > limit(15*time.Second) || answer.StatusCode >= http.StatusInternalServerError || n > 8<<20 {
						t.Errorf("%s: %d, %d bytes after %v", ask, answer.StatusCode, n, took)
					}
					c.ran()
				}
			})
		}
	}
	waits := p.paced(d, end)
	all.Wait()
	c.acked(len(p.acked))
	t.Logf("beside %d costly questions, of %d messages the 99th of a hundred took %v; alone it was %v", c.Runs, len(waits), most(waits), most(alone))
	if most(waits) > limit(2*time.Second) {
		t.Errorf("who writes waited for %v", most(waits))
	}
	holds(t, c, d.dir, p.acked)
}
