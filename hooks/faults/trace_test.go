package faults_test

import (
	"bufio"
	"io"
	"os"
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

// line takes a line such as
//
//	1234  pwrite64(7</data.db-wal>, "…", 4096, 8192) = 4096
//	1234  <... pwrite64 resumed>) = 4096
//
// without a regular expression: a line can be hundreds of kilobytes long.
func (r *reader) line(line string) {
	thread, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimLeft(rest, " ")
	if after, ok := strings.CutPrefix(rest, "<... "); ok {
		if w, waits := r.waits[thread]; waits {
			delete(r.waits, thread)
			r.returned(w, after)
		}
		return
	}
	call, args, ok := strings.Cut(rest, "(")
	if !ok || strings.Contains(call, " ") {
		return
	}
	w := waiting{call, args, len(r.acts)}
	if w.args, ok = strings.CutSuffix(args, " <unfinished ...>"); ok {
		r.waits[thread] = w
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
		if n := numbers(w.args); r.ours(path) && len(n) >= 2 {
			r.acts = append(r.acts, act{name: "write", path: path, bytes: text(w.args), offset: n[1]})
		}
	case "write":
		r.wrote(w.args, path)
	case "ftruncate":
		if n := numbers(w.args); r.ours(path) && len(n) > 0 {
			r.acts = append(r.acts, act{name: "size", path: path, offset: n[0]})
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
	at := strings.LastIndex(rest, ") ")
	if at < 0 {
		return
	}
	answer, _, _ := strings.Cut(strings.TrimLeft(rest[at+1:], " ="), " ")
	answer, _, _ = strings.Cut(answer, "<")
	if answer == "" || answer == "-1" || answer == "?" {
		return
	}
	paths := quoted(w.args)
	switch w.call {
	case "fsync", "fdatasync":
		if path := where(w.args); r.ours(path) {
			r.acts = append(r.acts, act{name: "sync", path: path, since: w.began})
		}
	case "openat":
		r.at[answer] = 0
		if len(paths) > 0 && strings.Contains(w.args, "O_CREAT") {
			r.named("make", paths[0], "")
		}
	case "mkdirat", "mkdir":
		r.named("make", paths[0]+"/", "")
	case "rename", "renameat", "renameat2":
		r.named("move", paths[0], paths[1])
	case "unlink", "unlinkat":
		r.named("remove", paths[0], "")
	}
}

func (r *reader) named(what, path, to string) {
	if r.ours(path) {
		r.acts = append(r.acts, act{name: what, path: path, to: to})
	}
}

func (r *reader) ours(path string) bool { return strings.HasPrefix(path, r.dir) }

// where is the path of the descriptor that a call begins with.
func where(args string) string {
	_, after, _ := strings.Cut(args[:min(len(args), 2000)], "<")
	path, _, _ := strings.Cut(after, ">")
	return decoded(path)
}

// quoted are the strings among the arguments.
func quoted(args string) (all []string) {
	for {
		_, after, ok := strings.Cut(args, `"`)
		if !ok {
			return all
		}
		inside, rest, _ := strings.Cut(after, `"`)
		all, args = append(all, decoded(inside)), rest
	}
}

// text is the first string among the arguments.
func text(args string) []byte {
	_, after, _ := strings.Cut(args, `"`)
	inside, _, _ := strings.Cut(after, `"`)
	return []byte(decoded(inside))
}

// numbers are the arguments behind the last string or descriptor.
func numbers(args string) (all []int64) {
	args = args[max(strings.LastIndexByte(args, '"'), strings.IndexByte(args, '>'))+1:]
	args, _, _ = strings.Cut(args, ")")
	for one := range strings.SplitSeq(args, ", ") {
		if n, err := strconv.ParseInt(one, 0, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// decoded is a string that strace has written with -xx.
func decoded(hex string) string {
	out := make([]byte, len(hex)/4)
	for i := range out {
		out[i] = nibble(hex[4*i+2])<<4 | nibble(hex[4*i+3])
	}
	return string(out)
}

func nibble(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
