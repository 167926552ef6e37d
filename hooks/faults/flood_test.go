package faults_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// C67, C70. One visitor who floods, by every way there is, is held to the limits
// and told for how long; little of it is kept, whoever serves hears little of it,
// and others do not notice.
func TestOneVisitorFloods(t *testing.T) {
	c, rounds, _ := begin(t, "C70", 300, 20_000)
	d := shop(t)
	d.serve = nil // with its limits
	d.start()
	evil, other := d.arrive(), d.arrive()
	other.write(1)
	must(t, other.talk(d.listen))
	owner := listens(t, d)
	calls, tooMany, flooded := 0, 0, time.Now()
	for i := range rounds {
		var out frame
		status, err := d.call(http.MethodPost, "/api/xiaoer/visitor/messages", evil.token, frame{"id": fmt.Sprint("f", i), "kind": "text", "text": "在吗"}, &out)
		must(t, err)
		switch calls++; status {
		case http.StatusOK:
			evil.acked[fmt.Sprint("f", i)] = out.str("message", "id")
		case http.StatusTooManyRequests:
			tooMany++
		default:
			t.Fatalf("a flood was answered %d", status)
		}
		c.ran()
		if i >= 100 && i%1000 != 0 {
			continue
		}
		began := time.Now()
		if waited, err := d.call(http.MethodGet, "/api/xiaoer/visitor/messages", other.token, nil, nil); err != nil || waited != http.StatusOK || time.Since(began) > limit(2*time.Second) {
			t.Errorf("somebody else was answered %d after %v", waited, time.Since(began))
		}
	}
	c.acked(len(evil.acked))
	for name, f := range map[string]func(int) (int, any){
		"sends": func(i int) (int, any) {
			return websocket.TextMessage, frame{"type": "send", "id": fmt.Sprint("g", i), "kind": "text", "text": "在吗"}
		},
		"typing": func(i int) (int, any) { return websocket.TextMessage, frame{"type": "typing", "on": i%2 == 0} },
		"pages": func(i int) (int, any) {
			return websocket.TextMessage, frame{"type": "page", "url": fmt.Sprint("https://shop.example/", i), "title": "茶"}
		},
		"pings": func(int) (int, any) { return websocket.PingMessage, nil },
		"pongs": func(int) (int, any) { return websocket.PongMessage, nil },
	} {
		if code := floods(t, d, evil, f); code != 4429 {
			t.Errorf("%s: closed with %d", name, code)
		}
	}
	spans := 1 + int(time.Since(flooded)/(10*time.Second)) // in each of which they may say 20
	if kept := len(d.history(evil.token)); kept > 30+20*spans {
		t.Errorf("%d messages of a flood of %v were kept", kept, time.Since(flooded))
	}
	heard := owner()
	t.Logf("%d calls, %d of them too many, and five floods on sockets: %d messages kept, %d frames heard by whoever serves", calls, tooMany, len(d.history(evil.token)), heard)
	if heard > 200+200*spans {
		t.Errorf("whoever serves heard %d frames", heard)
	}
	holds(t, c, d.dir, other.acked, evil.acked)
}

// floods says something more often than anybody may, on one socket, and returns
// the code that it is closed with.
func floods(t *testing.T, d *desk, p *person, say func(i int) (kind int, what any)) int {
	t.Helper()
	ws, err := connectAs(d, p)
	must(t, err)
	defer ws.Close()
	go func() {
		for i := range 400 {
			kind, what := say(i)
			if kind == websocket.TextMessage {
				err = ws.WriteJSON(what)
			} else {
				err = ws.WriteMessage(kind, nil)
			}
			if err != nil {
				return
			}
		}
	}()
	for {
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		_, _, err := ws.ReadMessage()
		if closed, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // gorilla returns the very value
			return closed.Code
		}
		must(t, err)
	}
}

// listens is the owner with the console open; what it returns stops it, and says
// how many frames came.
func listens(t *testing.T, d *desk) func() int {
	t.Helper()
	ws, err := connectAs(d, &person{t: t, token: d.signIn()})
	must(t, err)
	n := make(chan int, 1)
	go func() {
		heard := 0
		for {
			if _, _, err := ws.ReadMessage(); err != nil {
				n <- heard
				return
			}
			heard++
		}
	}()
	return func() int { _ = ws.Close(); return <-n }
}

// C70. An address brings no more visitors in a minute, and has no more sockets at
// a time, than it may.
func TestOneAddressFloods(t *testing.T) {
	c, _, _ := begin(t, "C70", 1, 1)
	d := shop(t)
	d.serve = nil
	d.start()
	var people []*person
	status := http.StatusOK
	for range 70 {
		var in frame
		var err error
		status, err = d.call(http.MethodPost, "/api/xiaoer/visitor", "", frame{}, &in)
		must(t, err)
		if status == http.StatusOK {
			people = append(people, &person{t: t, token: in.str("token"), cursor: in.str("cursor"), acked: map[string]string{}, seen: map[string]string{}, codes: map[string]int{}})
		}
	}
	if len(people) != 60 || status != http.StatusTooManyRequests {
		t.Errorf("%d visitors came from one address in a minute, then %d", len(people), status)
	}
	open := 0
	for range 110 {
		ws, err := people[0].dial(d.listen)
		if err != nil {
			break
		}
		defer ws.Close()
		open++
	}
	c.ran()
	t.Logf("%d visitors and %d sockets of one address", len(people), open)
	if open != 100 {
		t.Errorf("%d sockets are open to one address", open)
	}
}
