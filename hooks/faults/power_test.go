package faults_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// disk is what would be left of a folder if the power went now: what was synced
// for certain, and of the rest as much as luck has it. Names, in the order in
// which they were made, outlast it as far as luck has it, too, unless their
// folder was synced.
type disk struct {
	sure    map[string][]byte // content by its first name
	pending map[string][]act  // writes since, by path
	names   []act             // changes of names that no folder has synced
	liar    bool              // it says that it has synced, and has not
}

// remembers reads dir, of which everything is safe.
func remembers(t testing.TB, dir string) *disk {
	t.Helper()
	d := &disk{sure: map[string][]byte{}, pending: map[string][]act{}}
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			d.sure[path], err = os.ReadFile(path)
		}
		return err
	}))
	return d
}

// does lets one more act happen.
func (d *disk) does(a act, n int) {
	switch a.name {
	case "write", "size":
		a.since = n
		d.pending[a.path] = append(d.pending[a.path], a)
	case "make", "remove", "move":
		a.since = n
		d.names = append(d.names, a)
	case "sync":
		if !d.liar {
			d.sync(a)
		}
	}
}

// sync makes safe what had been written to a file, or named in a folder, when it
// was asked for.
func (d *disk) sync(a act) {
	var later []act
	for _, w := range d.pending[a.path] {
		if w.since < a.since {
			d.sure[a.path] = applied(d.sure[a.path], w) // our own: cut gives away no more than copies
		} else {
			later = append(later, w)
		}
	}
	d.pending[a.path] = later
	var names []act
	for _, n := range d.names {
		if n.since < a.since && filepath.Dir(strings.TrimSuffix(n.path, "/")) == a.path {
			rename(d.sure, n)
		} else {
			names = append(names, n)
		}
	}
	d.names = names
}

// names1 changes one name in files; what waits for a file goes with it.
func rename(files map[string][]byte, n act) {
	switch n.name {
	case "make":
		if _, there := files[n.path]; !there && !strings.HasSuffix(n.path, "/") {
			files[n.path] = nil
		}
	case "remove":
		delete(files, n.path)
	case "move":
		if content, there := files[n.path]; there {
			files[n.to] = content
			delete(files, n.path)
		}
	}
}

// applied is content after one write, in the place of content where there is room.
func applied(content []byte, w act) []byte {
	end := w.offset + int64(len(w.bytes))
	if w.name == "size" {
		end = w.offset
		if int64(len(content)) > end {
			return content[:end]
		}
	}
	if more := end - int64(len(content)); more > 0 {
		content = append(content, make([]byte, more)...)
	}
	copy(content[w.offset:], w.bytes)
	return content
}

// cut is what lies on the disk after the power went, as random has it.
func (d *disk) cut(random *rand.Rand) map[string][]byte {
	files := maps.Clone(d.sure)
	for path, writes := range d.pending {
		luck := random.Float64()
		if len(writes) > 0 {
			files[path] = bytes.Clone(files[path])
		}
		for _, w := range writes {
			if w.name == "size" {
				if random.Float64() < luck {
					files[path] = applied(files[path], w)
				}
				continue
			}
			for from := 0; from < len(w.bytes); from += sector {
				if random.Float64() < luck {
					part := w.bytes[from:min(from+sector, len(w.bytes))]
					files[path] = applied(files[path], act{name: "write", offset: w.offset + int64(from), bytes: part})
				}
			}
		}
	}
	for _, n := range d.names[:random.IntN(len(d.names)+1)] {
		rename(files, n)
	}
	return files
}

// lay writes files to another folder.
func lay(t testing.TB, files map[string][]byte, from, to string) {
	t.Helper()
	for path, content := range files {
		if strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, ".zip") {
			continue // an index that no start believes
		}
		at := filepath.Join(to, strings.TrimPrefix(path, from))
		must(t, os.MkdirAll(filepath.Dir(at), 0o700))
		must(t, os.WriteFile(at, content, 0o600))
	}
}

var ackSaid = regexp.MustCompile(`"type":"ack","id":"([^"]+)","message":\{"id":"([^"]+)"`)

