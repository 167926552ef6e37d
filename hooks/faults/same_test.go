package faults_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// C10. While another process holds the database, everybody is answered before a
// client gives up, and afterwards each message is there once.
func TestLockedByAnotherProcess(t *testing.T) {
	c, rounds, random := begin(t, "C10", 2, 200)
	d := shop(t)
	d.start()
	all := d.crowd(6)
	for range rounds {
		db := open(t, d.dir)
		held, err := db.Conn(context.Background())
		must(t, err)
		_, err = held.ExecContext(context.Background(), "BEGIN IMMEDIATE")
		must(t, err)
		p := d.arriveLater(all[0])
		p.write(1)
		busy := all.load(d.listen, closedAfter(time.Duration(2+random.IntN(3))*time.Second))
		began := time.Now()
		must(t, p.talk(d.listen))
		if took := time.Since(began); took > limit(8*time.Second) {
			t.Errorf("answered after %v", took)
		}
		_, err = held.ExecContext(context.Background(), "ROLLBACK")
		must(t, err)
		_ = held.Close()
		_ = db.Close()
		busy.Wait()
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
}

// arriveLater is another client of the same visitor.
func (d *desk) arriveLater(p *person) *person {
	return &person{t: d.t, token: p.token, cursor: p.cursor, acked: map[string]string{}, seen: map[string]string{}, codes: map[string]int{}}
}

func closedAfter(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { close(done) })
	return done
}

// C12. Sent again and again, over sockets and HTTP, at once and after a kill, a
// message is stored once, and every answer is the first one.
func TestRetriesAreOne(t *testing.T) {
	c, retries, random := begin(t, "C12", 600, 100_000)
	d := shop(t)
	d.start()
	p := d.arrive()
	p.write(20)
	same := append([]frame(nil), p.outbox...)
	must(t, p.talk(d.listen))
	first := p.acked
	for done := 0; done < retries; {
		var busy sync.WaitGroup
		var others [4]*person
		for i := range others {
			others[i] = d.arriveLater(p)
			others[i].outbox = nil
			for range 50 {
				others[i].outbox = append(others[i].outbox, same[random.IntN(len(same))])
			}
			busy.Go(func() { others[i].repeat(d) })
		}
		busy.Wait()
		for _, o := range others {
			for client, id := range o.acked {
				if first[client] != id {
					t.Fatalf("%s is %s, and was answered as %s", client, first[client], id)
				}
			}
		}
		done += len(others) * 50
		for range len(others) * 50 {
			c.ran()
		}
		if random.IntN(8) == 0 {
			d.kill()
			d.start()
		}
	}
	c.acked(len(first))
	holds(t, c, d.dir, first)
}

// repeat sends all that is in the outbox once, half of it by HTTP.
func (p *person) repeat(d *desk) {
	ws, err := p.dial(d.listen)
	must(p.t, err)
	defer ws.Close()
	waits := map[string]int{}
	n := 0
	for i, f := range p.outbox {
		if i%2 == 0 {
			must(p.t, ws.WriteJSON(f))
			waits[f.str("id")]++
			n++
			continue
		}
		var out frame
		if status, err := d.call(http.MethodPost, "/api/xiaoer/visitor/messages", p.token, f, &out); err != nil || status != http.StatusOK {
			p.t.Errorf("by HTTP: %d %v", status, err)
			return
		}
		p.first(f.str("id"), out.str("message", "id"))
	}
	for n > 0 {
		f, err := p.read(ws)
		must(p.t, err)
		if f.str("type") == "ack" {
			n--
		}
	}
}

// first keeps an answer that came by HTTP.
func (p *person) first(client, id string) {
	if before := p.acked[client]; before != "" && before != id {
		p.t.Errorf("%s is %s and %s", client, before, id)
	}
	p.acked[client] = id
}

// C13. What a client calls its messages is its own; what cannot be a name, or is
// another message's, is refused.
func TestNamesOfMessagesAreChecked(t *testing.T) {
	c, _, _ := begin(t, "C13", 1, 1)
	d := shop(t)
	d.start()
	p, q := d.arrive(), d.arrive()
	say := func(who *person, id, text string) (int, string) {
		var out frame
		status, err := d.call(http.MethodPost, "/api/xiaoer/visitor/messages", who.token, frame{"id": id, "kind": "text", "text": text}, &out)
		must(t, err)
		return status, out.str("message", "id")
	}
	_, first := say(p, "same", "一")
	if status, again := say(p, "same", "一"); status != http.StatusOK || again != first {
		t.Errorf("the same again: %d %s", status, again)
	}
	if status, _ := say(p, "same", "二"); status != http.StatusConflict {
		t.Errorf("another one under its name: %d", status)
	}
	if status, other := say(q, "same", "一"); status != http.StatusOK || other == first {
		t.Errorf("somebody else's of that name: %d %s", status, other)
	}
	for _, id := range []string{"", strings.Repeat("a", 65), strings.Repeat("a", 10_000), "ѕame", "same\u200b", "a b", "a\x00", "../a", "a'--", "ｓame"} {
		if status, _ := say(p, id, "三"); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("named %.20q: %d", id, status)
		}
	}
	c.ran()
}

