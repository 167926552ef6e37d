package desktest_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// A desk opens its databases as the program does, and that is so that an ack is
// on the disk.
func TestDatabasesAreOpenedAsTheProgramDoes(t *testing.T) {
	app := desktest.New(t)
	program, err := ops.Connect(filepath.Join(app.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	for pragma, want := range map[string]string{
		"synchronous": "2", "journal_mode": "wal", "busy_timeout": "2000", "foreign_keys": "1", "temp_store": "2", "cache_size": "-2000", "secure_delete": "1",
		"wal_autocheckpoint": strconv.Itoa(replica.CutAt),
	} {
		for whose, db := range map[string]dbx.Builder{"the desk": app.NonconcurrentDB(), "the program": program} {
			var got string
			if err := db.NewQuery("PRAGMA " + pragma).Row(&got); err != nil || got != want {
				t.Errorf("%s has %s = %s (%v), want %s", whose, pragma, got, err, want)
			}
		}
	}
}

func TestServeAnswers(t *testing.T) {
	server := desktest.Serve(t, desktest.New(t))
	for _, path := range []string{"/api/health", "/readyz"} {
		answer, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
			t.Errorf("%s = %d %s", path, answer.StatusCode, body)
		}
	}
}
