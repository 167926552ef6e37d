package replica

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An upload that the disk does not give out is named for as long as it does not, and
// keeps nothing else from being there: no other upload, and no word.
func TestUploadThatCannotBeRead(t *testing.T) {
	t.Parallel()
	a := Address{To: t.TempDir()}
	s := open(t, t.TempDir())
	const bad, good = "0000000089abcdef0123456789abcdef", "fedcba98765432100123456789abcdef"
	path := filepath.Join(s.dir, uploads, bad[:2], bad)
	if err := os.MkdirAll(path, 0o700); err != nil { // it opens, and cannot be read
		t.Fatal(err)
	}
	s.upload(good, "a picture")
	f := s.follow(a, most)
	s.say(5)
	s.whole(f)
	if err := f.Status().Failing; err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("it is not named: %v", err)
	}
	c, err := Newest(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := read(t.Context(), c.place, uploads+good[:2]+"/"+good); err != nil || text != "a picture" {
		t.Errorf("the other upload: %q, %v", text, err)
	}
	if n := back(t, a); n != 5 {
		t.Errorf("%d of 5 came back", n)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.upload(bad, "another picture")
	until(t, "end of it", func() bool {
		text, _ := read(t.Context(), c.place, uploads+bad[:2]+"/"+bad)
		return text == "another picture" && f.Status().Failing == nil
	})
}
