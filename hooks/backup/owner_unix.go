//go:build unix

package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// own gives what root has made at path, and below it, to whoever has the data folder:
// the desk runs as them, and could not open it. Others own what they make.
func own(dir, path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	to, ok := info.Sys().(*syscall.Stat_t)
	if !ok || to.Uid == 0 {
		return nil
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // a state folder may be a link
		return err
	}
	return filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return gone(err)
		}
		info, err := d.Info()
		if err != nil {
			return gone(err)
		}
		if is, ok := info.Sys().(*syscall.Stat_t); ok && is.Uid == 0 {
			return gone(os.Lchown(path, int(to.Uid), int(to.Gid))) //nolint:gosec // a link itself is given, never what it leads to
		}
		return nil
	})
}

// gone is no error: who runs beside us deletes what they do not need.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
