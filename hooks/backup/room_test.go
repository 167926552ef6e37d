package backup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// noDisk has so much room.
const noDisk = 1 << 42

// huge makes the shop larger than its disk, by an upload that takes none of it.
func huge(t testing.TB, app core.App) {
	t.Helper()
	id := put(t, app, "a picture")
	if err := os.Truncate(filepath.Join(app.DataDir(), uploads, id[:2], id), noDisk); err != nil {
		t.Fatal(err)
	}
}

func isFull(t testing.TB, err error, key string) {
	t.Helper()
	f, ok := errors.AsType[*fail.Error](err)
	if !ok || f.Kind != fail.Full || f.Key != "backup."+key {
		t.Fatalf("it is not refused: %v", err)
	}
	for _, lang := range locale.Languages {
		if text := f.Text(lang); !strings.Contains(text, " GB") || strings.Contains(text, "{{") {
			t.Errorf("in %s: %s", lang, text)
		}
	}
}

// What does not fit on the disk is refused before anything is written: a backup, one
// before an update, the unpacking of one, an upload of one.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	app := shop(t)
	good := backedUp(t, app)
	dir := app.DataDir()
	vast := forged(t, good, func(name string, content []byte) (string, []byte) { return name, content }, func(m *Manifest) { m.Entries[0].Size = noDisk })
	_, err := Verify(t.Context(), vast)
	isFull(t, err, "no_room")
	_, _, err = receive(app, strings.NewReader(""), noDisk)
	isFull(t, err, "no_room")
	huge(t, app)
	path := filepath.Join(t.TempDir(), "shop.zip")
	_, err = Make(t.Context(), dir, path, "test")
	isFull(t, err, "no_room")
	exec(t, app, "DELETE FROM _migrations WHERE file = (SELECT MAX(file) FROM _migrations)", nil)
	pending, err := BeforeUpdate(app, "test")
	isFull(t, err, "no_room_update")
	if !pending {
		t.Error("there is nothing to update")
	}
	for _, pattern := range []string{path + "*", filepath.Join(dir, files.Holders), filepath.Join(folderOf(app), "*")} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}
