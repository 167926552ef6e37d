package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// unsentFor is how long an upload waits for its message, by protocol.
const unsentFor = 24 * time.Hour

var (
	folder = regexp.MustCompile(`^[a-f0-9]{2}$`)
	ours   = regexp.MustCompile(`^[a-f0-9]{32}(\.part)?$`)
)

// Sweep removes what nobody will ask for again: uploads that were not sent
// within a day, with their rows; and bytes without a row, from an upload that
// was cut off or a removal that was.
func Sweep(app core.App, now time.Time) error {
	s := shelfOf(app)
	ids, err := unsent(app, now.Add(-unsentFor))
	if err != nil {
		return fmt.Errorf("list unsent files: %w", err)
	}
	for _, id := range ids {
		gone, err := discard(app, id)
		if err != nil {
			return fmt.Errorf("discard file %s: %w", id, err)
		}
		if gone {
			err = s.remove(id)
		}
		if err != nil {
			return err
		}
	}
	return s.sweepOrphans(app, now.Add(-unsentFor))
}

// sweepOrphans removes the bytes that are older than then and have no row. What
// is younger may be waiting for its row this moment.
func (s shelf) sweepOrphans(app core.App, then time.Time) error {
	folders, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the folder of files: %w", err)
	}
	for _, f := range folders {
		if !f.IsDir() || !folder.MatchString(f.Name()) {
			continue
		}
		if err = s.sweepFolder(app, f.Name(), then); err != nil {
			return err
		}
	}
	return nil
}

func (s shelf) sweepFolder(app core.App, name string, then time.Time) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, name))
	if err != nil {
		return fmt.Errorf("list a folder of files: %w", err)
	}
	known, err := idsUnder(app, name)
	if err != nil {
		return fmt.Errorf("list the files of a folder: %w", err)
	}
	keep := make(map[string]bool, len(known))
	for _, id := range known {
		keep[id] = true
	}
	for _, e := range entries {
		if keep[e.Name()] || !ours.MatchString(e.Name()) {
			continue
		}
		info, gone := e.Info()
		if gone != nil || !info.ModTime().Before(then) {
			continue // gone meanwhile, or young
		}
		if err = os.Remove(filepath.Join(s.dir, name, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove orphaned bytes: %w", err)
		}
	}
	return nil
}
