package replica

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/benbjohnson/litestream"
)

// Copy is a replica that can be restored.
type Copy struct {
	Fresh time.Time // until when it was surely whole; it may hold more

	place Place
	name  string
}

// Newest finds the newest whole generation of a place.
func Newest(ctx context.Context, a Address) (*Copy, error) {
	list, err := Copies(ctx, a)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Copies finds the whole generations of a place, the newest first; [ErrNothing] where
// there is none.
func Copies(ctx context.Context, a Address) (list []*Copy, err error) {
	place, err := a.Open()
	if err != nil {
		return nil, err
	}
	known, err := generations(ctx, place)
	if err != nil {
		return nil, err
	}
	for _, g := range known {
		if !g.whole {
			continue
		}
		said, err := read(ctx, place, marks+g.name)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse(time.RFC3339Nano, said)
		if err != nil {
			at = g.changed // it was written at that time
		}
		list = append(list, &Copy{Fresh: at, place: place, name: g.name})
	}
	if list == nil {
		return nil, ErrNothing
	}
	return list, nil
}

// Database writes the database, as of the last piece that was brought away, to
// a file that is not there yet. It is [ErrBroken] where that cannot be done however
// well the place answers.
func (c *Copy) Database(ctx context.Context, to string) error {
	place := &heard{Place: c.place}
	r := litestream.NewReplicaWithClient(nil, &client{place: place, name: c.name, scratch: filepath.Dir(to)})
	options := litestream.NewRestoreOptions()
	options.OutputPath = to
	err := r.Restore(ctx, options)
	switch {
	case err == nil:
		return nil
	case !place.failed.Load() && ctx.Err() == nil && !full(err):
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return fmt.Errorf("restore the database: %w", err)
}

// Keys are the program's own files, by name.
func (c *Copy) Keys(ctx context.Context) (map[string][]byte, error) {
	found, err := c.place.List(ctx, c.name+keys)
	if err != nil {
		return nil, err
	}
	list := map[string][]byte{}
	for _, o := range found {
		name := path.Base(o.Name)
		if !keyFile.MatchString(name) {
			continue
		}
		content, err := read(ctx, c.place, o.Name)
		if err != nil {
			return nil, err
		}
		list[name] = []byte(content)
	}
	return list, nil
}

// Upload opens an upload; fs.ErrNotExist where it is missing.
func (c *Copy) Upload(ctx context.Context, id string) (io.ReadCloser, error) {
	if !uploadFile.MatchString(id) {
		return nil, fmt.Errorf("%.40q is no upload", id)
	}
	return c.place.Get(ctx, uploads+id[:2]+"/"+id)
}

// small is the most that is read of what is known to be small.
const small = 1 << 20

func read(ctx context.Context, p Place, name string) (string, error) {
	r, err := p.Get(ctx, name)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	var text strings.Builder
	_, err = io.Copy(&text, io.LimitReader(r, small))
	return text.String(), err
}

func random() string {
	raw := make([]byte, 4)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// full reports whether err is that this machine has no room, and not that the copy is
// broken.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS)
}
