package faults_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
)

const (
	patience = 60 * time.Second // the machine may be busy with something else
	glance   = 10 * time.Millisecond

	password  = "correct-horse-7"
	ownerMail = "owner@heye.cn"
)

var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "xiaoer-faults-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(scratch)
	if *tallied != "" {
		show()
	}
	os.Exit(code)
}

// executable builds the program, once, as it is shipped: without -race, which the
// journeys run it with and which makes a start take ten times as long.
var executable = sync.OnceValues(func() (string, error) { return build("xiaoer") })

func build(name string, flags ...string) (string, error) {
	path := filepath.Join(scratch, name)
	c := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), "github.com/dianxiaoer/xiaoer")...)
	c.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
}

// furnished is a data folder with a shop and its owner, to be copied.
var furnished = sync.OnceValues(func() (string, error) {
	path, err := executable()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(scratch, "furnished")
	c := exec.Command(path, "owner", "add", ownerMail, "--nickname", "小满", "--shop", "禾野优选", "--password-stdin", "--dir", dir)
	c.Stdin = strings.NewReader(password + "\n")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("furnish: %w: %s", err, out)
	}
	return dir, nil
})

// desk is the program on a folder of its own; it runs, or it does not.
type desk struct {
	t       testing.TB
	dir     string
	listen  string
	program string   // the executable, where it is another one
	serve   []string // flags of it
	cmd     *exec.Cmd
	group   atomic.Int64 // of processes, that a relay may end at any time; 0 for none
	said    *desktest.Output
	exited  chan struct{}
}

// shop is a desk that does not run yet, in a folder of its own.
func shop(t testing.TB) *desk { t.Helper(); return shopIn(t, t.TempDir()) }

func shopIn(t testing.TB, dir string) *desk {
	t.Helper()
	from, err := furnished()
	must(t, err)
	must(t, os.CopyFS(dir, os.DirFS(from)))
	return over(t, dir)
}

// over is a desk over what lies in dir.
func over(t testing.TB, dir string) *desk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	d := &desk{t: t, dir: dir, listen: l.Addr().String(), serve: []string{"--unlimited", "127.0.0.0/8"}}
	t.Cleanup(d.kill)
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) url(path string) string { return "http://" + d.listen + path }

// begin starts the program, behind a wrapper such as strace where one is named,
// and does not wait for it.
func (d *desk) begin(wrapper ...string) {
	d.t.Helper()
	path, err := executable()
	must(d.t, err)
	args := append(slices.Clone(wrapper), cmp.Or(d.program, path), "serve", "--http", d.listen, "--dir", d.dir, "--log-format", "json")
	args = append(args, d.serve...)
	d.said, d.exited = &desktest.Output{}, make(chan struct{})
	d.cmd = exec.Command(args[0], args[1:]...)
	d.cmd.Stdout, d.cmd.Stderr = d.said, d.said
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(d.t, d.cmd.Start())
	d.group.Store(int64(d.cmd.Process.Pid))
	go func(c *exec.Cmd, exited chan struct{}) {
		_ = c.Wait()
		close(exited)
	}(d.cmd, d.exited)
}

// start starts it and waits until it is ready.
func (d *desk) start(wrapper ...string) {
	d.t.Helper()
	d.begin(wrapper...)
	d.await("readiness", d.ready)
}

func (d *desk) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, d.url("/readyz"), nil)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (d *desk) await(what string, there func() bool) {
	d.t.Helper()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for end := time.After(patience); ; {
		if there() {
			return
		}
		select {
		case <-tick.C:
		case <-d.exited:
			d.t.Fatalf("the program ended: %s", d.said)
		case <-end:
			d.t.Fatalf("no %s: %s", what, d.said)
		}
	}
}

// signal is to the program and whatever wraps it.
func (d *desk) signal(s syscall.Signal) {
	if group := d.group.Load(); group != 0 {
		_ = syscall.Kill(-int(group), s) // it may have ended
	}
}

// kill ends it as nobody can prepare for, if it runs.
func (d *desk) kill() {
	if d.cmd == nil {
		return
	}
	d.signal(syscall.SIGKILL)
	<-d.exited
	d.complain()
	d.cmd = nil
	d.group.Store(0)
}

// stop ends it as systemd does and returns its exit code and how long it took.
func (d *desk) stop() (int, time.Duration) {
	d.t.Helper()
	began := time.Now()
	d.signal(syscall.SIGTERM)
	select {
	case <-d.exited:
	case <-time.After(patience):
		d.t.Fatalf("the program did not stop: %s", d.said)
	}
	d.complain()
	code := d.cmd.ProcessState.ExitCode()
	d.cmd = nil
	d.group.Store(0)
	return code, time.Since(began)
}

func (d *desk) complain() {
	if said := d.said.String(); strings.Contains(said, "DATA RACE") || strings.Contains(said, "panic") {
		d.t.Errorf("the program said: %s", said)
	}
}

// within lets a part of the time between least and most pass, or ends with the
// program.
func (d *desk) within(least, most time.Duration, part float64) {
	wait := time.NewTimer(least + time.Duration(part*float64(most-least)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-d.exited:
	}
}

// open opens a folder's database as the program does.
func open(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := ops.Connect(filepath.Join(dir, "data.db"))
	must(t, err)
	return db.DB()
}

// unsound says what is wrong with a database as such, "" where it is whole.
func unsound(db *sql.DB) string {
	rows, err := db.Query("PRAGMA integrity_check")
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err.Error()
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	if len(all) == 1 && all[0] == "ok" {
		return ""
	}
	return strings.Join(all, "; ")
}

// stored is every message of a sender's, by the id that its client gave it.
func stored(t testing.TB, db *sql.DB) map[string][]string {
	t.Helper()
	rows, err := db.Query("SELECT client_id, id FROM messages WHERE client_id != ''")
	must(t, err)
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var client, id string
		must(t, rows.Scan(&client, &id))
		all[client] = append(all[client], id)
	}
	must(t, rows.Err())
	return all
}

// holds is the claim of this package: what was acked is there once, as it was
// acked, and the database is whole.
func holds(t testing.TB, c *tally, dir string, acks ...map[string]string) {
	t.Helper()
	db := open(t, dir)
	defer db.Close()
	if wrong := unsound(db); wrong != "" {
		t.Errorf("the database is damaged: %s", wrong)
	}
	for _, acked := range acks {
		for _, wrong := range missing(t, c, db, acked) {
			t.Error(wrong)
		}
	}
}

// missing says which of the acked messages are not there once, as they were
// acked. A database that cannot be read has lost them all.
func missing(t testing.TB, c *tally, db *sql.DB, acked map[string]string) (wrong []string) {
	t.Helper()
	there := stored(t, db)
	for client, ids := range there {
		if len(ids) > 1 {
			c.Doubled++
			wrong = append(wrong, fmt.Sprintf("%s is there %d times", client, len(ids)))
		}
	}
	for client, id := range acked {
		if len(there[client]) == 0 {
			c.Lost++
			wrong = append(wrong, client+" was acked and is lost")
		} else if there[client][0] != id {
			wrong = append(wrong, fmt.Sprintf("%s was acked as %s and is %s", client, id, there[client][0]))
		}
	}
	return wrong
}

// memory is what the program holds, in bytes.
func (d *desk) memory() int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", d.cmd.Process.Pid))
	must(d.t, err)
	var size, resident int
	_, err = fmt.Sscan(string(raw), &size, &resident)
	must(d.t, err)
	return resident * os.Getpagesize()
}
