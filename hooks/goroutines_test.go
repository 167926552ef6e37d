package hooks_test

import (
	"go/ast"
	"path"
	"slices"
	"testing"
)

// turns are the goroutines that live as long as the program, with what recovers
// for them: each of their turns, since one fault shall not end them all.
var turns = map[string][]string{
	"access watch":            {"look"},
	"conversations commitAll": {"commit"},
	"conversations commit":    {"together"},
	"conversations tellAll":   {"tell"},
	"live Run":                {"sweep"},
	"notices tellAll":         {"safely"},
	"outbox work":             {"next"},
	"rounds work":             {"turn"},
}

// C77. A panic that no goroutine recovers ends the program, and everybody's
// conversation with it.
func TestGoroutinesRecover(t *testing.T) {
	t.Parallel()
	files := parsed(t, ".", 0)
	begun := 0
	for file, f := range files {
		if isForTests(path.Dir(file)) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			body := goroutine(n)
			if body == nil {
				return true
			}
			begun++
			if !recovers(body) && !slices.ContainsFunc(called(body), func(name string) bool { return recoversAs(files, name) }) {
				t.Errorf("%s: a goroutine does not recover", file)
			}
			return true
		})
	}
	if begun < 10 {
		t.Errorf("only %d goroutines found", begun)
	}
}

// goroutine is what n begins as one, with "go" or a WaitGroup's Go; nil where it
// begins none.
func goroutine(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.GoStmt:
		return n.Call
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Go" && len(n.Args) == 1 {
			return n.Args[0]
		}
	}
	return nil
}

// recovers reports whether something in n is deferred that recovers.
func recovers(n ast.Node) (yes bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if d, ok := n.(*ast.DeferStmt); ok {
			yes = yes || slices.ContainsFunc(called(d), func(name string) bool { return name == "recover" || name == "recovered" })
		}
		return true
	})
	return yes
}

// called lists the names of the functions that are called in n.
func called(n ast.Node) (names []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			switch f := c.Fun.(type) {
			case *ast.Ident:
				names = append(names, f.Name)
			case *ast.SelectorExpr:
				names = append(names, f.Sel.Name)
			}
		}
		return true
	})
	return names
}

// recoversAs reports whether a function of that name recovers, or each of its
// turns does.
func recoversAs(files map[string]*ast.File, name string) bool {
	for file, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.Name != name {
				continue
			}
			parts, loops := turns[path.Dir(file)+" "+name]
			if recovers(fn) || loops && !slices.ContainsFunc(parts, func(part string) bool {
				return !slices.Contains(called(fn), part) || !recoversAs(files, part)
			}) {
				return true
			}
		}
	}
	return false
}
