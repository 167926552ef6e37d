package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// C67, C68, C40. Frames that are none close their own connection with the code
// that says why, cost no memory, and nobody beside notices.
func TestFramesThatAreNone(t *testing.T) {
	c, rounds, _ := begin(t, "C67 C68", 3, 2000)
	d := shop(t)
	d.start()
	p := d.arrive()
	kinds := []struct {
		name string
		kind int
		raw  []byte
		code int
	}{
		{"binary", websocket.BinaryMessage, []byte("{}"), 1003},
		{"too long", websocket.TextMessage, bytes.Repeat([]byte(" "), 70_000), 1009},
		{"invalid UTF-8", websocket.TextMessage, []byte("{\"type\":\"\xff\xfe\"}"), 1007},
		{"no JSON", websocket.TextMessage, []byte("{"), 4400},
		{"a list", websocket.TextMessage, []byte("[]"), 4400},
		{"deep", websocket.TextMessage, []byte(strings.Repeat("[", 20_000)), 4400},
		{"a second hello", websocket.TextMessage, []byte(`{"type":"hello"}`), 4400},
	}
	before := d.memory()
	for range rounds {
		for _, k := range kinds {
			ws, err := p.dial(d.listen)
			must(t, err)
			must(t, ws.WriteMessage(k.kind, k.raw))
			for err == nil {
				_ = ws.SetReadDeadline(time.Now().Add(patience))
				_, _, err = ws.ReadMessage()
			}
			if !websocket.IsCloseError(err, k.code) {
				t.Errorf("%s: %v, want %d", k.name, err, k.code)
			}
			_ = ws.Close()
		}
		p.write(1)
		must(t, p.talk(d.listen))
		c.ran()
	}
	if grown := d.memory() - before; grown > 32<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
	ws, answer, err := (&websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}, EnableCompression: true}).Dial("ws://"+d.listen+"/ws", nil)
	must(t, err)
	_ = ws.Close()
	if answer.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Error("compression was agreed to")
	}
	holds(t, c, d.dir, p.acked)
}

// C72. Bodies that are made to cost are refused quickly, and cost nothing.
func TestBodiesThatAreBombs(t *testing.T) {
	c, _, _ := begin(t, "C72", 1, 1)
	d := shop(t)
	d.start()
	p := d.arrive()
	before := d.memory()
	var keys strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&keys, `"k%d":1,`, i)
	}
	parts := strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n", 10_000) + "--b--\r\n"
	for name, body := range map[string][2]string{
		"deep":        {"application/json", `{"id":"a","kind":"text","text":"x","data":` + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) + "}"},
		"many keys":   {"application/json", `{"id":"b","kind":"text","text":"x","data":{` + keys.String() + `"z":1}}`},
		"long text":   {"application/json", `{"id":"c","kind":"text","text":"` + strings.Repeat("x", 10<<20) + `"}`},
		"huge number": {"application/json", `{"id":"d","kind":"text","text":1e309}`},
		"broken":      {"application/json", `{"id":"e","kind":"text","text":"x"`},
		"parts":       {"multipart/form-data; boundary=b", parts},
	} {
		path := "/api/xiaoer/visitor/messages"
		if name == "parts" {
			path = "/api/xiaoer/visitor/files"
		}
		began := time.Now()
		status, err := d.do(http.MethodPost, path, p.token, body[0], []byte(body[1]), nil)
		if err == nil && (status < 400 || status >= 500) {
			t.Errorf("%s: %d", name, status)
		}
		if took := time.Since(began); took > limit(5*time.Second) {
			t.Errorf("%s: answered after %v", name, took)
		}
		c.ran()
	}
	if grown := d.memory() - before; grown > 96<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
	holds(t, c, d.dir)
}

// dawdlers are ways to hold a connection for next to nothing: how it begins, and
// whether a byte now and then follows.
var dawdlers = []struct {
	name, begins string
	goesOn       bool
}{
	{"a header without end", "GET /ws HTTP/1.1\r\nHost: x\r\nX-Slow: ", true},
	{"a body", "POST /api/xiaoer/visitor HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", true},
	{"a body that never comes", "POST /api/xiaoer/visitor HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n", false},
	{"a body of PocketBase's", "POST /api/collections/staff/auth-with-password HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", true},
	{"a socket that says nothing", "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xiaoer.v1\r\n\r\n", false},
}

// C69. Whoever says nothing, or a byte now and then, is sent away, and others
// are served meanwhile.
func TestWhoSaysNothingIsSentAway(t *testing.T) {
	c, connections, _ := begin(t, "C69", 60, 2000)
	d := shop(t)
	d.start()
	p := d.arrive()
	before := d.memory()
	var all sync.WaitGroup
	var longest atomic.Int64
	began := time.Now()
	for i := range connections {
		kind := dawdlers[i%len(dawdlers)]
		one, err := connect(d.listen)
		must(t, err)
		_, err = one.Write([]byte(kind.begins))
		must(t, err)
		all.Go(func() {
			took := dawdle(one, kind.goesOn)
			for was := longest.Load(); int64(took) > was && !longest.CompareAndSwap(was, int64(took)); was = longest.Load() {
			}
			if took > min(limit(20*time.Second), patience-time.Second) {
				t.Errorf("%s was listened to for %v", kind.name, took)
			}
			c.ran()
		})
	}
	waits := p.paced(d, began.Add(8*time.Second))
	held := d.memory() - before
	all.Wait()
	c.acked(len(p.acked))
	t.Logf("%d connections took %d KB each and were gone after %v; of %d others' messages the 99th of a hundred took %v", connections, held>>10/connections, time.Duration(longest.Load()).Round(time.Millisecond), len(waits), most(waits))
	if most(waits) > limit(2*time.Second) {
		t.Errorf("others waited for %v", most(waits))
	}
	holds(t, c, d.dir, p.acked)
}

// dawdle stays on a connection until it is closed from the other side, and says
// how long that took.
func dawdle(one net.Conn, goesOn bool) time.Duration {
	defer one.Close()
	began := time.Now()
	for time.Since(began) < patience {
		if goesOn {
			if _, err := one.Write([]byte("a")); err != nil {
				break
			}
		}
		_ = one.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := one.Read(make([]byte, 1024)); err != nil && !errTimeout(err) {
			break
		}
	}
	return time.Since(began)
}

// paced says something now and then until an end, and returns how long each took
// to be acked, the quickest first.
func (p *person) paced(d *desk, end time.Time) (waits []time.Duration) {
	ws, err := p.dial(d.listen)
	must(p.t, err)
	defer ws.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(end) {
		<-tick.C
		p.write(1)
		began := time.Now()
		must(p.t, p.drain(ws))
		waits = append(waits, time.Since(began))
	}
	slices.Sort(waits)
	return waits
}

// most is what 99 of a hundred stay under.
func most(sorted []time.Duration) time.Duration { return sorted[len(sorted)*99/100] }

func errTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
