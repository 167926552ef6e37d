package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// Before is the folder, in the data folder, of what was there before the last restore,
// until the next, or until [keptFor] is over.
const Before = "before-restore"

const (
	staged  = "restore" // what will be: new/, and once all of it is there, ready
	ready   = "ready"   // its presence decides: from here on the new state is the shop's
	fresh   = "new"
	retired = "old" // what was there, until it is kept
	lockFor = "lock"
)

// volatile are files that belong to the database that goes, and to no other.
var volatile = []string{"data.db-wal", "data.db-shm", "epoch", foundFile, replica.Folder}

// ErrNewer refuses a backup of a newer program: its database has changes that
// this one does not know.
var ErrNewer = errors.New("the backup was made by a newer version of the program")

// Stage verifies a backup and lays it ready in the data folder dir, with word of who
// restores it. Nothing is exchanged until [Enter] does it, which every start of the
// program calls first. Whatever is wrong with the backup is said here, and nothing has
// been touched.
func Stage(ctx context.Context, path, dir string, by audit.Actor) (m *Manifest, err error) {
	err = stage(ctx, dir, func(into string) (err error) {
		if m, err = unpack(ctx, path, into, func(string) bool { return true }); err != nil {
			return err
		}
		return sign(into, by, m.Made)
	})
	return m, err
}

// unstage takes back what is laid, the mark first: who has asked for it is told that it
// failed, and nobody takes up what is left.
func unstage(dir string) error {
	place := filepath.Join(dir, staged)
	if err := os.Remove(filepath.Join(place, ready)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(disk.SyncFolder(place), clearStaged(place))
}

// stage lays ready what fill brings into a folder and has verified.
func stage(ctx context.Context, dir string, fill func(into string) error) error {
	place := filepath.Join(dir, staged)
	if exists(filepath.Join(place, ready)) {
		return errors.New("another restore is about to be finished: start the desk once")
	}
	if err := clearStaged(place); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	into := filepath.Join(place, fresh)
	if err := os.MkdirAll(filepath.Join(into, uploads), 0o700); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	err := fill(into)
	if err == nil {
		err = known(ctx, filepath.Join(into, database))
	}
	if err == nil {
		err = errors.Join(own(dir, place), syncTree(into))
	}
	if err == nil {
		err = disk.Replace(filepath.Join(place, ready), nil) // from here on it is the shop's
	}
	if err != nil {
		_ = unstage(dir)
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// known refuses a database whose history is not a part of this program's, and one that has
// what is foreign to it.
func known(ctx context.Context, path string) error {
	db, err := openCopy(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	applied, err := texts(ctx, db, "SELECT file FROM _migrations ORDER BY file")
	if err != nil {
		return errors.Join(errNotSealed, err)
	}
	ours := map[string]bool{}
	for _, list := range []core.MigrationsList{core.SystemMigrations, core.AppMigrations} {
		for _, m := range list.Items() {
			ours[m.File] = true
		}
	}
	for _, file := range applied {
		if !ours[file] {
			return ErrNewer
		}
	}
	foreign, err := foreignIn(ctx, db)
	if err == nil && len(foreign) > 0 {
		err = fmt.Errorf("%w: %.80q", errForeign, foreign[0])
	}
	return err
}

// clearStaged deletes what a restore makes in its folder, and the folder where nobody
// has put anything else into it.
func clearStaged(place string) error {
	left, err := filepath.Glob(filepath.Join(place, ready+".*"))
	for _, path := range append(left, filepath.Join(place, fresh)) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	_ = os.Remove(place) // what is somebody's own stays
	return err
}

// finish exchanges the data for what is ready. Who calls it has the folder alone.
func finish(dir string) error {
	x := exchange{dir: dir, place: filepath.Join(dir, staged), rename: os.Rename}
	if err := x.run(); err != nil {
		return fmt.Errorf("finish the restore: %w", err)
	}
	return nil
}

// exchange puts the new in the place of the old. Each step is a rename that is
// made once, and not again by the run that goes on where this one ended.
type exchange struct {
	dir, place string
	rename     func(from, to string) error
}

func (x exchange) run() error {
	dir, place := x.dir, x.place
	old := filepath.Join(place, retired)
	if err := os.MkdirAll(old, 0o700); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(place, fresh), 0o700); err != nil { // the end of it may already be gone
		return err
	}
	for _, name := range volatile {
		if err := x.move(filepath.Join(dir, name), filepath.Join(old, name)); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(filepath.Join(place, fresh))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !exists(filepath.Join(old, name)) {
			if err := x.move(filepath.Join(dir, name), filepath.Join(old, name)); err != nil {
				return err
			}
		}
		if err := x.move(filepath.Join(place, fresh, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := errors.Join(disk.SyncFolder(filepath.Join(place, fresh)), disk.SyncFolder(old), disk.SyncFolder(dir)); err != nil {
		return err
	}
	return x.settle(old)
}

// settle ends the exchange. The mark goes last but for what is only in the way.
func (x exchange) settle(old string) error {
	aside := filepath.Join(x.dir, Before)
	if err := os.Remove(old); err != nil { // it is not empty: what was there is in it
		if err := os.RemoveAll(aside); err != nil {
			return err
		}
		if err := x.rename(old, aside); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(x.place, ready)); err != nil {
		return err
	}
	if err := disk.SyncFolder(x.place); err != nil {
		return err
	}
	return clearStaged(x.place)
}

// move renames what is there; what is not was moved before.
func (x exchange) move(from, to string) error {
	err := x.rename(from, to)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func syncTree(root string) error {
	return filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err // files were synced when they were written
		}
		return disk.SyncFolder(path)
	})
}
