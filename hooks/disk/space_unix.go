//go:build linux || darwin

package disk

import "syscall"

// Space is what an ordinary user may still write on dir's disk, and what it
// holds in all.
func Space(dir string) (free, all uint64, err error) {
	var s syscall.Statfs_t
	if err = syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	block := uint64(s.Bsize) //nolint:gosec // a block's size is not negative
	return s.Bavail * block, s.Blocks * block, nil
}
