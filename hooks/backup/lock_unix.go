//go:build unix

package backup

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// locks tells whether there are any.
const locks = true

// lock takes the data folder for whoever serves it (together with others who
// do) or restores it (alone). The system gives it back when the process ends,
// however it ends. ErrInUse where somebody else has it.
func lock(dir string, alone bool) (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFor), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // our own folder
	if err != nil {
		return nil, err
	}
	_ = own(dir, f.Name()) // or whoever has the folder could not come in while root is
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
