package faults_test

import (
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
	d.run("mkfs.ext4", "-q", d.image)
	t.Cleanup(d.off)
	return d
}

func (d *drive) run(name string, args ...string) string {
	d.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %s: %v: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// on gives it power, with a cache, and mounts it.
func (d *drive) on(cache string) {
	d.t.Helper()
	d.serving = exec.Command("nbdkit", "-f", "-U", d.socket, "--filter=cache", "file", d.image, "cache="+cache)
	must(d.t, d.serving.Start())
	d.await("server", func() bool { _, err := os.Stat(d.socket); return err == nil })
	d.mounting = exec.Command("nbdfuse", d.file, "--unix", d.socket)
	must(d.t, d.mounting.Start())
	d.await("drive", func() bool { info, err := os.Stat(d.file); return err == nil && info.Size() > 0 })
	d.loop = d.run("losetup", "--find", "--show", d.file)
	d.run("mount", d.loop, d.at)
}

func (d *drive) await(what string, there func() bool) {
	d.t.Helper()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for end := time.After(patience); !there(); {
		select {
		case <-tick.C:
		case <-end:
			d.t.Fatalf("no %s", what)
		}
	}
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
	disk.run("sync", "-f", disk.at)
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
		d.t.Fatal(fmt.Sprint("the program said: ", d.said))
	}
}
