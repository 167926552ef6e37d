package backup

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// unread puts in an upload's place what opens, or reads, with an error.
func unread(t testing.TB, dir, id string, loop bool) {
	t.Helper()
	path := filepath.Join(dir, uploads, id[:2], id)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put := os.Mkdir(path, 0o700)
	if loop {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		put = os.Symlink(id, path)
	}
	if put != nil {
		t.Fatal(put)
	}
}

// What the disk does not give out is lost, and ends neither a backup nor a check.
func TestUploadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	app := shop(t)
	folder, loop := put(t, app, "a picture"), put(t, app, "another picture")
	unread(t, app.DataDir(), folder, false)
	unread(t, app.DataDir(), loop, true)
	both := slices.Sorted(slices.Values([]string{folder, loop}))
	path := filepath.Join(t.TempDir(), "shop.zip")
	m, err := Make(t.Context(), app.DataDir(), path, "test")
	if err != nil || !slices.Equal(slices.Sorted(slices.Values(m.Missing)), both) || len(m.Entries) != 5 {
		t.Fatalf("made: %+v, %v", m, err)
	}
	if _, err = Verify(t.Context(), path); err != nil {
		t.Error(err)
	}
	if d, err := Check(t.Context(), app.DataDir()); err != nil || !slices.Equal(slices.Sorted(slices.Values(d.Uploads)), both) {
		t.Errorf("found: %+v, %v", d, err)
	}
}