// record runs the program under strace, lets a person write and send files, and
// returns what it asked of the kernel, and what was on the disk before.
func record(t *testing.T, c *tally, words, files int) (*disk, []act, *desk) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		c.notRun(t, "strace is not installed")
	}
	d := shop(t)
	before := remembers(t, d.dir)
	trace := filepath.Join(t.TempDir(), "trace")
	d.start(strace, "-f", "-y", "-xx", "-s", "70000", "-e", watched, "-o", trace)
	all := d.crowd(2)
	for i := range words {
		all[i%2].write(1 + i%4)
		must(t, all[i%2].talk(d.listen))
		if i%max(words/max(files, 1), 1) == 0 && i/max(words/max(files, 1), 1) < files {
			all[i%2].sendFile(d)
		}
	}
	d.stop()
	return before, traced(t, trace, d.dir), d
}

// sendFile uploads a text and sends it.
func (p *person) sendFile(d *desk) {
	p.t.Helper()
	n := named.Add(1)
	id, status := d.upload(p.token, fmt.Sprint("u", n), "note.txt", bytes.Repeat(fmt.Appendf(nil, "第 %d 行\n", n), 3000))
	if status != http.StatusOK {
		p.t.Fatalf("upload: %d", status)
	}
	p.outbox = append(p.outbox, frame{"type": "send", "id": fmt.Sprint("f", n), "kind": "file", "file": id})
	must(p.t, p.talk(d.listen))
}

// C04, C14, C05. Wherever the power goes, and whatever the disk has kept of
// what was not synced, down to single sectors in any order, what was acked is
// there, each file with it, and the database is whole.
func TestPowerCut(t *testing.T) {
	c, rounds, random := begin(t, "C04 C05 C14", 6, 1000)
	before, acts, d := record(t, c, 40, 4)
	acks := 0
	for _, a := range acts {
		if a.name == "say" {
			acks += len(ackSaid.FindAll(a.bytes, -1))
		}
	}
	if acks < 40 {
		t.Fatalf("only %d acks are in the trace of %d acts", acks, len(acts))
	}
	cuts := map[int]int{} // how often after which act
	for range rounds {
		cuts[random.IntN(len(acts))]++
	}
	liar := &disk{sure: map[string][]byte{}, pending: map[string][]act{}, liar: true}
	for path, content := range before.sure {
		liar.sure[path] = bytes.Clone(content)
	}
	acked, lied := map[string]string{}, 0
	for n, a := range acts {
		before.does(a, n)
		liar.does(a, n)
		for _, m := range ackSaid.FindAllSubmatch(a.bytes, -1) {
			if a.name == "say" {
				acked[string(m[1])] = string(m[2])
			}
		}
		for range cuts[n] {
			if wrong := before.lost(t, c, d.dir, acked, random); len(wrong) > 0 {
				t.Fatalf("after act %d of %d, %s of %s: %s", n, len(acts), a.name, a.path, wrong)
			}
			c.acked(len(acked))
			c.ran()
		}
	}
	// The proof of the proof: on a disk that syncs nothing this test fails.
	for range 5 {
		lied += len(liar.lost(t, &tally{}, d.dir, acked, random))
	}
	if lied == 0 {
		t.Error("a disk that syncs nothing was not noticed")
	}
}

// lost cuts the power and says what is wrong with what is left.
func (d *disk) lost(t testing.TB, c *tally, from string, acked map[string]string, random *rand.Rand) []string {
	t.Helper()
	to := t.TempDir()
	defer os.RemoveAll(to)
	lay(t, d.cut(random), from, to)
	db := open(t, to)
	defer db.Close()
	if wrong := unsound(db); wrong != "" {
		return []string{wrong}
	}
	return append(missing(t, c, db, acked), filesMissing(t, c, db, to)...)
}

// filesMissing are the files whose bytes are not those that their rows name.
func filesMissing(t testing.TB, c *tally, db *sql.DB, dir string) (wrong []string) {
	t.Helper()
	rows, err := db.Query("SELECT id, sha256 FROM files")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, sum string
		must(t, rows.Scan(&id, &sum))
		content, err := os.ReadFile(filepath.Join(dir, "files", id[:2], id))
		if got := sha256.Sum256(content); err != nil || hex.EncodeToString(got[:]) != sum {
			c.Lost++
			wrong = append(wrong, fmt.Sprintf("file %s is lost: %v", id, err))
		}
	}
	must(t, rows.Err())
	return wrong
}
