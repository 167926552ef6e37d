package faults_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A drive's cache, as nbdkit names it.
const (
	volatile = "writeback" // what it was told to keep outlasts the power, and nothing else does
	lying    = "unsafe"    // it says that it has kept something, and has not
)

// drive is a disk with a file system of the kernel's on it, whose power can be cut: what
// it serves, over the network as it were, is lost with its server, except for what
// somebody has waited for to be kept.
type drive struct {
	t        testing.TB
	image    string // what it has kept
	socket   string
	file     string // the drive, as a file
	loop     string // the drive, as a device
	at       string // where it is mounted
	serving  *exec.Cmd
	mounting *exec.Cmd
}

// newDrive is a drive that is formatted, and has no power yet. Where this machine cannot
// have one the test ends.
func newDrive(t *testing.T, c *tally) *drive {
	t.Helper()
	if os.Getuid() != 0 {
		c.notRun(t, "only root mounts disks")
	}
	for _, tool := range []string{"nbdkit", "nbdfuse", "losetup", "mkfs.ext4", "mount", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			c.notRun(t, tool+" is not installed")
		}
	}
	for _, device := range []string{"/dev/fuse", "/dev/loop-control"} {
		if _, err := os.Stat(device); err != nil {
			c.notRun(t, "there is no "+device)
		}
	}
	dir := t.TempDir()
	d := &drive{t: t, image: filepath.Join(dir, "image"), socket: filepath.Join(dir, "socket"), file: filepath.Join(dir, "drive"), at: filepath.Join(dir, "mounted")}
	must(t, os.Mkdir(d.at, 0o700))
	must(t, os.WriteFile(d.file, nil, 0o600))
	must(t, os.WriteFile(d.image, nil, 0o600))
	must(t, os.Truncate(d.image, 256<<20))
	_, err := run("mkfs.ext4", "-q", d.image)
	must(t, err)
	t.Cleanup(d.off)
	if err = d.start(volatile); err != nil { // root in a container is not all there is to it
		c.notRun(t, err.Error())
	}
	d.off()
	return d
}

func run(name string, args ...string) (said string, err error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out)), err
}

// on gives it power, with a cache, and mounts it.
func (d *drive) on(cache string) {
	d.t.Helper()
	must(d.t, d.start(cache))
}

func (d *drive) start(cache string) (err error) {
	d.serving = exec.Command("nbdkit", "-f", "-U", d.socket, "--filter=cache", "file", d.image, "cache="+cache)
	if err = d.serving.Start(); err != nil {
		return err
	}
	if err = comes("server", func() bool { return largerThan(d.socket, -1) }); err != nil {
		return err
	}
	d.mounting = exec.Command("nbdfuse", d.file, "--unix", d.socket)
	if err = d.mounting.Start(); err != nil {
		return err
	}
	if err = comes("drive", func() bool { return largerThan(d.file, 0) }); err != nil {
		return err
	}
	if d.loop, err = run("losetup", "--find", "--show", d.file); err != nil {
		d.loop = ""
		return err
	}
	_, err = run("mount", d.loop, d.at)
	return err
}

// largerThan reports whether a file is there, and has more than so many bytes.
func largerThan(path string, size int64) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > size
}

// comes waits for what a program brings about that has just begun.
func comes(what string, there func() bool) error {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for end := time.After(patience / 2); !there(); {
		select {
		case <-tick.C:
		case <-end:
			return errors.New("no " + what + " came about")
		}
	}
	return nil
}

// cut takes its power away, whoever is using it.
func (d *drive) cut() {
	if d.serving != nil {
		_ = d.serving.Process.Kill()
		_ = d.serving.Wait()
		d.serving = nil
	}
}

// off cuts it, and takes out what is left of it; nobody uses it any more.
func (d *drive) off() {
	d.cut()
	if d.loop != "" {
		_ = exec.Command("umount", d.at).Run()          // where mounting it failed, it is not
		_ = exec.Command("losetup", "-d", d.loop).Run() // goes when the last user does
		d.loop = ""
	}
	if d.mounting != nil {
		_ = exec.Command("umount", d.file).Run()
		_ = d.mounting.Process.Kill() // mostly it has ended with the server
		_ = d.mounting.Wait()
		d.mounting = nil
	}
	_ = os.Remove(d.socket)
}

// C04, C14. The power goes, of a disk with a file system that the kernel keeps, while
// everybody writes: what was acked is there when it is back, each file with it, and what
// was on its way is sent again.
func TestPowerCutOnADrive(t *testing.T) {
	c, rounds, random := begin(t, "C04 C14 drive", 2, 200)
	disk := newDrive(t, c)
	disk.on(volatile)
	d := shopIn(t, filepath.Join(disk.at, "shop"))
	_, err := run("sync", "-f", disk.at)
	must(t, err)
	d.start()
	all := d.crowd(4)
	for range rounds {
		all[0].sendFile(d)
		busy := all.load(d.listen, nil)
		d.within(5*time.Millisecond, 500*time.Millisecond, random.Float64())
		disk.cut()
		d.within(0, 100*time.Millisecond, random.Float64()) // it finds out, or it does not
		d.kill()
		busy.Wait()
		disk.off()
		disk.on(volatile)
		d.start()
		all.settle(t, d.listen)
		d.keeps(c, all)
		c.ran()
	}
	for _, p := range all {
		p.drained(d)
	}
	all.whole(t, c, d.dir)
	// The proof of the proof: on a drive that keeps nothing this test fails.
	d.kill()
	disk.off()
	disk.on(lying)
	d.start()
	all[0].write(20)
	must(t, all[0].talk(d.listen))
	disk.cut()
	d.kill()
	disk.off()
	disk.on(volatile)
	db := open(t, d.dir)
	defer db.Close()
	if unsound(db) == "" && len(missing(t, &tally{}, db, all[0].acked)) == 0 {
		t.Error("a drive that keeps nothing was not noticed")
	}
}

// keeps holds what was acked so far, and the files, against what is there.
func (d *desk) keeps(c *tally, all crowd) {
	d.t.Helper()
	acks := make([]map[string]string, 0, len(all))
	for _, p := range all {
		acks = append(acks, p.acked)
	}
	holds(d.t, c, d.dir, acks...)
	db := open(d.t, d.dir)
	defer db.Close()
	for _, wrong := range filesMissing(d.t, c, db, d.dir) {
		d.t.Error(wrong)
	}
	if d.t.Failed() {
		d.t.Fatalf("the program said: %s", d.said)
	}
}
