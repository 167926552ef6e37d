// Package keys keeps the program's own secrets: random keys in files beside the
// data, readable by the program alone. It does not know what they are for.
//
// They are no part of the database, so that a copy of it, or an answer of
// PocketBase's API, holds what they lock and never the key.
package keys

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// Size is how many bytes a key has: enough for HMAC-SHA-256 and AES-256.
const Size = 32

// Of returns the key in the file of that name in the data folder. It is read
// once a process and made on first use. Without the file there is a new one, and
// what the old one locked stays locked.
func Of(app core.App, file string) ([]byte, error) {
	if key, ok := app.Store().Get(cached(file)).([]byte); ok {
		return key, nil
	}
	return Again(app, file)
}

// Again is [Of] past what this process remembers: another one may have made the
// key anew.
func Again(app core.App, file string) ([]byte, error) {
	path := filepath.Join(app.DataDir(), file)
	key, err := os.ReadFile(path) //nolint:gosec // our own folder
	if errors.Is(err, os.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", file, err)
	}
	if len(key) != Size {
		return nil, fmt.Errorf("key %s: %s is not %d bytes long", file, path, Size)
	}
	app.Store().Set(cached(file), key)
	return key, nil
}

func cached(file string) string { return "keys." + file }

// makeKey leaves exactly one key behind, whoever else makes one meanwhile, and one that
// outlives a power cut: what a key that is gone has locked or sealed is lost.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, Size)
	_, _ = rand.Read(key) // never fails
	if err := disk.Create(path, key); err != nil {
		return nil, err //nolint:wrapcheck // its caller says what was being done
	}
	return os.ReadFile(path) //nolint:gosec,wrapcheck // our own folder; its caller says what was being done
}
