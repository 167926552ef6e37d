// Package disk knows how much room there is and how much of it is taken.
package disk

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// Of is the size of single files. One that is not there takes nothing.
func Of(paths ...string) (sum int64) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

// Below is the size of all files below a folder. One that goes away meanwhile is
// none.
func Below(dir string) (sum int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // as above
		}
		if info, err := entry.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// Text is a size as people read it: 12 KB, 3.4 MB, 1.2 GB.
func Text(bytes int64) string {
	switch n := float64(bytes); {
	case n < 1<<20:
		return strconv.FormatInt(int64(math.Ceil(n/(1<<10))), 10) + " KB"
	case n < 1<<30:
		return strconv.FormatFloat(n/(1<<20), 'f', 1, 64) + " MB"
	default:
		return strconv.FormatFloat(n/(1<<30), 'f', 1, 64) + " GB"
	}
}
