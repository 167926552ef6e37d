package faults_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// C06. Whichever write or sync of the database the disk fails at, and from then
// on, nothing is acked that is not there after the next start; and the program
// says that it cannot go on, or has gone on rightly.
func TestDiskFails(t *testing.T) {
	c, rounds, _ := begin(t, "C06", 5, 600)
	strace, err := exec.LookPath("strace")
	if err != nil {
		c.notRun(t, "strace is not installed")
	}
	calls := []string{"pwrite64", "fdatasync", "fsync"}
	errs := []string{"EIO", "ENOSPC"}
	stopped := 0
	d := shop(t)
	d.start()
	all := d.crowd(2)
	d.kill()
	for n := range rounds {
		call, failure := calls[n%len(calls)], errs[n/len(calls)%len(errs)]
		at := 1 + n/len(calls)
		d.start()
		// Attached when the program is up: what fails is what people do.
		watch := exec.Command(strace, "-f", "-p", strconv.Itoa(d.cmd.Process.Pid), "-e", "trace="+call, "-o", os.DevNull,
			"-e", fmt.Sprintf("inject=%s:error=%s:when=%d+", call, failure, at),
			"-P", filepath.Join(d.dir, "data.db-wal"), "-P", filepath.Join(d.dir, "data.db"))
		complaint := &desktest.Output{}
		watch.Stderr = complaint
		must(t, watch.Start())
		for end := time.Now().Add(patience); !strings.Contains(complaint.String(), "attached"); {
			if time.Now().After(end) {
				t.Fatalf("strace: %s", complaint)
			}
			time.Sleep(glance) //nolint:forbidigo // another process starts
		}
		for _, p := range all {
			for range 6 {
				p.write(2)
				if p.talk(d.listen) != nil {
					break
				}
			}
		}
		if !d.ready() {
			stopped++
			if said := d.said.String(); !strings.Contains(said, "failed") {
				t.Errorf("%s %s at %d: not ready, and nothing said: %s", call, failure, at, said)
			}
		}
		_ = watch.Process.Signal(syscall.SIGTERM)
		_ = watch.Wait()
		d.kill()
		d.start()
		all.settle(t, d.listen)
		d.kill()
		acks := make([]map[string]string, 0, len(all))
		for _, p := range all {
			acks = append(acks, p.acked)
		}
		holds(t, c, d.dir, acks...)
		if t.Failed() {
			t.Fatalf("%s %s at %d", call, failure, at)
		}
		c.ran()
	}
	if stopped == 0 {
		t.Error("no failure was felt")
	}
	for _, p := range all {
		c.acked(len(p.acked))
	}
}

// small mounts a file system of so many megabytes.
func small(t *testing.T, c *tally, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		c.notRun(t, "a file system of its own cannot be mounted here: "+err.Error())
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// C07, C08. On a full disk people are asked to try again, they can still read,
// and the log does not fill what is left; a picture leaves nothing behind. Once
// there is room, all that waited goes through without a restart.
func TestDiskFullAndBack(t *testing.T) {
	c, rounds, _ := begin(t, "C07 C08", 1, 200)
	dir := small(t, c, "size=24m")
	d := shopIn(t, filepath.Join(dir, "data"))
	d.start()
	all := d.crowd(2)
	for _, p := range all {
		p.write(1)
	}
	all.settle(t, d.listen)
	for range rounds {
		d.await("the ballast", func() bool { _, err := os.Stat(filepath.Join(d.dir, "ballast")); return err == nil })
		filler := filepath.Join(dir, "filler")
		fill(t, filler)
		p := all[0]
		for range 400 { // the log has room of its own for a while
			p.write(8)
			before := p.again
			must(t, p.talk(d.listen))
			if p.again > before {
				break
			}
		}
		if p.codes["full"] == 0 || len(p.codes) > 1 {
			t.Errorf("on a full disk it was answered %v", p.codes)
		}
		said := len(d.said.String())
		for range 20 {
			must(t, p.talk(d.listen))
		}
		if more := d.said.String()[said:]; strings.Count(more, "commit failed") > 1 {
			t.Errorf("the log goes on and on: %s", more)
		}
		var page struct{ Messages []frame }
		if status, err := d.call(http.MethodGet, "/api/xiaoer/visitor/messages", p.token, nil, &page); status != http.StatusOK || len(page.Messages) == 0 {
			t.Errorf("reading: %d, %v", status, err)
		}
		if _, status := d.upload(p.token, fmt.Sprint("u", named.Add(1)), "a.txt", []byte(strings.Repeat("x", 100_000))); status != http.StatusInsufficientStorage {
			t.Errorf("a file on a full disk: %d", status)
		}
		if parts, err := filepath.Glob(filepath.Join(d.dir, "files", "*", "*")); err != nil || len(parts) > 0 {
			t.Errorf("left behind: %v, %v", parts, err)
		}
		d.await("the ballast's going", func() bool { _, err := os.Stat(filepath.Join(d.dir, "ballast")); return err != nil })
		if status, err := d.call(http.MethodPost, "/api/collections/staff/auth-with-password", "", frame{"identity": ownerMail, "password": password}, nil); status != http.StatusOK {
			t.Errorf("signing in on a full disk: %d, %v", status, err)
		}
		must(t, os.Remove(filler))
		d.await("room", func() bool { _, err := os.Stat(filepath.Join(d.dir, "ballast")); return err == nil })
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
}

// fill takes all the room that is left.
func fill(t testing.TB, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

// C09. Without descriptors for more, the program serves those that it has,
// takes the next ones when some are gone, and does not spin meanwhile.
func TestDescriptorsAreGone(t *testing.T) {
	c, rounds, _ := begin(t, "C09", 1, 50)
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		c.notRun(t, "prlimit is not installed")
	}
	d := shop(t)
	d.start(prlimit, "--nofile=120", "--")
	p := d.arrive()
	for range rounds {
		ws, err := p.dial(d.listen)
		must(t, err)
		var open []net.Conn
		for range 200 {
			more, err := connect(d.listen)
			if err != nil {
				break
			}
			open = append(open, more)
		}
		before := d.spent()
		p.write(3)
		must(t, p.drain(ws))
		_ = ws.Close()
		d.within(time.Second, time.Second, 0)
		if used := d.spent() - before; used > 800*time.Millisecond {
			t.Errorf("with %d connections it worked for %v in a second", len(open), used)
		}
		for _, o := range open {
			_ = o.Close()
		}
		d.await("descriptors", d.ready)
		p.write(3)
		must(t, p.talk(d.listen))
		c.ran()
	}
	holds(t, c, d.dir, p.acked)
}

// spent is the processor time that the program has used.
func (d *desk) spent() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(after)
	var user, system int64
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond
}
