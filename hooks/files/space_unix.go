//go:build linux || darwin

package files

import "syscall"

// freeSpace is what an ordinary user may still write on dir's disk.
func freeSpace(dir string) (bytes uint64, err error) {
	var s syscall.Statfs_t
	if err = syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // a block's size is not negative
}
