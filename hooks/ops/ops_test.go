package ops_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
)

func TestFlagsWinOverVariables(t *testing.T) {
	t.Parallel()
	environment := []string{"XIAOER_DIR=/srv/a", "XIAOER_HTTP=:1", "XIAOER_BASE_URL=https://kf.example.com/", "XIAOER_LOG_FORMAT=json", "XIAOER_TRUSTED_PROXIES=10.0.0.0/8, ::1"}
	c, err := ops.ReadConfig([]string{"serve", "--dir", "/srv/b", "--http=:2", "--unlimited", "127.0.0.0/8", "--else", "x"}, environment)
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != "/srv/b" || c.HTTP != ":2" || c.BaseURL != "https://kf.example.com" || c.LogFormat != "json" || len(c.Trusted) != 2 || !c.Unlimited.Has("127.0.0.9") {
		t.Errorf("%+v", c)
	}
	c, err = ops.ReadConfig([]string{"serve", "--help"}, nil)
	if err != nil || c.Dir != "pb_data" || len(c.Unlimited) != 0 {
		t.Errorf("defaults: %+v, %v", c, err)
	}
	for _, wrong := range []string{"--unlimited=home", "--trusted-proxies=1.2.3", "--log-format=xml", "--log-level=loud", "--base-url=kf.example.com", "--base-url=ftp://a", "--base-url=https://a/b"} {
		if _, err := ops.ReadConfig([]string{"serve", wrong}, nil); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestCommitsReachTheDisk(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string]string{
		"data.db":      {"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "busy_timeout": "2000", "cache_size": "-2000"},
		"auxiliary.db": {"synchronous": "1", "journal_mode": "wal"},
	} {
		db, err := ops.Connect(filepath.Join(t.TempDir(), file))
		if err != nil {
			t.Fatal(err)
		}
		for pragma, value := range want {
			var got string
			if err := db.NewQuery("PRAGMA " + pragma).Row(&got); err != nil || got != value {
				t.Errorf("%s: %s = %s, want %s (%v)", file, pragma, got, value, err)
			}
		}
		_ = db.Close()
	}
}

func TestReadyUntilItStops(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	s := desktest.Serve(t, app)
	ready := func() int {
		res, err := s.Client().Get(s.URL + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, _ := io.ReadAll(res.Body)
		if res.StatusCode == http.StatusOK && string(bytes.TrimSpace(raw)) != `{"status":"ok"}` {
			t.Errorf("body %s", raw)
		}
		return res.StatusCode
	}
	if got := ready(); got != http.StatusOK {
		t.Fatalf("running: %d", got)
	}
	if _, err := app.DB().NewQuery("ALTER TABLE rights RENAME TO wrongs").Execute(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(3 * time.Second); ready() != http.StatusServiceUnavailable; {
		if time.Now().After(deadline) {
			t.Fatal("ready without its tables")
		}
	}
	if _, err := app.DB().NewQuery("ALTER TABLE wrongs RENAME TO rights").Execute(); err != nil {
		t.Fatal(err)
	}
	stopping := &core.TerminateEvent{App: app}
	if err := app.OnTerminate().Trigger(stopping, func(*core.TerminateEvent) error {
		if got := ready(); got != http.StatusServiceUnavailable {
			t.Errorf("stopping: %d", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// program runs the whole program with these arguments in a folder of its own.
func program(t *testing.T, dir, stdin string, args ...string) (code int, out, complaint string) {
	t.Helper()
	c, err := ops.ReadConfig(append(args, "--dir", dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Out = io.Discard
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, DBConnect: ops.Connect, HideStartBanner: true})
	table := hooks.Register(app, c)
	var stdout, stderr bytes.Buffer
	app.RootCmd.SetArgs(args)
	app.RootCmd.SetIn(strings.NewReader(stdin))
	app.RootCmd.SetOut(&stdout)
	app.RootCmd.SetErr(&stderr)
	code = ops.Run(app, c, hooks.Commands(app, table, c)...)
	return code, stdout.String(), stderr.String()
}

// What is piped to another program must not carry complaints, and what the
// program writes is for its own user's eyes.
func TestComplaintsAndFilesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	app := ops.App(&ops.Config{Dir: dir, LogFormat: "text", LogLevel: "info"})
	if app.RootCmd.ErrOrStderr() != io.Writer(os.Stderr) {
		t.Error("complaints do not go to standard error")
	}
	if runtime.GOOS == "windows" {
		return // no modes there
	}
	for name, create := range map[string]func(string) error{
		"folder": func(path string) error { return os.Mkdir(path, 0o777) },
		"file":   func(path string) error { return os.WriteFile(path, nil, 0o666) },
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := create(path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if open := info.Mode().Perm() & 0o077; open != 0 {
			t.Errorf("a new %s is open to others: %o", name, open)
		}
	}
}

func TestCommandsSayWhatWentWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"version"}, 0},
		{[]string{"owner", "add", "owner@heye.cn", "--password-stdin"}, 0},
		{[]string{"staff", "add", "ann@heye.cn", "--nickname", "阿安", "--role", "agent", "--password-stdin"}, 0},
		{[]string{"staff", "add", "ann@heye.cn", "--nickname", "阿安", "--password-stdin"}, 1}, // taken
		{[]string{"staff", "disable", "nobody@heye.cn"}, 1},
		{[]string{"staff", "add", "nobody", "--nickname", "谁", "--password-stdin"}, 2},
		{[]string{"staff", "add", "--nickname", "谁", "--password-stdin"}, 2},
		{[]string{"staff", "add", "x@heye.cn", "--nick", "谁"}, 2},
		{[]string{"staff"}, 2},
		{[]string{"staf"}, 2},
	} {
		code, out, complaint := program(t, dir, "correct-horse-7\n", c.args...)
		if code != c.code {
			t.Errorf("%v: exit %d, want %d: %s%s", c.args, code, c.code, out, complaint)
		}
		if (code == 0) != (complaint == "") || strings.Count(strings.TrimSpace(complaint), "\n") > 0 {
			t.Errorf("%v: said %q", c.args, complaint)
		}
	}
}

// A folder without a shop is most likely another one than was meant: only what begins a
// shop makes one there.
func TestCommandsRefuseAFolderWithoutAShop(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	for _, args := range [][]string{{"staff", "list"}, {"backup", filepath.Join(t.TempDir(), "b.zip")}, {"check"}, {"channel", "add", "官网"}, {"audit", "list"}} {
		code, out, complaint := program(t, dir, "", args...)
		if _, err := os.Stat(dir); code != 1 || out != "" || !strings.Contains(complaint, dir) || !strings.Contains(complaint, "--dir") || err == nil {
			t.Errorf("%v: exit %d, said %q; the folder: %v", args, code, complaint, err)
		}
	}
}

// While a command has the data open nobody exchanges it, from before it is opened on.
func TestNobodyRestoresUnderACommand(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "b.zip")
	if code, _, complaint := program(t, dir, "correct-horse-7\n", "owner", "add", "owner@heye.cn", "--password-stdin"); code != 0 {
		t.Fatal(complaint)
	}
	if code, _, complaint := program(t, dir, "", "backup", to); code != 0 {
		t.Fatal(complaint)
	}
	release, err := backup.Enter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, complaint := program(t, dir, "", "restore", to); code != 1 || out != "" {
		t.Errorf("restored under a command: exit %d: %s%s", code, out, complaint)
	}
	if code, _, complaint := program(t, dir, "", "staff", "list"); code != 0 {
		t.Errorf("beside it: %s", complaint)
	}
	release()
	if code, _, complaint := program(t, dir, "", "restore", to); code != 0 {
		t.Errorf("alone: %s", complaint)
	}
}

// A command beside a desk that does not give it the lock to write waits for its turn.
func TestCommandsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, _, complaint := program(t, dir, "correct-horse-7\n", "owner", "add", "owner@heye.cn", "--password-stdin"); code != 0 {
		t.Fatal(complaint)
	}
	db, err := ops.Connect(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.Begin() // immediately, as all of the program's
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(3*time.Second, func() { _ = tx.Rollback() })
	if code, out, complaint := program(t, dir, "", "staff", "list"); code != 0 || !strings.Contains(out, "owner@heye.cn") {
		t.Errorf("exit %d: %s%s", code, out, complaint)
	}
}

func TestRoutesAreListedWithTheirPermission(t *testing.T) {
	t.Parallel()
	code, out, complaint := program(t, t.TempDir(), "", "routes", "--json")
	var list []struct{ Method, Path, Command, Permission string }
	if err := json.Unmarshal([]byte(out), &list); err != nil || code != 0 {
		t.Fatalf("exit %d, %v: %s", code, err, complaint)
	}
	seen := map[string]string{}
	for _, l := range list {
		if l.Permission == "" || (l.Command == "") == (l.Path == "") {
			t.Errorf("%+v", l)
		}
		seen[l.Method+l.Path+l.Command] = l.Permission
	}
	for name, want := range map[string]string{"GET/sign-in": "anyone", "GET/readyz": "anyone", "GET/password": "signed_in", "POST/api/xiaoer/visitor/messages": "visitor", "send": ""} {
		if got, ok := seen[name]; !ok || want != "" && got != want {
			t.Errorf("%s asks for %q, want %q", name, got, want)
		}
	}
}

func TestTheProgramKnowsWhatItIs(t *testing.T) {
	t.Parallel()
	for _, c := range ops.Commands(nil, nil) {
		if c.Name() != "version" {
			continue
		}
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetArgs([]string{"--json"})
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		var said struct{ Version, Go, Platform string }
		if err := json.Unmarshal(out.Bytes(), &said); err != nil || said.Version == "" || said.Platform != runtime.GOOS+"/"+runtime.GOARCH || "go"+said.Go != runtime.Version() {
			t.Errorf("%s: %v", out.String(), err)
		}
		return
	}
	t.Error("no such command")
}

// C77. Every error that is logged is counted, a panic that was recovered among them;
// what only warns is not.
func TestLoggedErrorsAreCounted(t *testing.T) {
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	(&ops.Config{LogFormat: "json", LogLevel: "info"}).StartLogging(io.Discard)
	before := ops.Faults()
	slog.Warn("a warning")
	slog.Error("a fault")
	slog.With("of", "a round").WithGroup("g").Error("panicked", "panic", "a bug")
	if counted := ops.Faults() - before; counted != 2 {
		t.Errorf("%d of 2 were counted", counted)
	}
}
