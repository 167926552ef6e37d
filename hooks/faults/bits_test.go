package faults_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
)

// relic is a shop's folder whose program was killed, and what was acked.
type relic struct {
	dir    string
	acked  map[string]string
	tables map[string][32]byte // what is in each
	backup string
}

// relics are one without a log beside the database and one with, by whether there is.
func relics(t *testing.T) (still, torn relic) {
	t.Helper()
	d := shop(t)
	d.start()
	p := d.arrive()
	for range 3 {
		p.write(200)
		must(t, p.talk(d.listen))
	}
	for range 5 {
		p.sendFile(d)
	}
	if code, _ := d.stop(); code != 0 {
		t.Fatal("it did not stop well")
	}
	still = relic{dir: t.TempDir(), acked: p.acked, backup: filepath.Join(t.TempDir(), "shop.zip")}
	must(t, os.CopyFS(still.dir, os.DirFS(d.dir)))
	still.tables = tablesOf(t, still.dir)
	_, err := backup.Make(t.Context(), d.dir, still.backup, "test")
	must(t, err)
	d.start()
	p.write(100)
	must(t, p.talk(d.listen))
	d.kill()
	torn = relic{dir: t.TempDir(), acked: p.acked}
	must(t, os.CopyFS(torn.dir, os.DirFS(d.dir)))
	return still, torn
}

// tablesOf is a digest of each table's rows, those of the index's own among them.
func tablesOf(t testing.TB, dir string) map[string][32]byte {
	t.Helper()
	db := open(t, dir)
	defer db.Close()
	names := list(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
	all := map[string][32]byte{}
	for _, name := range names {
		all[name] = sha256.Sum256([]byte(strings.Join(list(t, db, "SELECT * FROM `"+name+"`"), "\n")))
	}
	return all
}

// list is what a query finds, a line for each row; what cannot be read ends it.
func list(t testing.TB, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		return []string{err.Error()}
	}
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err = rows.Scan(into...); err != nil {
			return append(lines, err.Error())
		}
		if len(values) == 1 {
			lines = append(lines, fmt.Sprint(values[0]))
		} else {
			lines = append(lines, fmt.Sprintf("%v", values))
		}
	}
	if rows.Err() != nil {
		lines = append(lines, rows.Err().Error())
	}
	return lines
}

// turned copies one file of a folder to another with one bit the other way.
func turned(t testing.TB, from, to string, random *rand.Rand) {
	t.Helper()
	raw, err := os.ReadFile(from)
	must(t, err)
	raw[random.IntN(len(raw))] ^= 1 << random.IntN(8)
	must(t, os.WriteFile(to, raw, 0o600))
}

// C27. A bit that has turned over, in the database, its log, an upload or a backup,
// is found by the check, or changes nothing that was said. What cannot be found is
// counted, by where it stands.
func TestBitsTurnOver(t *testing.T) {
	c, rounds, random := begin(t, "C27", 40, 500)
	still, torn := relics(t)
	counts := map[string]int{}
	for n := range rounds {
		where := []string{"database", "database", "log", "upload", "backup"}[n%5]
		what := "found"
		switch where {
		case "database":
			what = still.databaseTurned(t, random)
		case "log":
			what = torn.logTurned(t, random)
		case "upload":
			what = still.uploadTurned(t, random)
		case "backup":
			bad := filepath.Join(t.TempDir(), "shop.zip")
			if turned(t, still.backup, bad, random); verified(t, bad) {
				what = "unseen"
			}
		}
		counts[where+" "+what]++
		if strings.Contains(what, "unseen in messages") || where != "database" && strings.HasPrefix(what, "unseen") {
			t.Errorf("in the %s: %s", where, what)
		}
		c.ran()
	}
	c.acked(len(still.acked))
	t.Logf("of %d bits: %v", rounds, counts)
}

func verified(t testing.TB, path string) bool {
	_, err := backup.Verify(t.Context(), path)
	return err == nil
}

// databaseTurned says what comes of a bit of the database.
func (r relic) databaseTurned(t testing.TB, random *rand.Rand) string {
	t.Helper()
	dir := t.TempDir()
	turned(t, filepath.Join(r.dir, "data.db"), filepath.Join(dir, "data.db"), random)
	must(t, os.Symlink(filepath.Join(r.dir, "files"), filepath.Join(dir, "files")))
	if d, err := backup.Check(t.Context(), dir); err != nil || len(d.Database)+len(d.Entries)+len(d.Uploads) > 0 {
		return "found"
	}
	now := tablesOf(t, dir)
	for name, was := range r.tables {
		if now[name] != was && name == "audit" {
			return "found" // by the trail's own check, see audit.Verify
		}
		if now[name] != was {
			return "unseen in " + name
		}
	}
	return "in free room"
}

// logTurned says what comes of a bit of the log: SQLite believes it up to there. What
// is left is whole, and nothing but what was said.
func (r relic) logTurned(t testing.TB, random *rand.Rand) string {
	t.Helper()
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join(r.dir, "data.db"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "data.db"), raw, 0o600))
	turned(t, filepath.Join(r.dir, "data.db-wal"), filepath.Join(dir, "data.db-wal"), random)
	must(t, os.Symlink(filepath.Join(r.dir, "files"), filepath.Join(dir, "files")))
	db := open(t, dir)
	there := stored(t, db)
	_ = db.Close()
	d, err := backup.Check(t.Context(), dir)
	must(t, err)
	if len(d.Database)+len(d.Entries) > 0 {
		return "unseen: " + d.Error()
	}
	left := 0
	for client, ids := range there {
		if !slices.Contains(ids, r.acked[client]) {
			return "unseen: " + client + " is another"
		}
		left++
	}
	if left < len(r.acked) {
		return "cut off there"
	}
	return "of no matter"
}

// uploadTurned says what comes of a bit of a file that was sent.
func (r relic) uploadTurned(t testing.TB, random *rand.Rand) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "files"), os.DirFS(filepath.Join(r.dir, "files"))))
	must(t, os.Symlink(filepath.Join(r.dir, "data.db"), filepath.Join(dir, "data.db")))
	all, err := filepath.Glob(filepath.Join(dir, "files", "*", "*"))
	must(t, err)
	one := all[random.IntN(len(all))]
	turned(t, one, one, random)
	if d, err := backup.Check(t.Context(), dir); err != nil || !slices.Equal(d.Uploads, []string{filepath.Base(one)}) {
		return "unseen"
	}
	return "found"
}
