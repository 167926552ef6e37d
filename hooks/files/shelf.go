package files

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// reserve stays free for words: where the disk has less left, pictures are
// refused first, so that people can still write to each other.
const reserve = 64 << 20

// unfinished marks bytes that are still arriving.
const unfinished = ".part"

// shelf is the folder where bytes lie.
type shelf struct {
	dir    string
	create func(path string) (sheet, error)
	free   func(dir string) (bytes uint64, err error)
}

// sheet is a file being written; the tests have one that fails.
type sheet interface {
	io.ReadWriteSeeker
	Sync() error
	Close() error
}

func shelfOf(app core.App) shelf {
	return shelf{dir: filepath.Join(app.DataDir(), "files"), create: createFile, free: freeSpace}
}

func createFile(path string) (sheet, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec,wrapcheck // the path is made of our own folder and a random id; the caller wraps
}

// path is where a file's bytes lie. id is 32 hex digits.
func (s shelf) path(id string) string { return filepath.Join(s.dir, id[:2], id) }

// stored is what the bytes themselves told while they were kept.
type stored struct {
	id, name, mime, sha256 string
	size                   int64
	width, height          int
}

// keep writes an upload's bytes for good under a new id, or leaves nothing.
func (s shelf) keep(u Upload) (kept stored, err error) {
	if err = s.room(); err != nil {
		return stored{}, err
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	kept.id = hex.EncodeToString(raw)
	path := s.path(kept.id)
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return stored{}, fmt.Errorf("make the folder for a file: %w", err)
	}
	file, err := s.create(path + unfinished)
	if err != nil {
		return stored{}, fmt.Errorf("create a file: %w", err)
	}
	err = errors.Join(kept.fill(file, u), file.Close())
	if err == nil {
		err = os.Rename(path+unfinished, path)
	}
	if err == nil {
		err = s.syncFolders(path)
	}
	if err != nil {
		_ = os.Remove(path + unfinished)
		_ = os.Remove(path)
		return stored{}, fmt.Errorf("keep a file: %w", err)
	}
	return kept, nil
}

// fill writes the bytes, learns what they are, and makes them durable.
func (kept *stored) fill(file sheet, u Upload) error {
	var arrived counter
	var err error
	if kept.sha256, err = arrived.copy(file, u.Body); err != nil {
		return err
	}
	kept.size = arrived.n
	if arrived.n == 0 {
		return fail.New(fail.Invalid, "files.empty").On("file")
	}
	if err = kept.examine(file, arrived.head, u); err != nil {
		return err
	}
	if err = file.Sync(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return nil
}

func (s shelf) room() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for files: %w", err)
	}
	free, err := s.free(s.dir)
	if err != nil {
		return fmt.Errorf("look how much space is left: %w", err)
	}
	if free < reserve+MaxBytes {
		return fail.New(fail.Full, "fail.full")
	}
	return nil
}

// syncFolders makes the name as durable as the bytes, up to the data folder:
// any of the folders above may be as new as the file.
func (s shelf) syncFolders(path string) error {
	for _, dir := range []string{filepath.Dir(path), s.dir, filepath.Dir(s.dir)} {
		if err := disk.SyncFolder(dir); err != nil {
			return fmt.Errorf("sync a folder: %w", err)
		}
	}
	return nil
}

// forget removes bytes whose row could not be written. Where nobody can say
// whether the row is there, the bytes stay for the sweep.
func (s shelf) forget(app core.App, id string) {
	if found, err := ByIDs(app, []string{id}); err == nil && found[id] == nil {
		_ = s.remove(id)
	}
}

// Holders names the folders, beside the one of files, that want to keep what is
// deleted while they are there: a backup being made is one. Nobody gives a file of
// their own such a name: what is left behind of that name is swept.
const Holders = ".backup-*"

// remove deletes the bytes, but for a holder, which gets them.
func (s shelf) remove(id string) error {
	holders, err := filepath.Glob(filepath.Join(filepath.Dir(s.dir), Holders, filepath.Base(s.dir)))
	if err != nil {
		return fmt.Errorf("remove the bytes of file %s: %w", id, err)
	}
	for _, holder := range holders {
		to := shelf{dir: holder}.path(id)
		_ = os.Mkdir(filepath.Dir(to), 0o700) // in a holder that has just gone there is none, and must be none
		_ = os.Link(s.path(id), to)           // it may have it already
	}
	if err := os.Remove(s.path(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the bytes of file %s: %w", id, err)
	}
	return nil
}

// headBytes is as much of a file as it takes to recognise its type.
const headBytes = 3072

// counter copies at most [MaxBytes] and remembers the first of them.
type counter struct {
	n    int64
	head []byte
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if short := headBytes - len(c.head); short > 0 {
		c.head = append(c.head, p[:min(short, len(p))]...)
	}
	return len(p), nil
}

// copy returns the SHA-256 of what went through, in hex. One byte too many is
// [fail.TooLarge].
func (c *counter) copy(to io.Writer, from io.Reader) (string, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum, c), io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return "", fmt.Errorf("copy: %w", err)
	}
	if n > MaxBytes {
		return "", fail.New(fail.TooLarge, "fail.too_large", "Most", "10 MB").On("file")
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// freeSpace is what may still be written on dir's disk.
func freeSpace(dir string) (uint64, error) {
	free, _, err := disk.Space(dir)
	return free, err
}
