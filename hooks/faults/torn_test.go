package faults_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// C05. Where the power has torn what was appended to the log last, at whatever sector
// and whether the rest is missing or is anything, all that was acked before it is
// there, what was torn is there whole or not at all, and the database is sound.
func TestTornLog(t *testing.T) {
	c, rounds, random := begin(t, "C05", 1, 20)
	for range rounds {
		d := shop(t)
		d.start()
		before, last := d.arrive(), d.arrive()
		before.write(10)
		must(t, before.talk(d.listen))
		log := filepath.Join(d.dir, "data.db-wal")
		from := size(t, log)
		last.write(3)
		must(t, last.talk(d.listen))
		to := size(t, log)
		d.kill()
		if to <= from {
			t.Fatalf("the log did not grow: %d, %d", from, to)
		}
		step := int64(sector * 9)
		if *whole {
			step = sector
		}
		for at := from; at <= to; at += step {
			d.torn(c, at, to, random, before.acked)
		}
		d.torn(c, to, to+4096, random, before.acked, last.acked)
		c.acked(len(before.acked))
		c.ran()
	}
}

// torn holds what was acked against a log of which what stands between at and to is
// missing, and against one in which it is anything.
func (d *desk) torn(c *tally, at, to int64, random *rand.Rand, acked ...map[string]string) {
	d.t.Helper()
	database, err := os.ReadFile(filepath.Join(d.dir, "data.db"))
	must(d.t, err)
	log, err := os.ReadFile(filepath.Join(d.dir, "data.db-wal"))
	must(d.t, err)
	rest := make([]byte, to-at)
	for i := range rest {
		rest[i] = byte(random.Uint32())
	}
	for _, tail := range [][]byte{nil, rest} {
		dir := d.t.TempDir()
		must(d.t, os.WriteFile(filepath.Join(dir, "data.db"), database, 0o600))
		must(d.t, os.WriteFile(filepath.Join(dir, "data.db-wal"), append(bytes.Clone(log[:at]), tail...), 0o600))
		holds(d.t, c, dir, acked...)
		must(d.t, os.RemoveAll(dir))
		if d.t.Failed() {
			d.t.Fatalf("torn at %d of %d, %d bytes behind it", at, len(log), len(tail))
		}
	}
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}
