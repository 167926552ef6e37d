package faults_test

import (
	"bufio"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// act is one thing that the program has asked of the kernel.
type act struct {
	name     string // write, size, sync, make, move, remove, say
	path, to string
	offset   int64
	bytes    []byte
	since    int // for sync: how many acts had begun when it was asked for
}

// watched are the calls by which a file's content, or its name, changes, and by
// which a socket is spoken to.
const watched = "trace=openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdirat,mkdir,close"

var (
	called   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	answered = regexp.MustCompile(`\) += (-?\d+)`)
	quoted   = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	fd       = regexp.MustCompile(`^(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>`)
	numbers  = regexp.MustCompile(`, (\d+)`)
)

// traced reads what strace has written with -f -y -xx: every act below dir, and
// all that was said on sockets, in the order in which it happened. What was
// written counts from the moment at which it was asked for, what was synced
// from the moment at which the kernel had answered: that is the worse for us.
func traced(t testing.TB, file, dir string) []act {
	t.Helper()
	f, err := os.Open(file)
	must(t, err)
	defer f.Close()
	r := &reader{dir: dir, waits: map[string]waiting{}, at: map[string]int64{}}
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			r.line(strings.TrimSuffix(line, "\n"))
		}
		if err == io.EOF {
			return r.acts
		}
		must(t, err)
	}
}

type waiting struct {
	call, args string
	began      int
}

type reader struct {
	dir   string
	acts  []act
	waits map[string]waiting // calls that have not returned, by thread
	at    map[string]int64   // where a descriptor writes that has no offset
}

func (r *reader) line(line string) {
	if m := resumed.FindStringSubmatch(line); m != nil {
		if w, ok := r.waits[m[1]]; ok {
			delete(r.waits, m[1])
			r.returned(w, m[3])
		}
		return
	}
	m := called.FindStringSubmatch(line)
	if m == nil {
		return
	}
	w := waiting{m[2], m[3], len(r.acts)}
	if args, unfinished := strings.CutSuffix(w.args, " <unfinished ...>"); unfinished {
		w.args = args
		r.waits[m[1]] = w
		r.asked(w)
		return
	}
	r.asked(w)
	r.returned(w, w.args)
}

// asked takes what counts from the moment at which it is asked for.
func (r *reader) asked(w waiting) {
	path := where(w.args)
	switch w.call {
	case "pwrite64":
		if n := numbers.FindAllStringSubmatch(w.args, -1); r.ours(path) && len(n) >= 2 {
			r.acts = append(r.acts, act{name: "write", path: path, bytes: text(w.args), offset: number(n[1][1])})
		}
	case "write":
		r.wrote(w.args, path)
	case "ftruncate":
		if n := numbers.FindStringSubmatch(w.args); r.ours(path) && n != nil {
			r.acts = append(r.acts, act{name: "size", path: path, offset: number(hexless(n[1]))})
		}
	}
}

// wrote is a write where the descriptor stands, or to a socket.
func (r *reader) wrote(args, path string) {
	b := text(args)
	if strings.HasPrefix(path, "socket:") || strings.HasPrefix(path, "TCP") {
		r.acts = append(r.acts, act{name: "say", bytes: b})
		return
	}
	if r.ours(path) {
		key, _, _ := strings.Cut(args, "<")
		r.acts = append(r.acts, act{name: "write", path: path, bytes: b, offset: r.at[key]})
		r.at[key] += int64(len(b))
	}
}

// returned takes what counts from the moment at which the kernel has answered.
func (r *reader) returned(w waiting, rest string) {
	m := answered.FindStringSubmatch(rest)
	if m == nil || m[1] == "-1" {
		return
	}
	paths := quoted.FindAllStringSubmatch(w.args, -1)
	switch w.call {
	case "fsync", "fdatasync":
		if path := where(w.args); r.ours(path) {
			r.acts = append(r.acts, act{name: "sync", path: path, since: w.began})
		}
	case "openat":
		r.at[m[1]] = 0
		if len(paths) > 0 && strings.Contains(w.args, "O_CREAT") {
			r.named("make", decoded(paths[0][1]), "")
		}
	case "mkdirat", "mkdir":
		r.named("make", decoded(paths[0][1])+"/", "")
	case "rename", "renameat", "renameat2":
		r.named("move", decoded(paths[0][1]), decoded(paths[1][1]))
	case "unlink", "unlinkat":
		r.named("remove", decoded(paths[0][1]), "")
	}
}

func (r *reader) named(what, path, to string) {
	if r.ours(path) {
		r.acts = append(r.acts, act{name: what, path: path, to: to})
	}
}

func (r *reader) ours(path string) bool { return strings.HasPrefix(path, r.dir) }

func where(args string) string {
	if m := fd.FindStringSubmatch(args); m != nil {
		return decoded(m[1])
	}
	return ""
}

// text is the first string among the arguments.
func text(args string) []byte {
	if m := quoted.FindStringSubmatch(args); m != nil {
		return []byte(decoded(m[1]))
	}
	return nil
}

func decoded(hex string) string {
	out := make([]byte, 0, len(hex)/4)
	for i := 0; i+4 <= len(hex); i += 4 {
		b, _ := strconv.ParseUint(hex[i+2:i+4], 16, 8)
		out = append(out, byte(b))
	}
	return string(out)
}

func hexless(s string) string { return strings.TrimPrefix(s, "0x") }

func number(s string) int64 { n, _ := strconv.ParseInt(s, 10, 64); return n }
