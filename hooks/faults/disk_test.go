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

	"github.com/gorilla/websocket"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// failure is something that the disk does not do, once or from then on.
type failure struct {
	file, call, err string
	at              int // the how manyth of these calls
	forGood         bool
}

// failures go through every file, call and error, and on to later ones.
func failures(n int) failure {
	files, errs := []string{"data.db-wal", "data.db"}, []string{"EIO", "ENOSPC"}
	calls := [][]string{{"pwrite64"}, {"fsync", "fdatasync"}}
	f := failure{file: files[n/4%2], call: strings.Join(calls[n%2], ","), err: errs[n/8%2], forGood: n/2%2 == 0, at: 1 + n/16}
	if f.file == "data.db" && n%2 == 1 {
		f.at = 1 + n/16%2 // it is synced once in hundreds of commits
	}
	return f
}

func (f failure) String() string {
	return fmt.Sprintf("%s of %s, %s at %d, for good: %t", f.call, f.file, f.err, f.at, f.forGood)
}

// deadly tells whether a commit fails by it of which nobody can say what is on the
// disk.
func (f failure) deadly() bool {
	return f.file == "data.db-wal" && (f.err == "EIO" || f.call != "pwrite64") // a write without room leaves no doubt
}

// inject has the running program's disk fail; happened tells whether it has.
func (d *desk) inject(strace string, f failure) (happened func() bool, end func()) {
	d.t.Helper()
	trace := filepath.Join(d.t.TempDir(), "trace")
	when := strconv.Itoa(f.at)
	if f.forGood {
		when += "+"
	}
	watch := exec.Command(strace, "-f", "-p", strconv.Itoa(d.cmd.Process.Pid), "-e", "trace="+f.call, "-o", trace,
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%s", f.call, f.err, when), "-P", filepath.Join(d.dir, f.file))
	complaint := &desktest.Output{}
	watch.Stderr = complaint
	must(d.t, watch.Start())
	d.await("strace", func() bool { return strings.Contains(complaint.String(), "attached") })
	happened = func() bool {
		raw, _ := os.ReadFile(trace)
		return strings.Contains(string(raw), "(INJECTED)")
	}
	return happened, func() {
		_ = watch.Process.Signal(syscall.SIGTERM)
		_ = watch.Wait()
	}
}

// spoken is a desk that does not run, in which two people have said so many words each;
// its disk fails by strace.
func spoken(t *testing.T, c *tally, words int) (d *desk, all crowd, strace string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		c.notRun(t, "strace is not installed")
	}
	d = shop(t)
	d.start()
	all = d.crowd(2)
	for _, p := range all {
		p.write(words)
	}
	all.settle(t, d.listen)
	d.kill()
	return d, all, strace
}

// C06. Whichever write or sync of the database the disk fails at, once or from then
// on, nothing is acked that is not there after the next start. Where the log of what
// was committed could not be written, nothing more is: the program says so, is not
// ready, and can be read; a failure beside that is gone over, or asked to try again.
func TestDiskFails(t *testing.T) {
	c, rounds, _ := begin(t, "C06", 16, 640)
	d, all, strace := spoken(t, c, 1)
	felt := 0
	for n := range rounds {
		f := failures(n)
		d.start() // what fails is what people do, not the start
		happened, end := d.inject(strace, f)
		if d.fails(all, f, happened) {
			felt++
			d.bears(all[n%2], f)
		}
		end()
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
			t.Fatal(f)
		}
		c.ran()
	}
	t.Logf("%d of %d failures were met", felt, rounds)
	if felt < rounds*3/4 {
		t.Errorf("only %d of %d failures were met", felt, rounds)
	}
	for _, p := range all {
		c.acked(len(p.acked))
	}
}

// fails has everybody write until the failure has happened; it may not, where the
// program has no reason for so many calls.
func (d *desk) fails(all crowd, f failure, happened func() bool) bool {
	words := 1
	if f.file == "data.db" {
		words = 8 // it is written to when the log is moved into it, once in hundreds of commits
	}
	for range 150 {
		for _, p := range all {
			p.write(words)
			if p.talk(d.listen) != nil || happened() {
				return happened()
			}
		}
	}
	return false
}

// bears holds that the program does with a failure that has just been what it has
// to: where what was committed is in doubt it takes nothing any more, and says so. What
// happens once may have happened to a commit that is nobody's word, which is undone.
func (d *desk) bears(p *person, f failure) {
	d.t.Helper()
	stopped := func() bool {
		return strings.Contains(d.said.String(), "nothing is accepted until the program is started again")
	}
	for n := 0; f.deadly() && !stopped() && n < 20; n++ {
		p.write(1)
		_ = p.talk(d.listen)
	}
	if stopped() != f.deadly() && (f.forGood || !f.deadly()) {
		d.t.Errorf("it has stopped: %t; %s", stopped(), d.said)
	}
	if !stopped() {
		return
	}
	before := len(p.acked)
	p.write(2)
	for range 3 {
		_ = p.talk(d.listen)
	}
	var page struct{ Messages []frame }
	status, err := d.call(http.MethodGet, "/api/xiaoer/visitor/messages", p.token, nil, &page)
	if len(p.acked) > before || d.ready() || status != http.StatusOK || len(page.Messages) == 0 {
		d.t.Errorf("stopped, it has acked %d; is ready: %t; is read with %d, %v", len(p.acked)-before, d.ready(), status, err)
	}
}

