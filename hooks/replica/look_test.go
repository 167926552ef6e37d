package replica

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What vanishes from the copy is there again in time: uploads and keys are sent anew,
// and where pieces of the database are missing, a whole copy is.
func TestWhatVanishesIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, a := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			const id = "0123456789abcdef0123456789abcdef"
			s.upload(id, "a picture")
			if err := os.WriteFile(filepath.Join(s.dir, "files.key"), []byte("key"), 0o600); err != nil {
				t.Fatal(err)
			}
			f := s.follows(a, func(f *Follower) { f.house = 50 * time.Millisecond })
			s.say(5)
			s.whole(f)
			first := f.Status().Name
			for _, lost := range []string{uploads + id[:2] + "/" + id, first + keys + "files.key"} {
				if err := f.place.Delete(t.Context(), lost); err != nil {
					t.Fatal(err)
				}
				until(t, lost, func() bool { _, err := read(t.Context(), f.place, lost); return err == nil })
			}
			if f.Status().Name != first {
				t.Error("a whole copy was sent for an upload and a key")
			}
			if err := deleteAll(t.Context(), f.place, first+"/ltx/"); err != nil {
				t.Fatal(err)
			}
			until(t, "another generation", func() bool { return f.Status().Name > first })
			s.say(3)
			s.whole(f)
			if n := back(t, a); n != s.n {
				t.Errorf("%d of %d come back", n, s.n)
			}
		})
	}
}

// A generation of which a piece is missing, or is not as it was written, says so; a
// place that does not answer is something else.
func TestBrokenGenerationIsKnown(t *testing.T) {
	t.Parallel()
	at := t.TempDir()
	a, s := Address{To: at}, open(t, t.TempDir())
	f := s.follow(a, most)
	s.say(5)
	s.whole(f)
	f.Close()
	pieces, err := filepath.Glob(filepath.Join(at, f.Status().Name, "ltx", "*", "*.ltx"))
	if err != nil || len(pieces) == 0 {
		t.Fatalf("pieces %v, %v", pieces, err)
	}
	try := func() error {
		c, wrong := Newest(t.Context(), a)
		if wrong != nil {
			t.Fatal(wrong)
		}
		return c.Database(t.Context(), filepath.Join(t.TempDir(), "data.db"))
	}
	if err = try(); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(b []byte) []byte{
		"cut off":     func(b []byte) []byte { return b[:len(b)/2] },
		"turned over": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
	} {
		for _, p := range pieces {
			content, wrong := os.ReadFile(p)
			if wrong = errors.Join(wrong, os.WriteFile(p, spoil(content), 0o600)); wrong != nil {
				t.Fatal(wrong)
			}
		}
		if err = try(); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, p := range pieces {
		if err = os.Remove(p); err != nil {
			t.Fatal(err)
		}
	}
	if err = try(); !errors.Is(err, ErrBroken) {
		t.Errorf("missing: %v", err)
	}
}
