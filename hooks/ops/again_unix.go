//go:build unix

package ops

import (
	"os"
	"syscall"
)

// again puts a new program in the place of this one.
func again() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(path, os.Args, os.Environ()) //nolint:gosec // our own program, as it was called
}
