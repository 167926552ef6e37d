package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// bucket is a place in an S3-compatible store, spoken to by PocketBase's own
// client. path is "" or ends with a slash.
type bucket struct {
	name, path, endpoint, region, key, secret string
	pathStyle                                 bool
	slow                                      time.Duration // after which it does not answer: one that is frozen says nothing for ever
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

// inParts is from what size on PocketBase's client sends an object in parts.
const inParts = 6 << 20

// patience is how long an object of a size may take: what it needs at 64 KB a second,
// and as long as any other act.
func (b bucket) patience(size int64) time.Duration {
	return b.slow + time.Duration(size>>16)*time.Second
}

// Put makes sure of what was sent in parts: that a store refuses to put them
// together PocketBase's client does not hear.
func (b bucket) Put(ctx context.Context, name string, from io.ReadSeeker) error {
	size, err := from.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = from.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.patience(size))
	defer cancel()
	s, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if err = s.UploadFile(&filesystem.File{Reader: opened{from}}, b.path+name); err != nil || size < inParts {
		return err
	}
	is, err := s.Attributes(b.path + name)
	if err == nil && is.Size != size {
		err = fmt.Errorf("%s: %d of %d bytes: %w", name, is.Size, size, io.ErrUnexpectedEOF)
	}
	return err
}

func (b bucket) Size(ctx context.Context, name string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, b.slow)
	defer cancel()
	s, err := b.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }()
	is, err := s.Attributes(b.path + name)
	if errors.Is(err, filesystem.ErrNotFound) {
		return 0, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	if err != nil {
		return 0, err
	}
	return is.Size, nil
}

// opened is what is there to be read, as PocketBase wants it.
type opened struct{ io.ReadSeeker }

func (o opened) Open() (io.ReadSeekCloser, error) { return o, nil }
func (o opened) Close() error                     { return nil }

func (b bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	idle := time.AfterFunc(b.slow, func() { cancel(context.DeadlineExceeded) })
	defer idle.Stop()
	s, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.GetReader(b.path + name)
	if err == nil {
		return &answer{r, ctx, cancel, idle, b.slow}, nil
	}
	err = errors.Join(context.Cause(ctx), err)
	cancel(nil)
	_ = s.Close()
	if errors.Is(err, filesystem.ErrNotFound) {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return nil, err
}

// answer is an object on its way. It ends when nothing comes for long.
type answer struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // it lives as long as the reading
	cancel context.CancelCauseFunc
	idle   *time.Timer
	slow   time.Duration
}

func (a *answer) Read(b []byte) (int, error) {
	a.idle.Reset(a.slow)
	n, err := a.ReadCloser.Read(b)
	a.idle.Stop()
	if err != nil && a.ctx.Err() != nil {
		err = context.Cause(a.ctx)
	}
	return n, err
}

func (a *answer) Close() error {
	err := a.ReadCloser.Close()
	a.cancel(nil)
	return err
}

// List knows of itself whether the last question was answered: to PocketBase's
// client a line that is cut is the end of the list.
func (b bucket) List(ctx context.Context, prefix string) ([]Object, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(b.slow, func() { cancel(context.DeadlineExceeded) })
	defer idle.Stop()
	var asked, answered atomic.Int64
	s, err := b.open(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { asked.Add(1) },
		GotFirstResponseByte: func() { answered.Store(asked.Load()); idle.Reset(b.slow) },
	}))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	found, err := s.List(b.path + prefix)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err == nil && answered.Load() != asked.Load() {
		err = fmt.Errorf("list %s: %w", prefix, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, err
	}
	list := make([]Object, len(found))
	for i, o := range found {
		list[i] = Object{Name: strings.TrimPrefix(o.Key, b.path), Size: o.Size, Changed: o.ModTime}
	}
	return list, nil
}

// Tidy is the store's own business: parts of what was never put are in no list, and it
// has a rule for how long it keeps them.
func (b bucket) Tidy(context.Context, time.Time) error { return nil }

func (b bucket) Delete(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, b.slow)
	defer cancel()
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
