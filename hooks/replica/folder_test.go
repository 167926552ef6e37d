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
