package files

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/rounds"
)

const (
	// ballast is how much a file beside the data holds against the day on which
	// the disk is full: it goes then, so that whoever comes to mend it can sign
	// in, which is a row, too. Words wait meanwhile, or they would take it.
	ballast     = 4 << 20
	ballastName = "ballast"
	// Below scarce the ballast goes; above enough it is laid again.
	scarce = ballast / 2
	enough = 3 * ballast
)

const roomKey = "files.room"

// room is what is known of a disk's.
type room struct {
	scarce atomic.Bool
	path   string
	free   func(dir string) (bytes uint64, err error)
}

// Scarce reports whether the disk is so full that what is left is for those who
// mend it. It is looked at once a second, while app is served.
func Scarce(app core.App) bool { return roomOf(app).scarce.Load() }

// Ballast is where that file is, or will be.
func Ballast(app core.App) string { return roomOf(app).path }

func roomOf(app core.App) *room {
	return app.Store().GetOrSet(roomKey, func() any {
		return &room{path: filepath.Join(app.DataDir(), ballastName), free: freeSpace}
	}).(*room)
}

// watchRoom looks how much is left.
func watchRoom(app core.App) {
	rounds.Bind(app, rounds.Of{Name: "filesRoom", Round: func(time.Time) error { return roomOf(app).look() }})
}

func (r *room) look() error {
	left, err := r.free(filepath.Dir(r.path))
	if err != nil {
		return fmt.Errorf("look how much room is left: %w", err)
	}
	switch {
	case left < scarce:
		if !r.scarce.Swap(true) {
			slog.Error("the disk is full: nothing is taken in until there is room", "free", left)
		}
		if err = os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("give the ballast: %w", err)
		}
	case left > enough:
		if err = r.lay(); err != nil {
			return err
		}
		if r.scarce.Swap(false) {
			slog.Info("there is room on the disk again", "free", left)
		}
	}
	return nil
}

// lay makes the ballast, where it is not there.
func (r *room) lay() error {
	if _, err := os.Stat(r.path); err == nil {
		return nil
	}
	if err := os.WriteFile(r.path, make([]byte, ballast), 0o600); err != nil {
		_ = os.Remove(r.path)
		return fmt.Errorf("lay the ballast: %w", err)
	}
	return nil
}
