package journeys_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const (
	patience = 40 * time.Second // the machine may be busy with something else
	glance   = 25 * time.Millisecond

	password   = "correct-horse-7"
	shopName   = "禾野优选"
	ownerMail  = "owner@heye.cn"
	agentMail  = "an@heye.cn"
	secondMail = "yu@heye.cn"
	ownerName  = "客服小满"
	agentName  = "客服阿安"
	secondName = "客服小雨"
)

// scratch is removed when all tests are done.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "xiaoer-journeys-"); err != nil {
		panic(err)
	}
	code := m.Run()
	closeBrowser()
	_ = os.RemoveAll(scratch)
	os.Exit(code)
}

// executable builds the program, once. It inherits GOFLAGS, so that with -race
// the server is watched as well.
var executable = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "xiaoer")
	out, err := exec.Command("go", "build", "-o", path, "github.com/dianxiaoer/xiaoer").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

// furnished is a data folder with a shop, its owner and two agents, to be copied.
var furnished = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(scratch, "furnished")
	for _, args := range [][]string{
		{"owner", "add", ownerMail, "--nickname", ownerName, "--shop", shopName, "--colour", "#2b6a4d"},
		{"staff", "add", agentMail, "--nickname", agentName},
		{"staff", "add", secondMail, "--nickname", secondName},
	} {
		if _, err := command(context.Background(), dir, append(args, "--password-stdin")...); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// command runs the program once and returns what it printed.
func command(ctx context.Context, dir string, args ...string) (string, error) {
	return commandWith(ctx, nil, dir, args...)
}

// commandWith is command with more variables in its environment.
func commandWith(ctx context.Context, env []string, dir string, args ...string) (string, error) {
	path, err := executable()
	if err != nil {
		return "", err
	}
	c := exec.CommandContext(ctx, path, append(args, "--dir", dir)...)
	c.Env = append(os.Environ(), env...)
	c.Stdin = strings.NewReader(password + "\n")
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("xiaoer %v: %w: %s", args, err, complaint.String())
	}
	return out.String(), nil
}

// program is a desk that runs, or ran.
type program struct {
	t         testing.TB
	dir       string
	listen    string // host:port, the same after each restart
	invited   string // the set-up link, when there is no owner
	cmd       *exec.Cmd
	out       *desktest.Output
	exited    chan struct{}
	forgiving bool // it was killed: its exit code says nothing
	flags     []string
	env       []string
}

// desk starts a furnished shop, where there is a browser to visit it.
func desk(t testing.TB) *program {
	t.Helper()
	chromium(t)
	from, err := furnished()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return launch(t, dir)
}

// empty starts the program in an empty folder.
func empty(t *testing.T) *program {
	t.Helper()
	chromium(t)
	return launch(t, t.TempDir())
}

func launch(t testing.TB, dir string) *program {
	t.Helper()
	p := &program{t: t, dir: dir, listen: "127.0.0.1:0"}
	p.start()
	t.Cleanup(func() { p.end(syscall.SIGTERM) })
	return p
}

var printed = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)(/\S*)`)

// start starts the program and returns when it is ready.
func (p *program) start() {
	p.t.Helper()
	path, err := executable()
	if err != nil {
		p.t.Fatal(err)
	}
	p.out, p.exited, p.forgiving = &desktest.Output{}, make(chan struct{}), false
	p.cmd = exec.Command(path, append([]string{"serve", "--http", p.listen, "--dir", p.dir}, p.flags...)...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func(c *exec.Cmd, exited chan struct{}) {
		_ = c.Wait()
		close(exited)
	}(p.cmd, p.exited)
	p.await("its address", func() bool {
		found := printed.FindStringSubmatch(p.out.String())
		if found == nil {
			return false
		}
		p.listen, p.invited = found[1], found[0]
		return true
	})
	p.await("readiness", func() bool {
		answer, err := http.Get(p.url("/readyz"))
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

func (p *program) await(what string, there func() bool) {
	p.t.Helper()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for end := time.After(2 * patience); ; {
		if there() {
			return
		}
		select {
		case <-tick.C:
		case <-p.exited:
			p.t.Fatalf("the program ended: %s", p.out)
		case <-end:
			p.t.Fatalf("no %s: %s", what, p.out)
		}
	}
}

// stop ends the program as systemd does.
func (p *program) stop() { p.t.Helper(); p.end(syscall.SIGTERM) }

// kill ends it as a power cut does, as far as a process can feel one.
func (p *program) kill() { p.t.Helper(); p.forgiving = true; p.end(syscall.SIGKILL) }

func (p *program) end(signal os.Signal) {
	p.t.Helper()
	_ = p.cmd.Process.Signal(signal) // it may have ended by itself, which shows below
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
		p.t.Errorf("the program did not stop: %s", p.out)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 && !p.forgiving {
		p.t.Errorf("the program ended with %d: %s", code, p.out)
	}
	if said := p.out.String(); strings.Contains(said, "DATA RACE") || strings.Contains(said, "panic") {
		p.t.Errorf("the program said: %s", said)
	}
}

// url is where the page is, at the desk's own origin.
func (p *program) url(path string) string { return "http://" + p.listen + path }

// run runs a command on the desk's folder while it runs.
func (p *program) run(args ...string) string {
	p.t.Helper()
	out, err := commandWith(p.t.Context(), p.env, p.dir, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// serve serves pages of a site of its own: "localhost" is another site than the
// desk's 127.0.0.1.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ErrorLog: nil}
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return "http://localhost:" + port
}
