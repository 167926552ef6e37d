package faults_test

import (
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// C20. A backup that is made while everybody writes and sends files holds all that was
// acked before it began, each message with its conversation and each file as it was
// sent; nobody is kept waiting for it.
func TestBackedUpUnderLoad(t *testing.T) {
	c, rounds, _ := begin(t, "C20", 1, 100)
	path, err := executable()
	must(t, err)
	run := func(args ...string) {
		if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	d := shop(t)
	d.start()
	all, probe := d.crowd(3), d.arrive()
	for range rounds {
		all[0].sendFile(d)
		all.settle(t, d.listen)
		before := maps.Clone(all[0].acked)
		done := make(chan struct{})
		busy := all.load(d.listen, done)
		waited := make(chan []time.Duration, 1)
		go func() { waited <- probe.probing(d, done) }()
		file, dir := filepath.Join(t.TempDir(), "shop.zip"), t.TempDir()
		run("backup", file, "--dir", d.dir)
		close(done)
		busy.Wait()
		waits := <-waited
		slices.Sort(waits)
		t.Logf("%d words while it was made: half acked within %v, the slowest after %v", len(waits), waits[len(waits)/2], waits[len(waits)-1])
		if slowest := waits[len(waits)-1]; slowest > limit(2*time.Second) {
			t.Errorf("somebody waited for %v", slowest)
		}
		run("restore", file, "--dir", dir)
		holds(t, c, dir, before)
		db := open(t, dir)
		for _, wrong := range filesMissing(t, c, db, dir) {
			t.Error(wrong)
		}
		var orphans int
		must(t, db.QueryRow("SELECT COUNT(*) FROM messages WHERE conversation NOT IN (SELECT id FROM conversations)").Scan(&orphans))
		if _ = db.Close(); orphans > 0 {
			t.Errorf("%d messages are of no conversation", orphans)
		}
		c.ran()
	}
	all.settle(t, d.listen)
	for _, p := range append(all, probe) {
		p.drained(d)
	}
	append(all, probe).whole(t, c, d.dir)
}

// probing says a word after the other until done, and how long each waited for its ack.
func (p *person) probing(d *desk, done <-chan struct{}) (waits []time.Duration) {
	ws, err := p.dial(d.listen)
	if err != nil {
		p.t.Error(err)
		return []time.Duration{0}
	}
	defer ws.Close()
	for {
		p.write(1)
		began := time.Now()
		if err = p.drain(ws); err != nil {
			p.t.Error(err)
			return append(waits, patience)
		}
		waits = append(waits, time.Since(began))
		select {
		case <-done:
			return waits
		default:
		}
	}
}
