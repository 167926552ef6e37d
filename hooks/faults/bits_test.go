package faults_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// C27. A bit that has turned over in the database is found by its check, or
// changes nothing that was said.
func TestBitsTurnOver(t *testing.T) {
	c, rounds, random := begin(t, "C27", 20, 500)
	d := shop(t)
	d.start()
	p := d.arrive()
	p.write(200)
	must(t, p.talk(d.listen))
	p.drained(d)
	if code, _ := d.stop(); code != 0 {
		t.Fatal("it did not stop well")
	}
	whole, err := os.ReadFile(filepath.Join(d.dir, "data.db"))
	must(t, err)
	found, harmless, silent := 0, 0, 0
	for range rounds {
		dir := t.TempDir()
		turned := append([]byte(nil), whole...)
		turned[random.IntN(len(turned))] ^= 1 << random.IntN(8)
		must(t, os.WriteFile(filepath.Join(dir, "data.db"), turned, 0o600))
		switch altered(t, dir, p.acked) {
		case "found":
			found++
		case "changed":
			silent++
		default:
			harmless++
		}
		c.ran()
	}
	t.Logf("of %d bits %d were found by integrity_check, %d changed no message's place, %d put a message under another's name", rounds, found, harmless, silent)
	if silent > 0 {
		t.Error("a message stands under another's id, and nothing says so")
	}
}

// altered says what came of a bit: "found", "changed" where a message is not
// what was acked and nobody is told, or nothing.
func altered(t testing.TB, dir string, acked map[string]string) string {
	t.Helper()
	db := open(t, dir)
	defer db.Close()
	if unsound(db) != "" {
		return "found"
	}
	rows, err := db.Query("SELECT client_id, id, text FROM messages WHERE client_id != ''")
	if err != nil {
		return "found"
	}
	defer rows.Close()
	for rows.Next() {
		var client, id, text string
		if rows.Scan(&client, &id, &text) != nil {
			return "found"
		}
		if first := acked[client]; first != "" && first == id && strings.HasPrefix(text, "在吗 m") && text != "在吗 "+client && acked[strings.TrimPrefix(text, "在吗 ")] != "" {
			return "changed"
		}
	}
	if rows.Err() != nil {
		return "found"
	}
	return ""
}
