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
	root, err := os.OpenRoot(dir) // the folder is theirs, and a link in it leads nowhere else
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	from, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	return fs.WalkDir(root.FS(), filepath.ToSlash(from), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return gone(err)
		}
		info, err := d.Info()
		if err != nil {
			return gone(err)
		}
		if is, ok := info.Sys().(*syscall.Stat_t); ok && is.Uid == 0 {
			return gone(root.Lchown(name, int(to.Uid), int(to.Gid)))
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
