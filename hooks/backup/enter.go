package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// ErrInUse refuses a restore into a folder that somebody has open.
var ErrInUse = errors.New("a desk, or a command, is running on this folder: end it first, or restore in the desk's admin console")

// How a command is in the data folder, by its annotations. One that is Alone does not
// call [Enter], and opens no database there, nor does one with the flag that Unless names;
// one that Begins begins a shop where there is none; others refuse to.
const (
	Alone  = "alone"
	Unless = "unless"
	Begins = "begins"
)

// There reports whether a shop lies in dir, or is about to.
func There(dir string) bool {
	return exists(filepath.Join(dir, database)) || exists(filepath.Join(dir, staged, ready))
}

// patience is how long whoever comes waits until others have left whom a restore waits
// for, or until a restore is over.
const patience = 10 * time.Second

// Enter is called before the database in dir is opened. Until release is called nobody
// exchanges what lies there: whoever restores is refused, and whoever comes while
// somebody restores is refused here. What a restore has laid ready is put in its place
// first: nobody opens what is about to be retired. While others keep it from that,
// it is a conflict.
func Enter(dir string) (release func(), err error) { return enterWithin(dir, patience) }

func enterWithin(dir string, most time.Duration) (release func(), err error) {
	for end := time.Now().Add(most); ; <-time.After(most / 100) {
		release, err = enter(dir)
		if !errors.Is(err, ErrInUse) {
			break
		}
		if !time.Now().Before(end) {
			return nil, fail.New(fail.Conflict, "backup.restoring").Because(err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("enter the data folder: %w", err)
	}
	return release, nil
}

// enter is one try; ErrInUse asks for another.
func enter(dir string) (release func(), err error) {
	if err = resolve(dir); err != nil {
		return nil, err
	}
	if release, err = occupy(dir, false); err != nil {
		return nil, err
	}
	if exists(filepath.Join(dir, staged, ready)) { // meanwhile
		release()
		return nil, ErrInUse
	}
	return release, nil
}

// occupy locks dir, which is made where it is not there. What root has made there
// meanwhile is its owner's when they leave.
func occupy(dir string, alone bool) (release func(), err error) {
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	leave, err := lock(dir, alone)
	if err != nil {
		return nil, err
	}
	return func() { _ = own(dir, dir); leave() }, nil
}

// resolve brings what a restore has left in dir to its end: what is ready is put in its
// place, what was not verified to its end goes, unless somebody may be at it.
func resolve(dir string) error {
	laid := exists(filepath.Join(dir, staged, ready))
	if !laid && (!locks || !exists(filepath.Join(dir, staged))) {
		return nil
	}
	release, err := lock(dir, true)
	if errors.Is(err, ErrInUse) && !laid {
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	if exists(filepath.Join(dir, staged, ready)) {
		return finish(dir)
	}
	return clearStaged(filepath.Join(dir, staged))
}

// enterAlone is for whoever exchanges what lies in dir. What was laid ready before, and
// was not begun with, is for them to say: [Stage] refuses beside it.
func enterAlone(dir string) (release func(), err error) {
	release, err = occupy(dir, true)
	if errors.Is(err, ErrInUse) {
		return nil, fail.New(fail.Conflict, "backup.in_use").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("enter the data folder: %w", err)
	}
	if exists(filepath.Join(dir, staged, ready)) && exists(filepath.Join(dir, staged, retired)) {
		if err = finish(dir); err != nil {
			release()
			return nil, err
		}
	}
	return release, nil
}
