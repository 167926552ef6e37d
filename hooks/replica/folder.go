package replica

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// folder is a place on this machine, or one that is mounted there.
type folder string

const draft = ".part"

func (f folder) at(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// within does something with a folder and no longer than ctx: a share that has gone
// away answers nothing, for ever, and nobody can call it off. What is given up ends
// when the share answers again.
func within(ctx context.Context, act func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("panicked: %v", p)
			}
		}()
		done <- act()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (f folder) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	return within(ctx, func() error { return f.put(ctx, name, from) })
}

func (f folder) put(ctx context.Context, name string, from io.ReadSeeker) (err error) {
	if _, err = os.Stat(string(f)); err != nil { // a disk that is not mounted is not written beside
		return err
	}
	path := f.at(name)
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(path+draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // where the owner says
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &callable{ctx, from})
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(path+draft, path)
	}
	if err != nil {
		_ = os.Remove(path + draft)
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// callable reads on until ctx ends.
type callable struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the copying
	from io.Reader
}

func (u *callable) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(b)
}

func (f folder) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	opened := make(chan *os.File, 1)
	err := within(ctx, func() error {
		r, err := os.Open(f.at(name))
		if err == nil {
			opened <- r
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-opened, nil
}

func (f folder) List(ctx context.Context, prefix string) ([]Object, error) {
	listed := make(chan []Object, 1)
	err := within(ctx, func() error {
		list, err := f.list(ctx, prefix)
		listed <- list
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-listed, nil
}

func (f folder) list(ctx context.Context, prefix string) (list []Object, err error) {
	root := f.at(prefix)
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case d.IsDir() || strings.HasSuffix(path, draft):
			return ctx.Err()
		}
		info, err := d.Info()
		if os.IsNotExist(err) {
			return nil // it has just been deleted
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(string(f), path)
		list = append(list, Object{Name: filepath.ToSlash(name), Size: info.Size(), Changed: info.ModTime()})
		return err
	})
	return list, err
}

func (f folder) Delete(ctx context.Context, name string) error {
	return within(ctx, func() error {
		if err := os.Remove(f.at(name)); err != nil && !os.IsNotExist(err) {
			return err
		}
		return nil
	})
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path) //nolint:gosec // where the owner says
	if err != nil {
		return err
	}
	_ = d.Sync() // not every network's file system can
	return d.Close()
}
