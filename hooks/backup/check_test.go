package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// say puts entries into the timeline.
func say(t testing.TB, app core.App, ids ...string) {
	t.Helper()
	err := conversations.WritePast(app, func(p *conversations.Past) error {
		for _, id := range ids {
			err := p.Entry(&conversations.Message{ID: id, Seq: p.Next(), Kind: conversations.Text, Text: "在吗 " + id, From: conversations.Author{Kind: conversations.FromVisitor, ID: "x"}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// C27. What a disk has changed is named; a backup is made all the same, and says so. One
// that has changed since it was made is no good.
func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	app := shop(t)
	say(t, app, "entry0000000001", "entry0000000002")
	good := backedUp(t, app)
	k := newMaker("test")
	path := filepath.Join(t.TempDir(), "shop.zip")
	if d, err := Check(t.Context(), app.DataDir()); err != nil || !d.none() {
		t.Fatalf("whole: %v, %v", d, err)
	}
	if err := k.make(t.Context(), app); err != nil || Damaged(app) != nil {
		t.Fatalf("whole: %v", err)
	}

	exec(t, app, "UPDATE messages SET text = '在么' WHERE id = 'entry0000000002'", dbx.Params{})
	id := put(t, app, "a picture")
	write(t, filepath.Join(app.DataDir(), uploads, id[:2], id), "a pictura")
	lost := put(t, app, "another picture")
	if err := os.Remove(filepath.Join(app.DataDir(), uploads, lost[:2], lost)); err != nil {
		t.Fatal(err)
	}
	both := slices.Sorted(slices.Values([]string{id, lost}))
	d, err := Check(t.Context(), app.DataDir())
	if err != nil || len(d.Database) > 0 || !slices.Equal(d.Entries, []string{"entry0000000002"}) || !slices.Equal(slices.Sorted(slices.Values(d.Uploads)), both) {
		t.Fatalf("found %+v, %v", d, err)
	}
	m, err := Make(t.Context(), app.DataDir(), path, "test")
	if err != nil || !slices.Equal(m.Altered, d.Entries) || !slices.Equal(m.Changed, []string{id}) || !slices.Equal(m.Missing, []string{lost}) {
		t.Fatalf("made with %+v, %v", m, err)
	}
	if _, err = Verify(t.Context(), path); err != nil {
		t.Errorf("what was known when it was made: %v", err)
	}
	err = k.make(t.Context(), app)
	var found *Damage
	if !errors.As(err, &found) || Damaged(app) == nil || !strings.Contains(found.words(locale.In("zh-CN")), "聊天记录 1 条（entry0000000002）") || len(found.Uploads) != len(both) {
		t.Errorf("made by the clock: %v", err)
	}
	var sum [32]byte
	changed := forged(t, good, func(name string, content []byte) (string, []byte) {
		if name == database {
			content = []byte(strings.Replace(string(content), "在吗 entry0000000001", "在吗 entry0000000007", 1))
			sum = sha256.Sum256(content)
		}
		return name, content
	}, func(m *Manifest) { m.Entries[0].SHA256 = hex.EncodeToString(sum[:]) })
	if _, err = Verify(t.Context(), changed); err == nil || !strings.Contains(err.Error(), "entry0000000001") {
		t.Errorf("an entry of the backup has changed: %v", err)
	}
}
