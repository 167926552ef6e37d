package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// bucket is a place in an S3-compatible store, spoken to by PocketBase's own
// client. path is "" or ends with a slash.
type bucket struct {
	name, path, endpoint, region, key, secret string
	pathStyle                                 bool
}

// open is made for each act: a client of PocketBase's has one context.
func (b bucket) open(ctx context.Context) (*filesystem.System, error) {
	s, err := filesystem.NewS3(b.name, b.region, b.endpoint, b.key, b.secret, b.pathStyle)
	if err != nil {
		return nil, fmt.Errorf("the store: %w", err)
	}
	s.SetContext(ctx)
	return s, nil
}

func (b bucket) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	s, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return s.UploadFile(&filesystem.File{Reader: opened{from}}, b.path+name)
}

// opened is what is there to be read, as PocketBase wants it.
type opened struct{ io.ReadSeeker }

func (o opened) Open() (io.ReadSeekCloser, error) { return o, nil }
func (o opened) Close() error                     { return nil }

func (b bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	s, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.GetReader(b.path + name)
	if err == nil {
		return r, nil
	}
	_ = s.Close()
	if errors.Is(err, filesystem.ErrNotFound) {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return nil, err
}

func (b bucket) List(ctx context.Context, prefix string) ([]Object, error) {
	s, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	found, err := s.List(b.path + prefix)
	if err != nil {
		return nil, err
	}
	list := make([]Object, len(found))
	for i, o := range found {
		list[i] = Object{Name: strings.TrimPrefix(o.Key, b.path), Size: o.Size, Changed: o.ModTime}
	}
	return list, nil
}

func (b bucket) Delete(ctx context.Context, name string) error {
	s, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err := s.Delete(b.path + name); err != nil && !errors.Is(err, filesystem.ErrNotFound) {
		return err
	}
	return nil
}