// C06. Where the database, or its log, cannot be read for a while, nothing is acked
// that is not there, and who was answered nothing, or asked to try again, gets it
// through afterwards.
func TestDiskCannotBeRead(t *testing.T) {
	c, rounds, _ := begin(t, "C06", 4, 100)
	d, all, strace := spoken(t, c, 20)
	felt := 0
	for n := range rounds {
		d.start()
		f := failure{file: []string{"data.db-wal", "data.db"}[n%2], call: "pread64", err: "EIO", at: 1 + n/4, forGood: n/2%2 == 0}
		happened, end := d.inject(strace, f)
		for range 20 {
			p := all[n%2]
			p.write(2)
			_ = p.talk(d.listen)
			_, _ = d.call(http.MethodGet, "/api/xiaoer/visitor/messages", p.token, nil, nil)
			if happened() {
				felt++
				break
			}
		}
		end()
		if !strings.Contains(d.said.String(), "nothing is accepted until the program is started again") {
			all.settle(t, d.listen)
		}
		d.kill()
		d.start()
		all.settle(t, d.listen)
		d.kill()
		holds(t, c, d.dir, all[0].acked, all[1].acked)
		if t.Failed() {
			t.Fatal(f)
		}
		c.ran()
	}
	t.Logf("%d of %d failures were met", felt, rounds)
	if felt < rounds/2 && *whole || felt == 0 {
		t.Errorf("only %d of %d failures were met", felt, rounds)
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
	dir := small(t, c, fmt.Sprintf("size=%dm", 24+rounds/4)) // what was said stays
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

// C09. Without descriptors for more, the program serves those that it has, takes the
// next ones when some are gone, and does not spin meanwhile.
func TestDescriptorsAreGone(t *testing.T) {
	c, rounds, _ := begin(t, "C09", 1, 50)
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		c.notRun(t, "prlimit is not installed")
	}
	d := shop(t)
	d.start(prlimit, "--nofile=200", "--")
	all := d.crowd(20)
	for range rounds {
		inside := make([]*websocket.Conn, len(all))
		for i, p := range all {
			inside[i], err = p.dial(d.listen)
			must(t, err)
		}
		var open []net.Conn
		for range 300 { // the kernel takes them, the program cannot
			more, err := connect(d.listen)
			if err != nil {
				break
			}
			open = append(open, more)
		}
		d.await("the last descriptor", func() bool { return d.descriptors() >= 199 })
		before := d.spent()
		d.within(2*time.Second, 2*time.Second, 0)
		if used := d.spent() - before; used > 200*time.Millisecond {
			t.Errorf("with %d connections it worked for %v in two seconds", len(open), used)
		}
		for i, p := range all {
			p.write(1)
			must(t, p.drain(inside[i]))
			if len(p.outbox) > 0 {
				t.Errorf("who was there before was answered %v", p.codes)
			}
			_ = inside[i].Close()
		}
		for _, o := range open {
			_ = o.Close()
		}
		d.await("descriptors", d.ready)
		d.arrive()
		all.settle(t, d.listen)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
}

// descriptors is how many the program has open.
func (d *desk) descriptors() int {
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.cmd.Process.Pid))
	must(d.t, err)
	return len(list)
}

// C09. On a disk that takes no more files, words are stored as ever, a picture leaves
// nothing behind and is asked for again, and goes through once there is room.
func TestInodesAreGone(t *testing.T) {
	c, rounds, _ := begin(t, "C09", 1, 50)
	dir := small(t, c, fmt.Sprintf("size=256m,nr_inodes=%d", 100+8*rounds)) // what was sent stays
	d := shopIn(t, filepath.Join(dir, "data"))
	d.start()
	p := d.arrive()
	for range rounds {
		p.write(1)
		must(t, p.talk(d.listen))
		n := 0
		for ; os.WriteFile(filepath.Join(dir, fmt.Sprint("filler", n)), nil, 0o600) == nil; n++ {
		}
		p.write(3)
		must(t, p.talk(d.listen))
		if len(p.outbox) > 0 {
			t.Errorf("words were answered %v", p.codes)
		}
		id := fmt.Sprint("u", named.Add(1))
		if _, status := d.upload(p.token, id, "a.txt", []byte("x")); status != http.StatusInsufficientStorage && status != http.StatusServiceUnavailable {
			t.Errorf("a file was answered %d", status)
		}
		for ; n >= 0; n-- {
			_ = os.Remove(filepath.Join(dir, fmt.Sprint("filler", n)))
		}
		d.await("room", func() bool { _, status := d.upload(p.token, id, "a.txt", []byte("x")); return status == http.StatusOK })
		p.sendFile(d)
		c.ran()
	}
	db := open(t, d.dir)
	defer db.Close()
	for _, wrong := range filesMissing(t, c, db, d.dir) {
		t.Error(wrong)
	}
	p.drained(d)
	crowd{p}.whole(t, c, d.dir)
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
