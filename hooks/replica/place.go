package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Place is where a replica is kept. Names are slash-separated; what is put is
// there whole or not at all.
type Place interface {
	Put(ctx context.Context, name string, from io.ReadSeeker) error
	// Get is fs.ErrNotExist where there is nothing of that name.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// List lists all whose names begin with prefix.
	List(ctx context.Context, prefix string) ([]Object, error)
	Delete(ctx context.Context, name string) error
}

// Object is something in a place.
type Object struct {
	Name    string
	Size    int64
	Changed time.Time
}

// Address is where a replica goes and how to get in: a folder that is there, or
// s3://BUCKET/PATH?endpoint=https://…&region=…&style=path with key and secret.
type Address struct{ To, Key, Secret string }

// Open makes a place of an address. It does not try it.
func (a Address) Open() (Place, error) {
	if !strings.HasPrefix(a.To, "s3://") {
		if !filepath.IsAbs(a.To) {
			return nil, fmt.Errorf("%q is neither a whole path nor s3://…", a.To)
		}
		return folder(filepath.Clean(a.To)), nil
	}
	u, err := url.Parse(a.To)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", a.To, err)
	}
	b := bucket{name: u.Host, path: strings.Trim(u.Path, "/"), key: a.Key, secret: a.Secret, slow: slow}
	b.endpoint, b.region, b.pathStyle = u.Query().Get("endpoint"), u.Query().Get("region"), u.Query().Get("style") == "path"
	if b.path != "" {
		b.path += "/"
	}
	end, err := url.Parse(b.endpoint)
	if err != nil || end.Host == "" || end.Scheme != "https" && end.Scheme != "http" || b.name == "" {
		return nil, fmt.Errorf("%q is not like s3://BUCKET/PATH?endpoint=https://…&region=…", a.To)
	}
	if b.region == "" {
		b.region = NoRegion
	}
	return b, nil
}

// ErrForgets refuses a place that takes what it is given and has something else.
var ErrForgets = errors.New("what was written there does not come back: is it a store?")

// NoRegion is what stores that have no regions are asked for.
const NoRegion = "us-east-1"

// Try writes to a place, and reads that again, before it is relied upon.
func Try(ctx context.Context, p Place) error {
	const probe, word = "probe", "ok"
	if err := p.Put(ctx, probe, strings.NewReader(word)); err != nil {
		return err
	}
	if said, err := read(ctx, p, probe); err != nil || said != word {
		return errors.Join(ErrForgets, err)
	}
	return p.Delete(ctx, probe)
}

// folder is a place on this machine, or one that is mounted there.
type folder string

const draft = ".part"

func (f folder) at(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) Put(_ context.Context, name string, from io.ReadSeeker) (err error) {
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
	_, err = io.Copy(out, from)
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

func (f folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.at(name))
}

func (f folder) List(ctx context.Context, prefix string) (list []Object, err error) {
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

func (f folder) Delete(_ context.Context, name string) error {
	if err := os.Remove(f.at(name)); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
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
