package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

// server is one that is measured: a process of its own that runs this
// executable, or a desk that runs already.
type server struct {
	base     string
	pid      int // 0 where it is not known
	staff    []string
	password string

	dir     string // of a throw-away one
	copy    string // where its warm copy goes; "" for none
	address string
	history int
	process *exec.Cmd
	crowd   *crowd
	result  result
}

const (
	bareName     = "reference"
	warmName     = "xiaoer with a warm copy"
	startsWithin = 2 * time.Minute // PocketBase makes its database first, on whatever machine
	capMost      = 200             // conversations that an agent may be given
)

// throwAway is a server in a folder that is gone at the end.
func throwAway(ctx context.Context, name string, history int) (*server, error) {
	s := &server{history: history, password: "bench-" + strconv.Itoa(os.Getpid()) + "-Kettle"}
	s.result.Name = name
	dir, err := os.MkdirTemp("", "xiaoer-bench-")
	if err != nil {
		return s, fmt.Errorf("make a folder: %w", err)
	}
	s.dir = dir
	if name == warmName {
		s.copy = filepath.Join(dir, "copy")
		if err = os.Mkdir(s.copy, 0o700); err != nil {
			return s, fmt.Errorf("make a folder: %w", err)
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return s, fmt.Errorf("find a port: %w", err)
	}
	s.address = l.Addr().String() // the same one after a restart
	s.base = "http://" + s.address
	return s, l.Close()
}

func (s *server) bare() bool { return s.result.Name == bareName }

// setUp opens the shop and hires its first agents, by the program's own
// commands.
func (s *server) setUp(ctx context.Context) error {
	if s.bare() {
		return nil
	}
	err := s.command(ctx, "owner", "add", "owner@bench.example", "--shop", "Bench", "--password-stdin")
	if err == nil && s.history > 0 {
		err = s.command(ctx, "seed", "--messages", strconv.Itoa(s.history))
	}
	return err
}

// hire has at least n agents work here. A server without them makes do with
// those that it was named.
func (s *server) hire(ctx context.Context, n int) error {
	for s.dir != "" && len(s.staff) < n {
		email := fmt.Sprintf("agent-%d@bench.example", len(s.staff)+1)
		if !s.bare() {
			err := s.command(ctx, "staff", "add", email, "--nickname", fmt.Sprintf("客服-%d", len(s.staff)+1), "--cap", strconv.Itoa(capMost), "--password-stdin")
			if err != nil {
				return err
			}
		}
		s.staff = append(s.staff, email)
	}
	return nil
}

// command runs one of the program's commands on the folder.
func (s *server) command(ctx context.Context, args ...string) error {
	c, err := s.program(ctx, append(args, "--dir", filepath.Join(s.dir, "data"))...)
	if err != nil {
		return err
	}
	c.Stdin = strings.NewReader(s.password)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("xiaoer %s: %w: %s", strings.Join(args[:2], " "), err, out)
	}
	return nil
}

func (s *server) program(ctx context.Context, args ...string) (*exec.Cmd, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return exec.CommandContext(context.WithoutCancel(ctx), name, args...), nil //nolint:gosec // this program itself, which is told to end
}

// start starts the server and waits for its first answer.
func (s *server) start(ctx context.Context) (err error) {
	args := []string{"serve", "--unlimited", "127.0.0.0/8", "--log-level", "error"}
	if s.bare() {
		args = []string{"bench", "reference"}
	}
	if s.copy != "" {
		args = append(args, "--replica", s.copy)
	}
	if s.process, err = s.program(ctx, append(args, "--http", s.address, "--dir", filepath.Join(s.dir, "data"))...); err != nil {
		return err
	}
	s.process.Stderr = os.Stderr
	began := time.Now()
	if err = s.process.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	s.pid = s.process.Process.Pid
	asker := &client.Client{Base: s.base}
	for {
		if err = asker.Call(ctx, http.MethodGet, "/readyz", nil, nil); err == nil {
			if !s.bare() { // which makes PocketBase's database first
				s.result.Start = ms(time.Since(began))
			}
			return nil
		}
		if time.Since(began) > startsWithin {
			return fmt.Errorf("it does not answer: %w", err)
		}
		if err = pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

// stop ends the server as an update does.
func (s *server) stop() error {
	if s.process == nil || s.process.Process == nil {
		return nil
	}
	err := s.process.Process.Signal(syscall.SIGTERM)
	if err == nil {
		err = s.process.Wait()
	}
	s.process = nil
	return err
}

// end stops the server and takes its folder away.
func (s *server) end() error {
	if s.crowd != nil {
		s.crowd.leave()
	}
	if s.dir == "" {
		return nil
	}
	err := s.stop()
	var status *exec.ExitError
	if errors.As(err, &status) && s.bare() {
		err = nil // nobody asked it to end well
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
