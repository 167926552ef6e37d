package replica

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func (f *Follower) refused(t *testing.T, why error) {
	t.Helper()
	until(t, "refusal", func() bool { return errors.Is(f.Status().Failing, why) })
}

// An old primary that comes back writes nothing that could be restored instead of what
// the other machine has: within a day, after it, and where it had given its generation
// up. Its owner may say that it is the right one; then the other one writes no more.
func TestOldPrimaryDoesNotTakeTheCopyBack(t *testing.T) {
	t.Parallel()
	for name, a := range places(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := open(t, t.TempDir()), open(t, t.TempDir())
			f := first.follow(a, most)
			first.say(5)
			first.whole(f)
			mine := f.Status().Name
			f.Close()
			second.say(3)
			g := second.follow(a, most)
			second.whole(g)
			comes := func(what string) {
				t.Helper()
				f = first.follow(a, most)
				f.refused(t, ErrTaken)
				first.say(2)
				f.Close()
				if n := back(t, a); n != 3 {
					t.Errorf("%s: %d of 3 come back", what, n)
				}
			}
			comes("within a day")
			if err := empty(first.dir); err != nil {
				t.Fatal(err)
			}
			comes("given up")
			if err := errors.Join(deleteAll(t.Context(), g.place, mine+"/"), g.place.Delete(t.Context(), marks+mine)); err != nil {
				t.Fatal(err)
			}
			comes("after a day")
			if err := Forget(first.dir); err != nil {
				t.Fatal(err)
			}
			f = first.follow(a, most)
			first.whole(f)
			g.refused(t, ErrTaken)
			second.say(1)
			if n := back(t, a); n != first.n {
				t.Errorf("the right one: %d of %d come back", n, first.n)
			}
		})
	}
}

// Where nobody knows any more what the desk had written, another's generation may be
// there or not: it is not begun anew.
func TestGenerationThatIsGoneIsNotBegunAnew(t *testing.T) {
	t.Parallel()
	a, s := Address{To: t.TempDir()}, open(t, t.TempDir())
	f := s.follow(a, most)
	s.say(1)
	s.whole(f)
	f.Close()
	if err := os.RemoveAll(filepath.Join(a.To, marks)); err != nil {
		t.Fatal(err)
	}
	f = s.follow(a, most)
	f.refused(t, ErrTaken)
}

// unheard has what it was given, once, and its answer is lost.
type unheard struct {
	Place
	done bool
}

func (u *unheard) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	err := u.Place.Put(ctx, name, from)
	if err == nil && !u.done && strings.HasPrefix(name, marks) {
		u.done = true
		return io.ErrUnexpectedEOF
	}
	return err
}

// A desk is not taken for another machine where it has not heard, or not been able to
// tell, that it has begun a generation.
func TestOwnGenerationIsKnown(t *testing.T) {
	t.Parallel()
	a, dir := Address{To: t.TempDir()}, t.TempDir()
	f := &Follower{dir: dir, desk: "this desk", to: a.To, place: &unheard{Place: folder(a.To)}}
	next := func() (string, error) { return f.generation(t.Context()) }
	if _, err := next(); err == nil {
		t.Fatal("it was heard")
	}
	n, err := noted(dir, a.To)
	if err != nil || n.after != none {
		t.Fatalf("noted: %+v, %v", n, err)
	}
	if err = os.Mkdir(filepath.Join(meta(dir), "ltx"), 0o700); err != nil {
		t.Fatal(err)
	}
	if name, wrong := next(); wrong != nil || name != n.name {
		t.Errorf("%s after %s, %v", name, n.name, wrong)
	}
	if err = empty(dir); err != nil { // it is given up, and another begun that never comes to be there
		t.Fatal(err)
	}
	f.place = refusing{folder(a.To)}
	if _, err = next(); err == nil || errors.Is(err, ErrTaken) {
		t.Fatalf("begun in a place that takes nothing: %v", err)
	}
	f.place = folder(a.To)
	second, err := next()
	if err != nil || second <= n.name {
		t.Errorf("%s after %s, %v", second, n.name, err)
	}
	if err = os.Mkdir(filepath.Join(meta(dir), "ltx"), 0o700); err != nil {
		t.Fatal(err)
	}
	if name, wrong := next(); wrong != nil || name != second {
		t.Errorf("%s after %s, %v", name, second, wrong)
	}
	later := following([]mark{{name: "20990101-000000-00000000"}}, time.Now())
	if err = f.place.Put(t.Context(), marks+later, strings.NewReader(begun)); err != nil {
		t.Fatal(err)
	}
	if _, err = next(); !errors.Is(err, ErrTaken) {
		t.Errorf("another's: %v", err)
	}
}

// A disk that is not mounted is not written beside, neither when the desk starts nor
// while it runs; when it is there again, so is all of it.
func TestDiskThatIsNotMounted(t *testing.T) {
	t.Parallel()
	a, s := Address{To: filepath.Join(t.TempDir(), "nas")}, open(t, t.TempDir())
	if err := os.Mkdir(a.To, 0o700); err != nil {
		t.Fatal(err)
	}
	f := s.follow(a, most)
	s.say(1)
	s.whole(f)
	moves := func(from, to string) {
		t.Helper()
		if err := errors.Join(os.Rename(from, to), os.Mkdir(from, 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	nothing := func() {
		t.Helper()
		s.say(1)
		f.refused(t, ErrVanished)
		if left, err := os.ReadDir(a.To); err != nil || len(left) > 0 {
			t.Errorf("written beside: %v, %v", left, err)
		}
	}
	moves(a.To, a.To+".away")
	nothing()
	f.Close()
	f = s.follow(a, most)
	nothing()
	if err := errors.Join(os.Remove(a.To), os.Rename(a.To+".away", a.To)); err != nil {
		t.Fatal(err)
	}
	s.whole(f)
	if n := back(t, a); n != s.n {
		t.Errorf("%d of %d come back", n, s.n)
	}
}
