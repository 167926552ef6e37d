package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
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

// ours is how the names of all of them begin: the rest of a store is none of the desk's.
const ours = "xiaoer-"

const stamp = "20060102-150405"

// asked is how long a store may take to say what it has. Pages wait for it.
const asked = 10 * time.Second

// unsent is what a backup is called in the data folder until the store has it:
// there is one at the most, however long the store does not answer.
const unsent = "xiaoer-not-sent.zip"

// unsentError tells that a backup was made and lies in the data folder alone.
type unsentError struct{ cause error }

func (e *unsentError) Error() string {
	return "the store did not take the backup, which is in " + unsent + ": " + e.cause.Error()
}
func (e *unsentError) Unwrap() error { return e.cause }

func folderOf(app core.App) string { return filepath.Join(app.DataDir(), core.LocalBackupsDirName) }

// at is where the shelf is.
func at(app core.App) (replica.Place, error) {
	if s3 := app.Settings().Backups.S3; s3.Enabled {
		return addressOf(s3).Open()
	}
	dir, err := filepath.Abs(folderOf(app))
	if err != nil {
		return nil, err
	}
	return replica.Address{To: dir}.Open()
}

// addressOf is a store of PocketBase's settings.
func addressOf(c core.S3Config) replica.Address {
	q := url.Values{"endpoint": {c.Endpoint}, "region": {c.Region}}
	if c.ForcePathStyle {
		q.Set("style", "path")
	}
	to := url.URL{Scheme: "s3", Host: c.Bucket, RawQuery: q.Encode()}
	return replica.Address{To: to.String(), Key: c.AccessKey, Secret: c.Secret}
}

// dated is when c was made, and never where the clock ran ahead then: nobody knows how
// old it is, and it must not keep newer ones from being made, or from being kept.
func (c Copy) dated(now time.Time) time.Time {
	if c.Made.Sub(now) > time.Hour {
		return time.Time{}
	}
	return c.Made
}

// Shelf lists the backups that there are, the newest first, and last those that were
// made ahead of the clock.
func Shelf(app core.App) ([]Copy, error) {
	place, err := at(app)
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), asked)
	defer cancel()
	objects, err := place.List(ctx, ours)
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	var list []Copy
	for _, o := range objects {
		if onShelf.MatchString(o.Name) {
			list = append(list, Copy{Name: o.Name, Size: o.Size, Made: o.Changed})
		}
	}
	now := time.Now()
	slices.SortFunc(list, func(a, b Copy) int {
		return cmp.Or(b.dated(now).Compare(a.dated(now)), b.Made.Compare(a.Made), cmp.Compare(b.Name, a.Name))
	})
	return list, nil
}

// shelve makes a backup and puts it on the shelf under name. Where the store does not
// take it that is an unsentError.
func shelve(ctx context.Context, app core.App, name, program string) (*Manifest, error) {
	if err := os.MkdirAll(folderOf(app), 0o700); err != nil {
		return nil, err
	}
	away := app.Settings().Backups.S3.Enabled
	path := filepath.Join(folderOf(app), name)
	if away {
		path = filepath.Join(folderOf(app), unsent)
	}
	m, err := Make(ctx, app.DataDir(), path, program)
	if err != nil || !away {
		return m, err
	}
	if err = send(ctx, app, path, name); err != nil {
		return nil, &unsentError{err}
	}
	return m, os.Remove(path)
}

// send puts a backup into the store, and makes sure that it is there.
func send(ctx context.Context, app core.App, path, name string) error {
	place, err := at(app)
	if err != nil {
		return err
	}
	f, err := os.Open(path) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err = place.Put(ctx, name, f); err != nil {
		return err
	}
	there, err := place.Size(ctx, name)
	if errors.Is(err, os.ErrNotExist) || err == nil && there != info.Size() {
		return errors.Join(replica.ErrForgets, err)
	}
	return err
}

// there refuses a name that no backup on the shelf has.
func there(ctx context.Context, app core.App, name string) error {
	place, err := shelfOf(app, name)
	if err != nil {
		return err
	}
	_, err = place.Size(ctx, name)
	return refused(err)
}

// take opens a backup on the shelf for reading. Its size is 0 where the store does not
// say.
func take(ctx context.Context, app core.App, name string) (r io.ReadCloser, size int64, err error) {
	place, err := shelfOf(app, name)
	if err != nil {
		return nil, 0, err
	}
	if r, err = place.Get(ctx, name); err != nil {
		return nil, 0, refused(err)
	}
	size, _ = place.Size(ctx, name)
	return r, size, nil
}

// shelfOf is where a backup of that name would be.
func shelfOf(app core.App, name string) (replica.Place, error) {
	if !onShelf.MatchString(name) {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	place, err := at(app)
	if err != nil {
		return nil, fmt.Errorf("the store of backups: %w", err)
	}
	return place, nil
}

// refused is what people are told of an error of the shelf's.
func refused(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return fail.New(fail.NotFound, "fail.not_found").Because(err)
	}
	return fail.New(fail.Busy, "backup.unreachable").Because(err)
}

// fetch copies a backup from the shelf to a file below the data folder, to be
// verified or restored from. done removes it. There has to be room for so many times what
// it takes.
func fetch(ctx context.Context, app core.App, name string, times int64) (path string, done func(), err error) {
	from, size, err := take(ctx, app, name)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = from.Close() }()
	return receive(app, from, times*size)
}

// receive keeps what is read in a file below the data folder until done is called. need
// is what it takes there, with what is unpacked beside it.
func receive(app core.App, from io.Reader, need int64) (path string, done func(), err error) {
	if err = roomFor(app.DataDir(), need); err != nil {
		return "", nil, err
	}
	f, err := os.CreateTemp(app.DataDir(), files.Holders+".zip")
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

// mostBefore is how many are kept of those that were made before an update.
const mostBefore = 3

// clearAway takes the oldest off the shelf until keep are left, but for those from
// before a damage. What was made before an update counts apart.
func clearAway(ctx context.Context, app core.App, keep int) error {
	list, err := Shelf(app) //nolint:contextcheck // it has a limit of its own
	if err != nil {
		return err
	}
	place, err := at(app)
	if err != nil {
		return err
	}
	seen, stays := map[bool]int{}, foundIn(app).Before
	for _, c := range list {
		before := onShelf.FindStringSubmatch(c.Name)[1] != ""
		most := keep
		if before {
			most = min(keep, mostBefore)
		}
		if seen[before]++; seen[before] <= most || slices.Contains(stays, c.Name) {
			continue
		}
		if err := place.Delete(ctx, c.Name); err != nil {
			return fmt.Errorf("clear away %s: %w", c.Name, err)
		}
	}
	return nil
}
