package backup_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// Somebody is erased while a backup is being made: the backup is whole, with them or
// without, and beside it nothing is left of them.
func TestErasedWhileABackupIsMade(t *testing.T) {
	t.Parallel()
	app, _ := owned(t)
	people, err := access.People(app)
	if err != nil {
		t.Fatal(err)
	}
	c := <-visitors(t, app, 1)
	const customer, secret = "quark0000000000", "QUARKcanary"
	known(t, app, c.Id, customer, secret)
	if _, err = conversations.PostAsVisitor(app, c, conversations.Draft{ID: "a", Kind: conversations.Text, Text: secret}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		content := strings.Repeat(fmt.Sprint(secret, i, " "), 2000)
		sum := sha256.Sum256([]byte(content))
		id := hex.EncodeToString(sum[:16])
		path := filepath.Join(app.DataDir(), "files", id[:2], id)
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = os.WriteFile(path, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		run(t, app, "INSERT INTO files (id, owner, contact, sha256, size, purpose) VALUES ({:id}, 'visitor:x', {:contact}, {:sum}, {:size}, 'message')",
			dbx.Params{"id": id, "contact": c.Id, "sum": hex.EncodeToString(sum[:]), "size": len(content)})
	}
	to := filepath.Join(t.TempDir(), "shop.zip")
	type made struct {
		*backup.Manifest
		error
	}
	ended := make(chan made, 1)
	go func() {
		m, failed := backup.Make(t.Context(), app.DataDir(), to, "test")
		ended <- made{m, failed}
	}()
	for held := []string(nil); len(held) == 0; runtime.Gosched() { // until it has begun to hold what there is
		if held, err = filepath.Glob(filepath.Join(app.DataDir(), files.Holders, "files", "*")); err != nil {
			t.Fatal(err)
		}
	}
	if err = conversations.EndAll(app, people[0], customer); err == nil {
		_, err = conversations.Erase(app, people[0], customer)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := <-ended
	if m.error != nil || len(m.Missing) > 0 || len(m.Changed) > 0 {
		t.Fatalf("it lacks %v, %v has changed, %v", m.Missing, m.Changed, m.error)
	}
	if _, err = backup.Verify(t.Context(), to); err != nil {
		t.Error(err)
	}
	for range 50 {
		if err = conversations.Purge(app); err != nil {
			t.Fatal(err)
		}
	}
	nowhere(t, app, secret)
}

func run(t *testing.T, app core.App, query string, p dbx.Params) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery(query).Bind(p).Execute(); err != nil {
		t.Fatal(err)
	}
}

// known makes a customer of a contact.
func known(t *testing.T, app core.App, contact, customer, name string) {
	t.Helper()
	run(t, app, "INSERT INTO customers (id, name) VALUES ({:id}, {:name})", dbx.Params{"id": customer, "name": name})
	run(t, app, "UPDATE contacts SET customer = {:customer} WHERE id = {:id}", dbx.Params{"id": contact, "customer": customer})
}

// nowhere walks the data folder for what was erased.
func nowhere(t *testing.T, app core.App, secret string) {
	t.Helper()
	err := filepath.WalkDir(app.DataDir(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if strings.Contains(string(raw), secret) {
			t.Errorf("%s has it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
