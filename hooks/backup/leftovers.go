package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// What a program leaves behind that is killed over a backup is a whole shop, with
// whomever is erased from now on, and files gives it what is deleted. So it goes as soon
// as it is nobody's: a folder that nobody has locked, a file that nobody writes.
const (
	// aMoment passes between making a folder and locking it.
	aMoment = time.Minute
	// tooOld is the age at which a file is nobody's any more, and a folder where there
	// are no locks.
	tooOld = 24 * time.Hour
)

// keptFor is how long what was there before a restore stays: who is erased from now on
// is in it still.
const keptFor = 30 * 24 * time.Hour

// expire removes what was there before a restore that nobody has wanted back.
func expire(app core.App, now time.Time) error {
	path := filepath.Join(app.DataDir(), Before)
	info, err := os.Lstat(path)
	if err != nil || now.Sub(info.ModTime()) <= keptFor {
		return nil //nolint:nilerr // there is none
	}
	if trusted, err := clock.Trusted(app, now); err != nil || !trusted {
		return err
	}
	return os.RemoveAll(path)
}

const verifying = ".verify-*"

// workIn makes a folder to work in, which stays until done is called or the program
// ends.
func workIn(dir, pattern string) (work string, done func(), err error) {
	if work, err = os.MkdirTemp(dir, pattern); err != nil {
		return "", nil, err
	}
	release, err := lock(work, false)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(work))
	}
	return work, func() { _ = os.RemoveAll(work); release() }, nil
}

// sweep removes from a data folder what was left behind.
func sweep(dir string, now time.Time) (err error) {
	shelf := filepath.Join(dir, core.LocalBackupsDirName)
	for _, pattern := range []string{
		filepath.Join(dir, files.Holders), filepath.Join(dir, verifying), filepath.Join(shelf, verifying), filepath.Join(shelf, "*"+draft),
	} {
		left, wrong := filepath.Glob(pattern)
		err = errors.Join(err, wrong)
		for _, path := range left {
			err = errors.Join(err, sweepOne(path, now))
		}
	}
	return err
}

func sweepOne(path string, now time.Time) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil // it has just gone
	}
	age := now.Sub(info.ModTime())
	if !info.IsDir() || !locks {
		if age <= tooOld {
			return nil
		}
		return os.RemoveAll(path)
	}
	if age <= aMoment {
		return nil
	}
	release, err := lock(path, true)
	if errors.Is(err, ErrInUse) || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep %s: %w", filepath.Base(path), err)
	}
	defer release()
	return os.RemoveAll(path)
}
