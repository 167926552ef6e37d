package faults_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// C24. All come back at once, and everybody is served.
func TestAHerdComesBack(t *testing.T) {
	c, herd, _ := begin(t, "C24", 50, 5000)
	d := shop(t)
	d.start()
	all := d.crowd(herd)
	for _, p := range all {
		p.write(1)
	}
	each := func(do func(p *person)) {
		var busy sync.WaitGroup
		for _, p := range all {
			busy.Go(func() { do(p) })
		}
		busy.Wait()
	}
	each(func(p *person) { must(t, p.talk(d.listen)) })
	d.kill()
	for _, p := range all {
		p.write(1)
	}
	d.start()
	began := time.Now()
	each(func(p *person) { must(t, p.talk(d.listen)) })
	if took := time.Since(began); took > limit(20*time.Second) {
		t.Errorf("%d were back after %v", herd, took)
	} else {
		t.Logf("%d were back after %v", herd, took)
	}
	for range herd {
		c.ran()
	}
	each(func(p *person) { p.drained(d) })
	all.whole(t, c, d.dir)
}

// C25, C26. Who does not read is closed and misses nothing; who is frozen is
// found, and so is a peer that is no longer there.
func TestWhoDoesNotRead(t *testing.T) {
	c, rounds, _ := begin(t, "C25 C26", 1, 100)
	d := shop(t)
	d.start()
	for range rounds {
		p := d.arrive()
		slow := d.arriveLater(p)
		ws, err := connectAs(d, slow)
		must(t, err)
		_ = ws.NetConn().(*net.TCPConn).SetReadBuffer(4096)
		before := d.memory()
		for range 400 {
			n := named.Add(1)
			p.outbox = append(p.outbox, frame{"type": "send", "id": fmt.Sprint("m", n), "kind": "text", "text": strings.Repeat("慢", 4000)})
		}
		for p.talk(d.listen) != nil && len(p.outbox) > 0 && !t.Failed() { // who sends so much may be too slow to read, too, and comes back
			d.await("readiness", d.ready)
		}
		if grown := d.memory() - before; grown > 64<<20 {
			t.Errorf("for one who does not read, memory grew by %d MB", grown>>20)
		}
		for err == nil {
			_, err = slow.read(ws)
		}
		if !strings.Contains(err.Error(), "4408") && !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "EOF") {
			t.Errorf("who did not read was told %v", err)
		}
		slow.drained(d)
		p.drained(d)
		if len(slow.seen) != len(p.seen) {
			t.Errorf("who did not read has seen %d of %d", len(slow.seen), len(p.seen))
		}
		c.ran()
	}
}

// C26. The whole program frozen, as by a suspended machine, goes on where it was.
func TestFrozenProgramGoesOn(t *testing.T) {
	c, rounds, random := begin(t, "C26", 1, 100)
	d := shop(t)
	d.start()
	all := d.crowd(3)
	for range rounds {
		busy := all.load(d.listen, closedAfter(2*time.Second))
		d.within(0, 200*time.Millisecond, random.Float64())
		d.signal(syscall.SIGSTOP)
		d.within(time.Second, 3*time.Second, random.Float64())
		d.signal(syscall.SIGCONT)
		busy.Wait()
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
}
