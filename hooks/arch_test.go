package hooks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dianxiaoer/xiaoer/"

// layers are the storeys of hooks, the ground first. A package knows those
// below its own and nobody beside it.
var layers = []struct{ name, packages string }{
	{"ground", "fail live web outbox outbound hours settings limits keys mail files sheets mask clock rounds pinyin terms client disk queries replica"},
	{"audit", "audit"},
	{"access", "access"},
	{"notices", "notices"},
	{"spine", "channels customers conversations"},
	{"features", "routing sla escalation reminders quickreplies protocol channels/widget backup search"},
	{"surfaces", "team admin console export setup health retention ops demo seed bench"},
}

// sideways are the exceptions, each with its reason. One that is no longer used
// fails too.
var sideways = map[string]string{
	"web fail":                "turns errors into answers",
	"web hours":               "shows and reads the hours of a form",
	"web settings":            "asks the shop's name, language and public address",
	"files fail":              "says what is wrong with an upload",
	"files rounds":            "looks how much room the disk has",
	"files disk":              "keeps room on the disk, and names for good",
	"keys disk":               "makes keys for good",
	"replica disk":            "makes what it writes last",
	"files keys":              "signs the addresses of files",
	"outbox clock":            "writes instants as they are stored",
	"outbound fail":           "says why nobody was reached",
	"settings fail":           "says what cannot be kept",
	"sheets fail":             "says which line of a list cannot be read",
	"mail settings":           "is from the shop",
	"customers channels":      "checks an identity with its channel's secret",
	"conversations channels":  "greets with the channel's greeting",
	"conversations customers": "knows who speaks, and makes them a customer with their first word",
	"demo ops":                "runs a program of its own, as the program itself is run",
	"sla routing":             "hands to a group only where somebody of it is there",
	"escalation routing":      "gives a conversation only to somebody who is there",
	"protocol reminders":      "shows with a conversation what its customer was promised",
	"protocol routing":        "speaks of presence and of places in the queue",
}

// forTests are imported by tests alone.
var forTests = []string{"desktest", "desktest/bare", "journeys", "faults"}

// imports lists what each file below dir imports, by file, tests left out.
func imports(t *testing.T, dir string) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	for file, f := range parsed(t, dir, parser.ImportsOnly) {
		for _, spec := range f.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			list[file] = append(list[file], p)
		}
	}
	if len(list) == 0 {
		t.Fatalf("%s: nothing found", dir)
	}
	return list
}

// parsed parses every Go file below dir, at all depths, but tests.
func parsed(t *testing.T, dir string, mode parser.Mode) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(dir, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, mode)
		files[filepath.ToSlash(file)] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func layerOf(pkg string) int {
	for i, layer := range layers {
		if slices.Contains(strings.Fields(layer.packages), pkg) {
			return i
		}
	}
	return -1
}

func isForTests(pkg string) bool {
	return slices.ContainsFunc(forTests, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
}

func TestHooksKnowOnlyWhatIsBelow(t *testing.T) {
	used := map[string]bool{}
	for file, list := range imports(t, ".") {
		pkg := path.Dir(file)
		if pkg == "." || isForTests(pkg) {
			continue
		}
		if layerOf(pkg) < 0 {
			t.Errorf("%s is in no layer", pkg)
			continue
		}
		for _, p := range list {
			other, ok := strings.CutPrefix(p, module+"hooks/")
			if !ok {
				continue
			}
			pair := pkg + " " + other
			used[pair] = true
			switch {
			case isForTests(other):
				t.Errorf("%s: %s is for tests", file, other)
			case layerOf(other) > layerOf(pkg):
				t.Errorf("%s looks up to %s", file, other)
			case layerOf(other) == layerOf(pkg) && sideways[pair] == "":
				t.Errorf("%s looks sideways to %s", file, other)
			}
		}
	}
	for pair := range sideways {
		if !used[pair] {
			t.Errorf("%q is allowed and not used", pair)
		}
	}
}

// Views are shapes: they know words, each other and the addresses of assets, and
// nothing of what the program does. Assets know words alone. The schema's
// history knows nobody.
func TestLeavesKnowNothing(t *testing.T) {
	for _, leaf := range []struct{ dir, knows string }{
		{"../views", "views static"},
		{"../static", "views/locale"},
		{"../pb_migrations", ""},
	} {
		for file, list := range imports(t, leaf.dir) {
			for _, p := range list {
				ours, isOurs := strings.CutPrefix(p, module)
				if isOurs && !slices.ContainsFunc(strings.Fields(leaf.knows), func(dir string) bool { return ours == dir || strings.HasPrefix(ours, dir+"/") }) {
					t.Errorf("%s may not import %s", file, ours)
				}
				if leaf.dir == "../views" && !isOurs && strings.Contains(p, ".") && !strings.HasPrefix(p, "github.com/a-h/templ") && path.Dir(file) != "../views/locale" {
					t.Errorf("%s may not import %s", file, p)
				}
			}
		}
	}
}
