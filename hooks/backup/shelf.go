package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Copy is a backup on the shelf: the folder "backups" in the data folder, or the
// S3-compatible store that PocketBase's settings name.
type Copy struct {
	Name string
	Size int64
	Made time.Time
}

// onShelf are the names of backups there. Those made by hand and by the clock
// look alike; what was made before an update says so, and is not cleared away.
var onShelf = regexp.MustCompile(`^xiaoer-(before-update-)?\d{8}-\d{6}\.zip$`)

const stamp = "20060102-150405"

// Shelf lists the backups that there are, the newest first.
func Shelf(app core.App) ([]Copy, error) {
	store, err := app.NewBackupsFilesystem()
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	defer func() { _ = store.Close() }()
	objects, err := store.List("")
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	var list []Copy
	for _, o := range objects {
		if onShelf.MatchString(o.Key) {
			list = append(list, Copy{Name: o.Key, Size: o.Size, Made: o.ModTime})
		}
	}
	slices.SortFunc(list, func(a, b Copy) int { return cmp.Or(b.Made.Compare(a.Made), cmp.Compare(b.Name, a.Name)) })
	return list, nil
}

// shelve makes a backup, verifies it, and puts it on the shelf under name.
func shelve(ctx context.Context, app core.App, name, program string) error {
	dir := filepath.Join(app.DataDir(), core.LocalBackupsDirName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	if _, err := Make(ctx, app.DataDir(), path, program); err != nil {
		return err
	}
	if _, err := Verify(ctx, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if !app.Settings().Backups.S3.Enabled {
		return nil
	}
	store, err := app.NewBackupsFilesystem()
	if err != nil {
		return fmt.Errorf("the store of backups: %w", err)
	}
	defer func() { _ = store.Close() }()
	file, err := filesystem.NewFileFromPath(path)
	if err != nil {
		return err
	}
	if err := store.UploadFile(file, name); err != nil {
		return fmt.Errorf("the store of backups: %w", err)
	}
	return os.Remove(path)
}

// there refuses a name that no backup on the shelf has.
func there(app core.App, name string) error {
	r, err := take(app, name)
	if err != nil {
		return err
	}
	return r.Close()
}

// take opens a backup on the shelf for reading.
func take(app core.App, name string) (io.ReadCloser, error) {
	if !onShelf.MatchString(name) {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	store, err := app.NewBackupsFilesystem()
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	r, err := store.GetReader(name)
	if err != nil {
		_ = store.Close()
		return nil, fail.New(fail.NotFound, "fail.not_found").Because(err)
	}
	return closing{r, store}, nil
}

// closing closes the store together with what was read from it.
type closing struct {
	io.ReadCloser
	store *filesystem.System
}

func (c closing) Close() error { return errors.Join(c.ReadCloser.Close(), c.store.Close()) }

// fetch copies a backup from the shelf to a file below the data folder, to be
// verified or restored from. done removes it.
func fetch(app core.App, name string) (path string, done func(), err error) {
	from, err := take(app, name)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = from.Close() }()
	return receive(app, from)
}

// receive keeps what is read in a file below the data folder until done is called.
func receive(app core.App, from io.Reader) (path string, done func(), err error) {
	f, err := os.CreateTemp(app.DataDir(), "backup-*.zip")
	if err != nil {
		return "", nil, err
	}
	done = func() { _ = os.Remove(f.Name()) }
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err != nil {
		done()
		return "", nil, fmt.Errorf("receive a backup: %w", err)
	}
	return f.Name(), done, nil
}

// clear takes the oldest off the shelf until keep are left. What was made before
// an update counts apart.
func clearAway(app core.App, keep int) error {
	list, err := Shelf(app)
	if err != nil {
		return err
	}
	store, err := app.NewBackupsFilesystem()
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	seen := map[bool]int{}
	for _, c := range list {
		before := onShelf.FindStringSubmatch(c.Name)[1] != ""
		if seen[before]++; seen[before] > keep {
			if err := store.Delete(c.Name); err != nil {
				return fmt.Errorf("clear away %s: %w", c.Name, err)
			}
		}
	}
	return nil
}
