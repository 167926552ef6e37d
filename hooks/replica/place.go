package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Place is where a replica is kept. Names are slash-separated; what is put is
// there whole or not at all.
type Place interface {
	Put(ctx context.Context, name string, from io.ReadSeeker) error
	// Get is fs.ErrNotExist where there is nothing of that name.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Size is fs.ErrNotExist where there is nothing of that name.
	Size(ctx context.Context, name string) (int64, error)
	// List lists all whose names begin with prefix.
	List(ctx context.Context, prefix string) ([]Object, error)
	Delete(ctx context.Context, name string) error
	// Tidy deletes what was begun before a moment and never put: whoever did was killed.
	Tidy(ctx context.Context, before time.Time) error
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

// ErrForgets tells of a place that takes what it is given and has something else.
var ErrForgets = errors.New("what was written there does not come back: is it a store?")

// NoRegion is what stores that have no regions are asked for.
const NoRegion = "us-east-1"

// Try writes to a place, reads that again, and finds it, before it is relied upon.
func Try(ctx context.Context, p Place) error {
	const probe, word = "probe", "ok"
	if err := p.Put(ctx, probe, strings.NewReader(word)); err != nil {
		return err
	}
	if said, err := read(ctx, p, probe); err != nil || said != word {
		return errors.Join(ErrForgets, err)
	}
	list, err := p.List(ctx, probe)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(o Object) bool { return o.Name == probe }) {
		return ErrForgets
	}
	return p.Delete(ctx, probe)
}
