//go:build unix

package replica

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A share that has gone away keeps nobody longer than they want to wait.
func TestShareThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"got", "put" + draft} { // nobody is at their other end
		path := filepath.Join(dir, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if f, err := os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
				_ = f.Close()
			}
		})
	}
	for what, act := range map[string]func(context.Context) error{
		"get": func(ctx context.Context) error { _, err := folder(dir).Get(ctx, "got"); return err },
		"put": func(ctx context.Context) error { return folder(dir).Put(ctx, "put", strings.NewReader("x")) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := act(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
		cancel()
	}
	if err := folder(dir).Put(t.Context(), "other", strings.NewReader("x")); err != nil {
		t.Errorf("another one meanwhile: %v", err)
	}
}

// What was begun and never put is deleted in time: whoever was killed may have left a
// whole shop's size. What somebody may still be putting is not, nor what is somebody
// else's.
func TestWhatWasNeverPutIsDeleted(t *testing.T) {
	t.Parallel()
	at, dir := t.TempDir(), t.TempDir()
	old, young, other := filepath.Join(at, uploads, "old"+draft), filepath.Join(at, uploads, "young"+draft), filepath.Join(at, "films", "a.iso"+draft)
	if err := errors.Join(os.Mkdir(filepath.Join(at, uploads), 0o700), os.Mkdir(filepath.Join(at, "films"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for path, age := range map[string]time.Duration{old: aged + time.Hour, young: aged - time.Hour, other: aged + time.Hour} {
		began := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, began, began)); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	s.say(1)
	f := s.follow(Address{To: at}, most)
	defer f.Close()
	until(t, "the old one to be deleted", func() bool { _, err := os.Stat(old); return os.IsNotExist(err) })
	for _, path := range []string{young, other} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
