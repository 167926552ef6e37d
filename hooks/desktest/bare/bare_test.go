package bare

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
)

// A statement is caught and judged by whatever road it reaches the database.
func TestWholeTableReadsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		query string
		scans string
	}{
		"all":                   {"SELECT * FROM messages", "SCAN messages"},
		"alias":                 {"SELECT m.text FROM  messages  AS m WHERE m.recalled = 1", "SCAN m"},
		"quoted alias":          {"SELECT `m`.`text` FROM `messages` `m` WHERE `m`.`text` LIKE '%a%'", "SCAN m"},
		"joined":                {"SELECT 1 FROM staff s, conversations c WHERE c.priority = s.id", "SCAN c"},
		"subquery":              {"SELECT 1 FROM staff WHERE id IN (SELECT sender FROM messages)", "SCAN messages"},
		"with":                  {"WITH x AS (SELECT * FROM conversations) SELECT COUNT(*) FROM x", "SCAN conversations"},
		"index walked whole":    {"SELECT id FROM conversations ORDER BY contact DESC", "SCAN conversations USING"},
		"update":                {"UPDATE conversations SET unread = 0 WHERE unread > 3", "SCAN conversations"},
		"by key":                {"SELECT * FROM messages WHERE id = 'x'", ""},
		"by index":              {"SELECT * FROM messages WHERE conversation = 'x' AND seq > 3 ORDER BY seq LIMIT 50", ""},
		"newest":                {"SELECT MAX(seq) FROM messages", ""},
		"the few unclosed":      {"SELECT COUNT(*) FROM conversations INDEXED BY ux_conversations_unclosed WHERE status != 'closed'", ""},
		"a table that is small": {"SELECT * FROM staff", ""},
	} {
		t.Run(name, func(t *testing.T) {
			app := New(t)
			var seen statements
			db, err := seen.connect(app.DataDir() + "/data.db")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.NewQuery(c.query).Execute(); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(seen.faults(), "\n")
			if (c.scans == "") != (got == "") || !strings.Contains(got, c.scans) {
				t.Errorf("faults = %q, want %q", got, c.scans)
			}
		})
	}
}

func TestEveryRoadIsWatched(t *testing.T) {
	app := New(t)
	var seen statements
	db, err := seen.connect(app.DataDir() + "/data.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err = db.NewQuery("SELECT COUNT(*) FROM messages WHERE text = {:t}").Bind(dbx.Params{"t": "a"}).Row(&n); err != nil {
		t.Fatal(err)
	}
	if err = db.DB().QueryRow("SELECT COUNT(*) FROM messages WHERE text > ?", "a").Scan(&n); err != nil {
		t.Fatal(err)
	}
	prepared, err := db.DB().Prepare("SELECT COUNT(*) FROM messages WHERE text < :t")
	if err != nil {
		t.Fatal(err)
	}
	defer prepared.Close()
	if err = prepared.QueryRow(sql.Named("t", "a")).Scan(&n); err != nil {
		t.Fatal(err)
	}
	tx, err := db.DB().Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tx.Exec("DELETE FROM messages WHERE text = 'b'"); err != nil {
		t.Fatal(err)
	}
	if err = tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := seen.faults(); len(got) != 4 {
		t.Errorf("faults = %q, want 4", got)
	}
}
