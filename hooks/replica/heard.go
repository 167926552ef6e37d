package replica

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"syscall"
)

// heard is a place, and whether it has failed: a line that was cut, or a store that
// says no, is not a piece that is missing or cannot be read.
type heard struct {
	Place
	failed atomic.Bool
}

func (h *heard) hear(err error) {
	if err != nil && err != io.EOF && !absent(err) && !errors.Is(err, syscall.EIO) && !errors.Is(err, context.Canceled) { //nolint:errorlint // who reads returns io.EOF as it is
		h.failed.Store(true)
	}
}

func (h *heard) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := h.Place.Get(ctx, name)
	h.hear(err)
	if err != nil {
		return nil, err
	}
	return &hearing{r, h}, nil
}

func (h *heard) List(ctx context.Context, prefix string) ([]Object, error) {
	list, err := h.Place.List(ctx, prefix)
	h.hear(err)
	return list, err
}

type hearing struct {
	io.ReadCloser
	by *heard
}

func (h *hearing) Read(b []byte) (int, error) {
	n, err := h.ReadCloser.Read(b)
	h.by.hear(err)
	return n, err
}
