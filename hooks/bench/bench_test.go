package bench_test

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What drives a desk knows nothing of it but its protocol's client.
func TestBenchKnowsNoServer(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range f.Imports {
			if p, ours := strings.CutPrefix(strings.Trim(one.Path.Value, `"`), "github.com/dianxiaoer/xiaoer/"); ours && p != "hooks/client" {
				t.Errorf("%s knows %s", name, p)
			}
		}
	}
}

// A short run of the real program measures everything, loses nothing and leaves
// nothing behind.
func TestBenchMeasures(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "xiaoer")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	temporary := t.TempDir()
	run := exec.CommandContext(t.Context(), program, "bench", "--json", "--reference", "--history", "300", "--rounds", "1", "--seconds", "1", "--conversations", "12", "--idle", "20", "--resume", "10", "--most", "14", "--settle", "100ms")
	run.Env = append(os.Environ(), "TMPDIR="+temporary)
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.Bytes())
	}
	type figures struct {
		Sent, Acked, Delivered int
		Rate                   float64 `json:"acked_and_delivered_per_second"`
	}
	var report struct {
		Servers []struct {
			Server  string
			Resumed int     `json:"resumed_after_restart"`
			Paced   figures `json:"a_word_a_second"`
			Flood   figures `json:"as_fast_as_it_goes"`
			Most    int     `json:"visitors_carried"`
		}
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report.Servers) != 3 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, s := range report.Servers {
		for _, f := range []figures{s.Paced, s.Flood} {
			if f.Sent < 12 || f.Acked != f.Sent || f.Delivered != f.Sent || f.Rate == 0 {
				t.Errorf("%s: %+v", s.Server, f)
			}
		}
		if s.Server != "reference" && s.Resumed != 10 {
			t.Errorf("%d of 10 came back", s.Resumed)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
