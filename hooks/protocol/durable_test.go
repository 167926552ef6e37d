package protocol_test

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// Promise 1, as the writer's own connection sees it.
func TestWriterSyncsEachCommit(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	var mode, foreignKeys int
	var journal string
	err := conversations.Write(app, func(tx *conversations.Tx) error {
		db := tx.App.NonconcurrentDB()
		if err := db.NewQuery("PRAGMA synchronous").Row(&mode); err != nil {
			return err
		}
		if err := db.NewQuery("PRAGMA foreign_keys").Row(&foreignKeys); err != nil {
			return err
		}
		return db.NewQuery("PRAGMA journal_mode").Row(&journal)
	})
	if err != nil || mode != 2 || journal != "wal" || foreignKeys != 1 {
		t.Fatalf("synchronous = %d (2 is FULL), journal = %s, foreign keys = %d, %v", mode, journal, foreignKeys, err)
	}
}

// Promise 1, as the kernel sees it: between the last write to the log and the
// ack's write to the socket, the log was synced.
func TestLogIsSyncedBeforeTheAck(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("strace is needed: apt-get install strace")
		}
		t.Skip("strace is not installed: apt-get install strace")
	}
	dir := t.TempDir()
	program, data, trace := filepath.Join(dir, "xiaoer"), filepath.Join(dir, "data"), filepath.Join(dir, "trace")
	run(t, "", "go", "build", "-o", program, "github.com/dianxiaoer/xiaoer")
	run(t, password+"\n", program, "owner", "add", "boss@example.com", "--nickname", "店主", "--password-stdin", "--dir", data)

	address := freePort(t)
	server := exec.Command(strace, "-f", "-y", "-s", "9000", "-e", "trace=pwrite64,fdatasync,fsync,write,writev,sendto", "-o", trace,
		program, "serve", "--http", address, "--dir", data)
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = syscall.Kill(-server.Process.Pid, syscall.SIGKILL)
		_ = server.Wait()
	}()
	untilReady(t, address)
	ackOver(t, address, "probe-7")
	_ = syscall.Kill(-server.Process.Pid, syscall.SIGTERM)
	_ = server.Wait()

	synced, seen := false, false
	for _, line := range lines(t, trace) {
		switch {
		case strings.Contains(line, "data.db-wal") && strings.Contains(line, "pwrite64("):
			synced = false
		case strings.Contains(line, "data.db-wal") && syncCall.MatchString(line):
			synced = true
		case strings.Contains(line, `\"type\":\"ack\",\"id\":\"probe-7\"`):
			seen = true
			if !synced {
				t.Fatalf("acked before the log was synced: %s", line)
			}
		}
	}
	if !seen {
		t.Fatal("the ack was not seen in the trace")
	}
}

var syncCall = regexp.MustCompile(`(fdatasync|fsync)\(`)

// ackOver makes a visitor who sends one message and waits for its ack.
func ackOver(t *testing.T, address, id string) {
	t.Helper()
	s := &shop{t: t}
	var in frame
	s.callAt("http://"+address, "POST", "/api/xiaoer/visitor", "", frame{}, 200, &in)
	ws, _, err := (&websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}}).Dial("ws://"+address+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for _, f := range []frame{{"type": "hello", "token": in.str("token")}, {"type": "send", "id": id, "kind": "text", "text": "在吗"}} {
		if err := ws.WriteJSON(f); err != nil {
			t.Fatal(err)
		}
	}
	for {
		var f frame
		if err := ws.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.str("type") == "ack" {
			return
		}
	}
}

func run(t *testing.T, input, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Stdin = strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func untilReady(t *testing.T, address string) {
	t.Helper()
	for range 600 {
		if answer, err := http.Get("http://" + address + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // another process starts
	}
	t.Fatal("not ready")
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		out = append(out, scan.Text())
	}
	return out
}
