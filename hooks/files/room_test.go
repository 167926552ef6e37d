package files

import (
	"os"
	"path/filepath"
	"testing"
)

// C07. On a full disk the ballast goes and words wait; once there is room it is
// laid again.
func TestBallastGoesWhenTheDiskIsFull(t *testing.T) {
	t.Parallel()
	var left uint64
	r := &room{path: filepath.Join(t.TempDir(), ballastName), free: func(string) (uint64, error) { return left, nil }}
	for _, c := range []struct {
		left         uint64
		there, short bool
	}{
		{enough + 1, true, false},
		{scarce, true, false}, // what is little is not yet too little
		{scarce - 1, false, true},
		{scarce - 1 + ballast, false, true}, // its own room is none
		{enough, false, true},
		{enough + 1, true, false},
	} {
		left = c.left
		if err := r.look(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(r.path)
		if there := err == nil; there != c.there || r.scarce.Load() != c.short {
			t.Errorf("with %d bytes: ballast %v, scarce %v", left, there, r.scarce.Load())
		} else if there && info.Size() != ballast {
			t.Errorf("a ballast of %d bytes", info.Size())
		}
	}
}
