package faults_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// figures are what the program tells Prometheus.
func (d *desk) figures() map[string]float64 {
	d.t.Helper()
	r, err := http.NewRequest(http.MethodGet, d.url("/metrics"), nil)
	must(d.t, err)
	r.Header.Set("Authorization", "Bearer "+os.Getenv("XIAOER_METRICS_TOKEN"))
	answer, err := http.DefaultClient.Do(r)
	must(d.t, err)
	defer answer.Body.Close()
	all := map[string]float64{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		var name string
		var value float64
		if n, _ := fmt.Sscan(lines.Text(), &name, &value); n == 2 {
			all[name] = value
		}
	}
	return all
}

// peak is the most memory that the program has ever held, in bytes.
func (d *desk) peak() int {
	d.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	must(d.t, err)
	_, after, _ := strings.Cut(string(raw), "VmHWM:")
	var kb int
	_, err = fmt.Sscan(after, &kb)
	must(d.t, err)
	return kb << 10
}

// everything goes on at once: visitors come, write, send files, read back and go,
// and the owner reads and takes what they say.
func (d *desk) everything(all crowd, owner string, lasts time.Duration) {
	d.t.Helper()
	done := closedAfter(lasts)
	busy := all.load(d.listen, done)
	beside := func(do func(n int)) {
		busy.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				case <-time.After(10 * time.Millisecond):
					do(n)
				}
			}
		})
	}
	beside(func(int) {
		p := d.arrive()
		p.write(2)
		if p.sendFile(d); p.talk(d.listen) == nil {
			d.history(p.token)
		}
	})
	acts := (&scene{desk: d}).socket(owner)
	defer acts.Close()
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			if _, _, err := acts.ReadMessage(); err != nil {
				return
			}
		}
	})
	beside(func(n int) {
		var list struct{ Conversations []frame }
		if status, err := d.call(http.MethodGet, "/api/xiaoer/conversations?view=all", owner, nil, &list); err != nil || status != http.StatusOK {
			d.t.Errorf("the list: %d %v", status, err)
			return
		}
		if len(list.Conversations) == 0 {
			return // nobody has said a word yet
		}
		one := list.Conversations[n%len(list.Conversations)].str("id")
		_, _ = d.call(http.MethodGet, "/api/xiaoer/conversations/"+one+"/messages", owner, nil, nil)
		must(d.t, acts.WriteJSON(frame{"type": "take", "id": fmt.Sprint("t", named.Add(1)), "conversation": one}))
		must(d.t, acts.WriteJSON(frame{"type": "send", "id": fmt.Sprint("t", named.Add(1)), "conversation": one, "kind": "text", "text": "稍等，我看一下"}))
	})
	busy.Wait()
	_ = acts.Close()
	reading.Wait()
}

// C28. A small machine is enough while everything goes on and somebody reads for as
// long as it does; when all are gone, so is what they had cost, and what is counted
// is what there is.
func TestWhatComesGoesAgain(t *testing.T) {
	c, rounds, _ := begin(t, "C28", 2, 1800)
	t.Setenv("XIAOER_METRICS_TOKEN", "a-token-of-sixteen-and-more")
	d := shop(t)
	d.start()
	owner := d.signIn()
	all := d.crowd(4)
	d.everything(all, owner, 500*time.Millisecond) // what is opened once stays
	before := d.settled()
	for range rounds {
		ends := d.reads()
		d.everything(all, owner, 2*time.Second)
		ends()
		c.ran()
	}
	if peak := d.peak(); peak > 256<<20 {
		t.Errorf("it took %d MB", peak>>20)
	}
	all.settle(t, d.listen)
	for range 3 { // a log that is moved is begun anew by who writes next
		all[0].write(1)
		must(t, all[0].talk(d.listen))
	}
	for _, p := range all {
		p.drained(d)
	}
	after := d.settled()
	for end := time.Now().Add(patience); after.goroutines > before.goroutines+5 || after.descriptors > before.descriptors+5; after = d.settled() {
		if time.Now().After(end) {
			t.Errorf("before %+v, after %+v", before, after)
			break
		}
	}
	t.Logf("at most %d MB; before %+v, after %+v", d.peak()>>20, before, after)
	d.logIsAnew()
	all.whole(t, c, d.dir)
	d.countsAreTrue()
}

