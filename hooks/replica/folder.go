package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// folder is a place on this machine, or one that is mounted there.
type folder string

const draft = ".part"

func (f folder) at(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// within does something with a folder and no longer than ctx: a share that has gone
// away answers nothing, for ever, and nobody can call it off. What is given up ends
// when the share answers again.
func within[T any](ctx context.Context, act func() (T, error)) (T, error) {
	type answer struct {
		is  T
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("panicked: %v", p)
			}
			answered <- a
		}()
		a.is, a.err = act()
	}()
	select {
	case a := <-answered:
		return a.is, a.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

func (f folder) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	_, err := within(ctx, func() (struct{}, error) { return struct{}{}, f.put(ctx, name, from) })
	return err
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
	_, err = io.Copy(out, Until(ctx, from))
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
	_ = disk.SyncFolder(filepath.Dir(path)) // not every network's file system can
	return nil
}

// marked is a folder of a replica's, which says whose it is. What lies where a disk
// should be mounted does not, and is not written to.
type marked struct{ folder }

func (m marked) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	_, err := within(ctx, func() (struct{}, error) {
		if _, err := os.Stat(m.at(deskFile)); os.IsNotExist(err) && name != deskFile {
			return struct{}{}, ErrVanished
		}
		return struct{}{}, m.put(ctx, name, from)
	})
	return err
}

// Until reads on until ctx ends.
func Until(ctx context.Context, from io.Reader) io.Reader { return &reading{ctx, from} }

type reading struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the copying
	from io.Reader
}

func (r *reading) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(b)
}

func (f folder) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	opened, err := within(ctx, func() (*os.File, error) { return os.Open(f.at(name)) })
	if err != nil {
		return nil, err
	}
	return opened, nil
}

func (f folder) Size(ctx context.Context, name string) (int64, error) {
	return within(ctx, func() (int64, error) {
		info, err := os.Stat(f.at(name))
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	})
}

func (f folder) List(ctx context.Context, prefix string) ([]Object, error) {
	return within(ctx, func() ([]Object, error) { return f.list(ctx, prefix) })
}

func (f folder) list(ctx context.Context, prefix string) (list []Object, err error) {
	root, begins := f.at(""), f.at(prefix) // of names in it
	if i := strings.LastIndex(prefix, "/"); i >= 0 {
		root = f.at(prefix[:i])
	}
	if strings.HasSuffix(prefix, "/") || prefix == "" {
		begins = root
	}
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case path != root && !strings.HasPrefix(path, begins):
			return beside(d)
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

// beside leaves out what does not begin as is wanted.
func beside(d os.DirEntry) error {
	if d.IsDir() {
		return filepath.SkipDir
	}
	return nil
}

func (f folder) Delete(ctx context.Context, name string) error {
	_, err := within(ctx, func() (struct{}, error) {
		err := os.Remove(f.at(name))
		if os.IsNotExist(err) {
			err = nil
		}
		return struct{}{}, err
	})
	return err
}

// Tidy looks only where replicas put things: the folder may hold much that is somebody
// else's.
func (f folder) Tidy(ctx context.Context, before time.Time) error {
	_, err := within(ctx, func() (struct{}, error) {
		entries, err := os.ReadDir(string(f))
		for _, e := range entries {
			name := e.Name() + "/"
			if e.IsDir() && (name == uploads || name == marks || generation.MatchString(e.Name())) {
				err = errors.Join(err, f.tidy(ctx, e.Name(), before))
			}
		}
		return struct{}{}, err
	})
	return err
}

func (f folder) tidy(ctx context.Context, name string, before time.Time) error {
	return filepath.WalkDir(f.at(name), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, draft) {
			err = removeBefore(path, before)
		}
		if os.IsNotExist(err) {
			err = nil // it has just been put, or deleted
		}
		return errors.Join(err, ctx.Err())
	})
}

func removeBefore(path string, before time.Time) error {
	info, err := os.Lstat(path)
	if err != nil || !info.ModTime().Before(before) {
		return err
	}
	return os.Remove(path)
}
