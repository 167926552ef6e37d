package demo_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/demo"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

func open(c *ops.Config) (*pocketbase.PocketBase, *web.Table) {
	app := ops.App(c)
	return app, hooks.Register(app, c)
}

// command is `xiaoer demo` with arguments, below a root that knows --dir as the
// program's does.
func command(out *desktest.Output, args ...string) *cobra.Command {
	root := &cobra.Command{Use: "xiaoer", SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().String("dir", "pb_data", "")
	root.AddCommand(demo.Command(open))
	root.SetArgs(append([]string{"demo"}, args...))
	root.SetOut(out)
	return root
}

func TestDemoTouchesNoDataThatIsThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.db"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := command(&desktest.Output{}, "--dir", dir).ExecuteContext(t.Context())
	if f := fail.Of(err); f.Kind != fail.Invalid || f.Field != "--dir" {
		t.Errorf("a folder with data: %v", err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "data.db")); err != nil || string(raw) != "precious" {
		t.Errorf("the data is %q, %v", raw, err)
	}
}

// The command serves, says where and as whom, and leaves nothing behind.
func TestDemoServesAndLeavesNothingBehind(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("XIAOER_DIR", filepath.Join(tmp, "real"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, done := &desktest.Output{}, make(chan error, 1)
	go func() { done <- command(out, "--http", "127.0.0.1:0").ExecuteContext(ctx) }() //nolint:contextcheck // it gets it by ExecuteContext
	base := waitFor(t, out, regexp.MustCompile(`(http://\S+)/desk`))
	password := waitFor(t, out, regexp.MustCompile(`owner@heye\.example\s+(\S+)`))
	for path, want := range map[string]string{"/readyz": "ok", "/demo-shop": "/widget.js", "/demo-shop/shop.css": "main", "/demo-shop/honey.png": "PNG", "/chat": "<html"} {
		if status, body := get(t, base+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.80s", path, status, body)
		}
	}
	in := strings.NewReader(`{"identity":"owner@heye.example","password":"` + password + `"}`)
	answer, err := http.Post(base+"/api/collections/staff/auth-with-password", "application/json", in)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the owner signs in: %s", answer.Status)
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// waitFor returns what the pattern's group matches as soon as it is printed.
func waitFor(t *testing.T, out *desktest.Output, pattern *regexp.Regexp) string {
	t.Helper()
	limit := time.After(3 * time.Minute) // all of the shop has a past, and the machine may be busy
	for {
		if found := pattern.FindStringSubmatch(out.String()); found != nil {
			return found[1]
		}
		select {
		case <-limit:
			t.Fatalf("no %s in %q", pattern, out)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	_, _ = b.ReadFrom(answer.Body)
	return answer.StatusCode, b.String()
}