// C15, C16. Cut off at any byte and back again, everybody has seen what there
// is, once and in one order, each sender's own words in theirs.
func TestCutAtAnyByte(t *testing.T) {
	c, rounds, random := begin(t, "C15 C16", 24, 100_000)
	d := shop(t)
	d.start()
	writer := d.arrive()
	watchers := []*person{writer, d.arriveLater(writer), d.arriveLater(writer)}
	caughtUp := func() {
		crowd(watchers[:1]).settle(t, d.listen)
		for _, p := range watchers {
			p.drained(d)
		}
	}
	for done := 0; done < rounds; {
		if done%900 == 897 { // who is cut off all the time gets behind
			caughtUp()
		}
		writer.write(10)
		for _, p := range watchers {
			left := 200 + random.IntN(6000)
			cutting, end := relay(t, d.listen, func(to io.Writer, piece []byte) error {
				if len(piece) >= left {
					_, _ = to.Write(piece[:left])
					return io.EOF
				}
				left -= len(piece)
				_, err := to.Write(piece)
				return err
			})
			_ = p.talk(cutting) // it ends somewhere
			end()
			done++
			c.ran()
		}
	}
	caughtUp()
	for _, p := range watchers[1:] {
		if strings.Join(p.order, " ") != strings.Join(writer.order, " ") {
			t.Errorf("one saw %d entries and another %d, or in another order", len(p.order), len(writer.order))
		}
	}
	writer.inOrder()
	crowd(watchers[:1]).whole(t, c, d.dir)
}

// inOrder holds that what somebody wrote has arrived in the order in which they did.
func (p *person) inOrder() {
	p.t.Helper()
	last := 0
	for _, id := range p.order {
		var n int
		if _, err := fmt.Sscanf(p.seen[id], "在吗 m%d", &n); err == nil {
			if n < last {
				p.t.Errorf("m%d came after m%d", n, last)
			}
			last = n
		}
	}
}

// C18. A place that nobody has given is no place: the client is told to load
// afresh, and is shown nothing of anybody's.
func TestPlacesThatAreNone(t *testing.T) {
	c, rounds, random := begin(t, "C18", 40, 10_000)
	d := shop(t)
	d.start()
	p, other := d.arrive(), d.arrive()
	for _, who := range []*person{p, other} {
		who.write(3)
		must(t, who.talk(d.listen))
	}
	odd := []string{"0", "-1", "null", "\x00", "'; DROP TABLE messages; --", strings.Repeat("A", 10_000), "AAAAAAAAAAAAAAAAAAAAAA", "💥"}
	for n := range rounds {
		q := d.arriveLater(p)
		switch n % 3 {
		case 0:
			q.cursor = odd[random.IntN(len(odd))]
		case 1: // one character of a true one is another
			at := random.IntN(len(p.cursor))
			q.cursor = p.cursor[:at] + string("ABCDEFGHIJ"[random.IntN(10)]) + p.cursor[at+1:]
		case 2:
			q.cursor = other.cursor // a place is nobody's, what is seen from it is
		}
		if q.cursor != p.cursor && n%3 != 2 {
			if kind := q.greeted(d); kind != "reset" {
				t.Errorf("from %.30q: %s", q.cursor, kind)
			}
		} else if _, err := q.dial(d.listen); err != nil {
			t.Error(err)
		}
		theirs := d.history(p.token) // more than p has heard: who was given the conversation, and when
		for id := range q.seen {
			if !slices.Contains(theirs, id) {
				t.Errorf("from %.30q: shown %s", q.cursor, id)
			}
		}
		c.ran()
	}
}

// greeted is the type of the first frame after hello.
func (p *person) greeted(d *desk) string {
	ws, err := connectAs(d, p)
	must(p.t, err)
	defer ws.Close()
	f, err := p.read(ws)
	must(p.t, err)
	return f.str("type")
}