// held is what the program holds.
type held struct{ goroutines, descriptors int }

// settled is what it holds once idle connections are gone. The connections to its
// own database do not count: it keeps a bounded number of them.
func (d *desk) settled() held {
	d.t.Helper()
	http.DefaultClient.CloseIdleConnections()
	d.within(500*time.Millisecond, 500*time.Millisecond, 0)
	now := held{goroutines: int(d.figures()["go_goroutines"])}
	open := fmt.Sprintf("/proc/%d/fd", d.cmd.Process.Pid)
	list, err := os.ReadDir(open)
	must(d.t, err)
	for _, e := range list {
		if path, err := os.Readlink(filepath.Join(open, e.Name())); err == nil && !strings.Contains(path, ".db") {
			now.descriptors++
		}
	}
	return now
}

// reads holds a reader's place in the database, as something long that is exported
// does, until it is ended.
func (d *desk) reads() (end func()) {
	d.t.Helper()
	db := open(d.t, d.dir)
	held, err := db.Conn(context.Background())
	must(d.t, err)
	_, err = held.ExecContext(context.Background(), "BEGIN DEFERRED")
	must(d.t, err)
	var n int
	must(d.t, held.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM messages").Scan(&n))
	return func() {
		_, err = held.ExecContext(context.Background(), "ROLLBACK")
		must(d.t, err)
		_ = held.Close()
		_ = db.Close()
	}
}

// logMost is a little more than where SQLite moves the log by itself, in pages.
const logMost = 5000

// logIsAnew holds that all of the log is in the database once nobody reads, and
// that the log and its file are no longer than they may be.
func (d *desk) logIsAnew() {
	d.t.Helper()
	db := open(d.t, d.dir)
	defer db.Close()
	var busy, pages, moved int
	must(d.t, db.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved))
	if busy != 0 || pages != moved || pages > logMost {
		d.t.Errorf("of %d pages in the log %d are in the database; busy %d", pages, moved, busy)
	}
	if info, err := os.Stat(filepath.Join(d.dir, "data.db-wal")); err != nil || info.Size() > 200_000_000 {
		d.t.Errorf("the log: %v %v", info, err)
	}
}

// countsAreTrue holds what conversations keep in numbers against the timeline.
func (d *desk) countsAreTrue() {
	d.t.Helper()
	db := open(d.t, d.dir)
	defer db.Close()
	for what, query := range map[string]string{
		"last entries": "SELECT COUNT(*) FROM conversations c WHERE last_seq != (SELECT MAX(seq) FROM messages WHERE conversation = c.id)",
		"unread": `SELECT COUNT(*) FROM conversations c WHERE unread != (SELECT COUNT(*) FROM messages
			WHERE conversation = c.id AND seq > c.read_staff AND sender = 'visitor:' || c.contact AND kind != 'event' AND NOT recalled)`,
		"the counter": "SELECT (SELECT last FROM sequence) < MAX((SELECT MAX(seq) FROM messages), (SELECT MAX(rev) FROM conversations))",
		"words":       "SELECT COUNT(*) FROM messages m WHERE kind = 'text' AND seq <= (SELECT upto FROM words_from) AND NOT EXISTS (SELECT 1 FROM message_words WHERE rowid = m.seq)",
	} {
		var wrong int
		if err := db.QueryRow(query).Scan(&wrong); err != nil || wrong > 0 {
			d.t.Errorf("%s: %d are wrong, %v", what, wrong, err)
		}
	}
}
