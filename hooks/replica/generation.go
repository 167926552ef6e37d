package replica

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// ErrAnother refuses a place in which another desk keeps its replica.
var ErrAnother = errors.New("another desk keeps its warm copy here: choose a place of its own")

// ErrTaken refuses a place in which another machine goes on with this desk: what is
// restored later has to be what that one wrote.
var ErrTaken = errors.New("another machine has taken this warm copy over, or what this desk has written there was cleared away since")

// ErrVanished refuses a place that no longer says whose it is although this desk has
// written there: a disk that is not mounted would be written beside.
var ErrVanished = errors.New("nothing is left there of what this desk has written: is the disk mounted?")

// Forget has the desk of a data folder forget what it has written and where: the next
// generation that it begins is the newest, whoever has written meanwhile.
func Forget(dir string) error { return os.RemoveAll(meta(dir)) }

// note is what a desk keeps of its generation, with what Litestream keeps beside the
// database. It outlives a generation that is given up: who begins another has to know
// whether anybody else has, meanwhile.
type note struct {
	name, to string
	// after is the newest generation that was there before this one, none where there
	// was none; and "" once the place has this one.
	after string
}

const none = "-" // before all names of generations

func noteOf(dir string) string { return filepath.Join(meta(dir), "generation") }

func noted(dir, to string) (n note, err error) {
	kept, err := os.ReadFile(noteOf(dir))
	if absent(err) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	n.name, n.to, _ = strings.Cut(string(kept), "\n")
	n.to, n.after, _ = strings.Cut(n.to, "\n")
	if n.to != to {
		return note{}, nil
	}
	return n, nil
}

func (n note) keep(dir string) error {
	if err := os.MkdirAll(meta(dir), 0o700); err != nil {
		return err
	}
	return disk.Replace(noteOf(dir), []byte(n.name+"\n"+n.to+"\n"+n.after))
}

// overtaken reports whether somebody else has begun a generation since this one.
func (n note) overtaken(known []mark) bool {
	return slices.ContainsFunc(known, func(g mark) bool { return g.name != n.name && g.name > cmp.Or(n.after, n.name) })
}

// claim makes sure that the place is this desk's.
func (f *Follower) claim(ctx context.Context) error {
	owner, err := read(ctx, f.place, deskFile)
	if absent(err) {
		n, wrong := noted(f.dir, f.to)
		if wrong != nil {
			return wrong
		}
		if n.name != "" {
			return ErrVanished
		}
		return f.place.Put(ctx, deskFile, strings.NewReader(f.desk))
	}
	if err == nil && owner != f.desk {
		return ErrAnother
	}
	return err
}

// generation returns the one that this database goes on with, or begins one: where
// Litestream has nothing beside the database, it cannot go on. It begins none where
// another machine goes on with the desk.
func (f *Follower) generation(ctx context.Context) (string, error) {
	known, err := generations(ctx, f.place)
	if err != nil {
		return "", err
	}
	n, err := noted(f.dir, f.to)
	if err != nil {
		return "", err
	}
	there := slices.ContainsFunc(known, func(g mark) bool { return g.name == n.name })
	switch {
	case n.name == "":
	case n.overtaken(known), n.after == "" && !there:
		return "", ErrTaken
	case there:
		if _, err = os.Stat(filepath.Join(meta(f.dir), "ltx")); err == nil {
			n.after = ""
			return n.name, n.keep(f.dir)
		}
	}
	if there || n.name == "" {
		n = note{name: following(known, time.Now()), to: f.to, after: none}
		if len(known) > 0 {
			n.after = known[0].name
		}
	}
	return n.name, f.begin(ctx, n)
}

// begin begins a generation. It is noted first: that the place has it may not be
// heard here.
func (f *Follower) begin(ctx context.Context, n note) error {
	if err := errors.Join(empty(f.dir), n.keep(f.dir)); err != nil {
		return err
	}
	if err := f.place.Put(ctx, marks+n.name, strings.NewReader(begun)); err != nil {
		return err
	}
	n.after = ""
	return n.keep(f.dir)
}

// empty deletes what Litestream has beside the database; the note stays.
func empty(dir string) error {
	entries, err := os.ReadDir(meta(dir))
	if absent(err) {
		return nil
	}
	for _, e := range entries {
		if path := filepath.Join(meta(dir), e.Name()); path != noteOf(dir) {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// following is a name for a generation after all others, whatever the clocks of
// their desks said.
func following(known []mark, now time.Time) string {
	if len(known) > 0 {
		if newest, err := time.Parse(stamp, generation.FindStringSubmatch(known[0].name)[1]); err == nil && !newest.Before(now.UTC().Truncate(time.Second)) {
			now = newest.Add(time.Second)
		}
	}
	return fmt.Sprintf("%s-%s", now.UTC().Format(stamp), random())
}
