package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"
)

// client is a place as Litestream wants it: a generation's pieces of the
// database.
type client struct {
	place Place
	name  string // of the generation
	// first brings what a piece of the database could name, before each piece;
	// nil where nothing is written.
	first func(ctx context.Context) error
	// scratch is where a piece is gathered that is made while it is read: the
	// log cannot be cut while one is, and a store is slower than a disk.
	scratch string
	sent    atomic.Int64 // bytes, to see that something moves
}

var _ litestream.ReplicaClient = (*client)(nil)

func (c *client) Type() string               { return "xiaoer" }
func (c *client) Init(context.Context) error { return nil }
func (c *client) SetLogger(*slog.Logger)     {}

func (c *client) level(n int) string { return fmt.Sprintf("%s/ltx/%d/", c.name, n) }

func (c *client) LTXFiles(ctx context.Context, level int, seek ltx.TXID, _ bool) (ltx.FileIterator, error) {
	found, err := c.place.List(ctx, c.level(level))
	if err != nil {
		return nil, err
	}
	var list []*ltx.FileInfo
	for _, o := range found {
		low, high, err := ltx.ParseFilename(strings.TrimPrefix(o.Name, c.level(level)))
		if err != nil || low < seek {
			continue
		}
		list = append(list, &ltx.FileInfo{Level: level, MinTXID: low, MaxTXID: high, Size: o.Size, CreatedAt: o.Changed.UTC()})
	}
	return ltx.NewFileInfoSliceIterator(list), nil
}

func (c *client) OpenLTXFile(ctx context.Context, level int, low, high ltx.TXID, offset, size int64) (io.ReadCloser, error) { //nolint:revive // Litestream's
	r, err := c.place.Get(ctx, c.level(level)+ltx.FormatFilename(low, high))
	if err != nil {
		return nil, err
	}
	if _, err = io.CopyN(io.Discard, r, offset); err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("skip to %d: %w", offset, err)
	}
	if size == 0 {
		return r, nil
	}
	return part{io.LimitReader(r, size), r}, nil
}

// part is the beginning of what is read.
type part struct {
	io.Reader
	io.Closer
}

func (c *client) WriteLTXFile(ctx context.Context, level int, low, high ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	piece, ready := r.(*os.File)
	if !ready {
		var err error
		if piece, err = c.gather(r); err != nil {
			return nil, err
		}
		defer func() { _ = piece.Close(); _ = os.Remove(piece.Name()) }()
	}
	if c.first != nil {
		if err := c.first(ctx); err != nil {
			return nil, err
		}
	}
	info, err := piece.Stat()
	if err != nil {
		return nil, err
	}
	if err := putCounted(ctx, c.place, c.level(level)+ltx.FormatFilename(low, high), piece, &c.sent); err != nil {
		return nil, err
	}
	return &ltx.FileInfo{Level: level, MinTXID: low, MaxTXID: high, Size: info.Size(), CreatedAt: time.Now().UTC()}, nil
}

func (c *client) gather(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp(c.scratch, "piece-*")
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(f, r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

func (c *client) DeleteLTXFiles(ctx context.Context, list []*ltx.FileInfo) error {
	for _, i := range list {
		if err := c.place.Delete(ctx, c.level(i.Level)+ltx.FormatFilename(i.MinTXID, i.MaxTXID)); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) DeleteAll(ctx context.Context) error { return deleteAll(ctx, c.place, c.name+"/") }

func deleteAll(ctx context.Context, p Place, prefix string) error {
	found, err := p.List(ctx, prefix)
	for _, o := range found {
		err = errors.Join(err, p.Delete(ctx, o.Name))
	}
	return err
}

// putCounted puts something, and counts what goes out as it does. What came to nothing
// is counted back: a place that takes all there is and then says no moves nothing.
func putCounted(ctx context.Context, p Place, name string, from io.ReadSeeker, n *atomic.Int64) error {
	r := &counted{ReadSeeker: from, n: n}
	err := p.Put(ctx, name, r)
	if err != nil {
		n.Add(-r.read.Swap(0))
	}
	return err
}

// counted counts what is read of it.
type counted struct {
	io.ReadSeeker
	read atomic.Int64
	n    *atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadSeeker.Read(b)
	c.read.Add(int64(n))
	c.n.Add(int64(n))
	return n, err
}

// absent reports whether what is said means that there is nothing.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
