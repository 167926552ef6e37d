package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// miss puts so many words of staff's into the conversation of whoever wrote first,
// a month's, while the program does not run.
func (d *desk) miss(n int) {
	d.t.Helper()
	db := open(d.t, d.dir)
	defer db.Close()
	_, err := db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO messages (id, seq, conversation, contact, sender, client_id, hash, kind, staff_only, text, data, file, quote, recalled, "from", time)
		SELECT printf('m%014d', i), s.last + i, c.id, c.contact, 'bot:', '', '', 'text', FALSE, printf('第 %d 句：您的订单已经安排发货，请耐心等待。', i), 'null', '', '', FALSE,
			'{"kind":"bot","name":"禾野优选"}', strftime('%Y-%m-%d %H:%M:%fZ', 'now', printf('-%d seconds', (? - i) * 2592000 / ?))
		FROM n, sequence s, conversations c`, n, n, n)
	must(d.t, err)
	_, err = db.Exec("UPDATE sequence SET last = last + ? + 1; UPDATE conversations SET last_seq = (SELECT MAX(seq) FROM messages), rev = (SELECT last FROM sequence)", n)
	must(d.t, err)
}

// C19. Who has been away for a month gets all of it in order, at their own pace, and
// what is said meanwhile in its place; it costs little memory, and nobody waits.
func TestAwayForAMonth(t *testing.T) {
	c, missed, _ := begin(t, "C19", 2000, 50_000)
	d := shop(t)
	d.start()
	p, other := d.arrive(), d.arrive()
	p.write(1)
	must(t, p.talk(d.listen))
	late := d.arriveLater(p)
	d.stop()
	d.miss(missed)
	d.start()
	other.write(5)
	must(t, other.talk(d.listen)) // what the program needs for anybody
	before, most := d.memory(), 0
	var busy sync.WaitGroup
	caughtUp := make(chan struct{})
	busy.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-caughtUp:
				return
			case <-time.After(20 * time.Millisecond):
			}
			p.byHTTP(d)
			most = max(most, d.memory())
			if i == 2 {
				began := time.Now()
				other.write(1)
				must(t, other.talk(d.listen))
				if took := time.Since(began); took > limit(2*time.Second) {
					t.Errorf("somebody else waited for %v", took)
				}
			}
		}
	})
	ws, err := late.dial(d.listen)
	close(caughtUp)
	must(t, err)
	busy.Wait()
	_ = ws.Close()
	late.drained(d)
	if want := d.history(p.token); !slices.Equal(late.order, want[len(want)-len(late.order):]) || len(late.order) < missed+len(p.acked)-1 {
		t.Errorf("who came back has seen %d entries of %d, or in another order", len(late.order), len(want))
	}
	grown := (most - before) >> 20
	t.Logf("memory grew by %d MB while %d were sent, and %d said meanwhile", grown, missed, len(p.acked)-1)
	if grown > 20 {
		t.Errorf("memory grew by %d MB", grown)
	}
	c.acked(len(p.acked))
	for range missed {
		c.ran()
	}
	holds(t, c, d.dir, p.acked, other.acked)
}

// byHTTP says a word without a socket.
func (p *person) byHTTP(d *desk) {
	p.t.Helper()
	id := fmt.Sprint("h", named.Add(1))
	var out frame
	if status, err := d.call(http.MethodPost, "/api/xiaoer/visitor/messages", p.token, frame{"id": id, "kind": "text", "text": "在吗 " + id}, &out); err != nil || status != http.StatusOK {
		p.t.Errorf("by HTTP: %d %v", status, err)
		return
	}
	p.first(id, out.str("message", "id"))
}

// history is the ids of all that a visitor may see, in order.
func (d *desk) history(token string) (ids []string) {
	d.t.Helper()
	for before := ""; ; {
		var page struct{ Messages []frame }
		path := "/api/xiaoer/visitor/messages"
		if before != "" {
			path += "?before=" + before
		}
		if status, err := d.call(http.MethodGet, path, token, nil, &page); err != nil || status != http.StatusOK {
			d.t.Fatalf("history: %d %v", status, err)
		}
		if len(page.Messages) == 0 {
			slices.Reverse(ids)
			return ids
		}
		if len(page.Messages) > 50 {
			d.t.Errorf("a page of %d", len(page.Messages))
		}
		before = page.Messages[0].str("cursor")
		for _, m := range slices.Backward(page.Messages) {
			ids = append(ids, m.str("id"))
		}
	}
}
