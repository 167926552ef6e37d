package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// ErrInUse refuses a restore into a folder that somebody has open.
var ErrInUse = errors.New("a desk, or a command, is running on this folder: end it first, or restore in the desk's admin console")

// How a command is in the data folder, by its annotations. One that is Alone does not
// call [Enter], and opens no database there; one that Begins begins a shop where there is
// none; others refuse to.
const (
	Alone  = "alone"
	Begins = "begins"
)

// There reports whether a shop lies in dir, or is about to.
func There(dir string) bool {
	return exists(filepath.Join(dir, database)) || exists(filepath.Join(dir, staged, ready))
}

// Enter is called before the database in dir is opened. Until release is called nobody
// exchanges what lies there: whoever restores is refused, and whoever comes while
// somebody restores is refused here. What a restore has laid ready is put in its place
// first, and what one has not brought to its end goes; where others are in the folder
// that is left to the next one who comes alone.
func Enter(dir string) (release func(), err error) {
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if exists(filepath.Join(dir, staged)) {
		if err = resolve(dir); err != nil && !errors.Is(err, ErrInUse) {
			return nil, err
		}
	}
	leave, err := lock(dir, false)
	if errors.Is(err, ErrInUse) {
		return nil, fail.New(fail.Conflict, "backup.restoring").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("enter the data folder: %w", err)
	}
	return func() { _ = own(dir, dir); leave() }, nil
}

// resolve brings what a restore has left in dir to its end.
func resolve(dir string) error {
	release, err := lock(dir, true)
	if err != nil {
		return fmt.Errorf("finish the restore: %w", err)
	}
	defer release()
	if exists(filepath.Join(dir, staged, ready)) {
		return finish(dir)
	}
	if err = os.RemoveAll(filepath.Join(dir, staged)); err != nil {
		return fmt.Errorf("remove what was not verified to its end: %w", err)
	}
	return nil
}

// enterAlone is for whoever exchanges what lies in dir.
func enterAlone(dir string) (release func(), err error) {
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	leave, err := lock(dir, true)
	if errors.Is(err, ErrInUse) {
		return nil, fail.New(fail.Conflict, "backup.in_use").Because(err)
	}
	if err == nil && exists(filepath.Join(dir, staged, ready)) { // who asked for that one comes first
		if err = finish(dir); err != nil {
			leave()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("enter the data folder: %w", err)
	}
	return func() { _ = own(dir, dir); leave() }, nil
}
