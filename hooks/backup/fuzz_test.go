package backup

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// sealedWith is an archive with a true seal: a database and one more file, and a
// manifest, which is right where none is given.
func sealedWith(t *testing.T, dir, name string, content, db, manifest []byte) string {
	t.Helper()
	if len(manifest) == 0 {
		m := Manifest{Format: format, Made: time.Unix(1790000000, 0).UTC()}
		for _, e := range []struct {
			name    string
			content []byte
		}{{database, db}, {name, content}} {
			sum := sha256.Sum256(e.content)
			m.Entries = append(m.Entries, Entry{e.name, int64(len(e.content)), hex.EncodeToString(sum[:])})
		}
		var err error
		if manifest, err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "shop.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, e := range []struct {
		name    string
		content []byte
	}{{database, db}, {name, content}, {manifestName, manifest}} {
		w, wrong := z.Create(e.name)
		if wrong == nil {
			_, wrong = w.Write(e.content)
		}
		if wrong != nil {
			t.Skip("no zip holds that: ", wrong)
		}
	}
	if err = errors.Join(z.SetComment(sealed+blank), z.Close(), seal(t.Context(), f)); err != nil {
		t.Fatal(err)
	}
	return path
}

// below is every name in a folder.
func below(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// C21. Whatever an archive with a true seal holds, it is refused in words, and nothing is
// written that was not there before, inside the data folder or out of it.
func FuzzArchive(f *testing.F) {
	f.Add("files.key", []byte("0123456789abcdef"), []byte("hello"), []byte(nil))
	f.Add("../files.key", []byte("x"), []byte("SQLite format 3\x00"), []byte(nil))
	f.Add("files/ab/abababababababababababababababab", []byte("x"), []byte{}, []byte(nil))
	f.Add(`files\..\..\x`, []byte("x"), []byte{}, []byte(nil))
	f.Add("manifest.json", []byte(`{"format":1}`), []byte{}, []byte(`{"format":1,"entries":[{"name":"data.db","size":-1,"sha256":""}]}`))
	f.Add("/etc/x.key", []byte("x"), []byte{}, []byte(`{"format":1,"entries":[{"name":"/etc/x.key","size":9223372036854775807}],"rows":[{"table":"a;b","count":-1}]}`))
	f.Add("x", []byte{}, []byte{}, []byte(`[]`))
	f.Fuzz(func(t *testing.T, name string, content, db, manifest []byte) {
		dir := t.TempDir()
		path := sealedWith(t, dir, name, content, db, manifest)
		data := filepath.Join(dir, "data")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		before := below(t, dir)
		if _, err := Stage(t.Context(), path, data, audit.AtTheMachine()); err == nil {
			t.Fatalf("%q was laid ready", name)
		}
		if after := below(t, dir); !slices.Equal(before, after) {
			t.Fatalf("there was %v and is %v", before, after)
		}
	})
}
