package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Replace puts content into a file such that after a power cut it is there in whole, or
// as it was before. It is its owner's alone.
func Replace(path string, content []byte) error {
	return put(path, content, os.Rename)
}

// Create is [Replace] where there is no such file; what another process has put there
// meanwhile stays, and is no less durable when this returns.
func Create(path string, content []byte) error {
	return put(path, content, func(from, to string) error {
		if err := os.Link(from, to); err != nil && !errors.Is(err, fs.ErrExist) {
			return err //nolint:wrapcheck // its caller says what was being done
		}
		return nil
	})
}

func put(path string, content []byte, as func(from, to string) error) error {
	dir, name := filepath.Split(path)
	draft, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return err //nolint:wrapcheck // its caller says what was being done
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(content)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err = as(draft.Name(), path); err != nil {
		return err
	}
	return SyncFolder(dir)
}

// SyncFolder makes the names in a folder outlive a power cut.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there; the file system journals them
	}
	d, err := os.Open(path) //nolint:gosec // our own folder
	if err != nil {
		return err //nolint:wrapcheck // its caller says what was being done
	}
	return errors.Join(d.Sync(), d.Close())
}
