package faults_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// stepping builds the program with a wall clock that is as many seconds wrong as a
// file says: package time is compiled with an addition, and a goroutine of main
// reads the file. What follows the monotonic clock does not notice.
var stepping = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "stepping")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	src := filepath.Join(runtime.GOROOT(), "src", "time") //nolint:staticcheck // the tree that builds is the one that runs the tests
	raw, err := os.ReadFile(filepath.Join(src, "time.go"))
	if err != nil {
		return "", err
	}
	const now = "\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(raw), now) != 1 {
		return "", fmt.Errorf("time.Now is not what it was in %s", runtime.Version())
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for at, content := range map[string]string{
		filepath.Join(src, "time.go"):    strings.Replace(string(raw), now, now+"\tsec += Stepped.Load()\n", 1),
		filepath.Join(src, "stepped.go"): "package time\n\nimport \"internal/runtime/atomic\"\n\nvar Stepped atomic.Int64\n",
		filepath.Join(root, "stepped.go"): `package main

import ("os"; "strconv"; "time")

func init() {
	go func() {
		for range time.Tick(5 * time.Millisecond) {
			raw, _ := os.ReadFile(os.Getenv("STEPPED"))
			if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
				time.Stepped.Store(n)
			}
		}
	}()
}
`,
	} {
		replace[at] = filepath.Join(dir, filepath.Base(filepath.Dir(at))+"-"+filepath.Base(at))
		if err = os.WriteFile(replace[at], []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	at := filepath.Join(dir, "overlay.json")
	if err = os.WriteFile(at, overlay, 0o600); err != nil {
		return "", err
	}
	return build("stepping/xiaoer", "-overlay", at)
})

// wrongClock is a desk whose clock can be set, and how.
func wrongClock(t *testing.T, c *tally) (*desk, func(by time.Duration)) {
	t.Helper()
	if !*whole && os.Getenv("CI") == "" {
		c.notRun(t, "it compiles the standard library anew, which takes a minute or two: say -faults or set CI")
	}
	path, err := stepping()
	must(t, err)
	d := shop(t)
	d.program = path
	file := filepath.Join(t.TempDir(), "stepped")
	t.Setenv("STEPPED", file)
	return d, func(by time.Duration) {
		part := file + ".part"
		must(t, os.WriteFile(part, fmt.Append(nil, int64(by/time.Second)), 0o600))
		must(t, os.Rename(part, file))
		d.within(20*time.Millisecond, 20*time.Millisecond, 0)
	}
}

// C11. Whatever somebody sets the clock to while everybody talks, nothing is lost,
// doubled or out of order, who is connected stays so, and who is signed in does; but
// for staff who by that clock have done nothing for twelve hours.
func TestClockIsSet(t *testing.T) {
	c, rounds, random := begin(t, "C11", 6, 500)
	d, set := wrongClock(t, c)
	d.start()
	owner := d.signIn()
	at := &scene{desk: d}
	stays := at.socket(owner)
	defer stays.Close()
	all := d.crowd(3)
	watcher := d.arriveLater(all[0])
	steps := []time.Duration{-time.Minute, time.Minute, -time.Hour, time.Hour, -10 * time.Second, 11 * time.Hour, -24 * time.Hour, 3 * time.Second}
	for n := range rounds {
		done := make(chan struct{})
		busy := all.load(d.listen, done)
		d.within(20*time.Millisecond, 200*time.Millisecond, random.Float64())
		step := steps[n%len(steps)]
		set(step)
		d.within(20*time.Millisecond, 200*time.Millisecond, random.Float64())
		close(done)
		busy.Wait()
		all.settle(t, d.listen)
		watcher.drained(d)
		if step.Abs() <= time.Hour {
			if status, err := d.call(http.MethodGet, "/api/xiaoer/desk", owner, nil, nil); status != http.StatusOK {
				t.Errorf("after a step of %v who had signed in got %d, %v", step, status, err)
			}
		}
		must(t, stays.WriteJSON(frame{"type": "ping"}))
		at.hears(stays, "pong", "")
		set(0)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
		p.inOrder()
	}
	if watcher.drained(d); strings.Join(watcher.order, " ") != strings.Join(all[0].order, " ") {
		t.Error("another socket of the same visitor has seen something else, or in another order")
	}
	if seen := d.history(all[0].token); strings.Join(seen[len(seen)-len(watcher.order):], " ") != strings.Join(watcher.order, " ") {
		t.Error("the history has another order than what was heard")
	}
	all.whole(t, c, d.dir)
	db := open(t, d.dir)
	defer db.Close()
	var back, told int
	must(t, db.QueryRow("SELECT COUNT(*) FROM (SELECT time < LAG(time) OVER (ORDER BY seq) AS back FROM messages) WHERE back").Scan(&back))
	must(t, db.QueryRow("SELECT COUNT(*) FROM audit WHERE act = 'conversations.deadlines_moved'").Scan(&told))
	if back == 0 || told == 0 {
		t.Errorf("time went back %d times between two entries, and the trail tells of %d steps", back, told)
	}
}

// C11. Who has said too much waits as long as they have to, whatever the clock says.
func TestClockFreesNobody(t *testing.T) {
	c, rounds, _ := begin(t, "C11", 1, 20)
	d, set := wrongClock(t, c)
	d.serve = nil // nobody is unlimited
	d.start()
	for range rounds {
		p := d.arrive()
		p.write(20)
		must(t, p.talk(d.listen))
		began := time.Now()
		p.write(1)
		for n, step := range []time.Duration{0, time.Hour, -time.Hour, 0} {
			set(step)
			must(t, p.talk(d.listen))
			if p.codes["limit"] != n+1 && time.Since(began) < 8*time.Second {
				t.Errorf("with the clock %v off, the 21st word within ten seconds was answered %v", step, p.codes)
			}
		}
		crowd{p}.settle(t, d.listen)
		if took := time.Since(began); took > limit(20*time.Second) {
			t.Errorf("it passed after %v", took)
		}
		holds(t, c, d.dir, p.acked)
		c.acked(len(p.acked))
		c.ran()
	}
}
