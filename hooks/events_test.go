package hooks_test

import (
	"flag"
	"go/ast"
	"go/printer"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestEventMap keeps testdata/events.txt true: a line for each binding to an
// event, PocketBase's and our own, sorted by event. "What happens when a record
// of staff changes?" is answered by one file, and every new binding shows in
// review.
func TestEventMap(t *testing.T) {
	var lines []string
	for _, f := range parsed(t, ".", 0) {
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if line := binding(call, f.Name.Name); line != "" {
					lines = append(lines, line)
				}
			}
			return true
		})
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/events.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Split(strings.TrimSpace(string(want)), "\n")
	for _, line := range lines {
		if !slices.Contains(known, line) {
			t.Errorf("new: %s", line)
		}
	}
	if got != string(want) {
		t.Error("the bindings changed: look at each, then go test ./hooks -run TestEventMap -update")
	}
}

// binding describes a call of BindFunc, or of Bind with a handler, as
// "<event>: <package>.<handler>"; "" for every other call.
func binding(call *ast.CallExpr, pkg string) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	var handler string
	switch method.Sel.Name {
	case "BindFunc":
		handler = named(call.Args[0], pkg)
	case "Bind":
		literal := handlerOf(call.Args[0])
		if literal == nil {
			return ""
		}
		for _, element := range literal.Elts {
			if field, ok := element.(*ast.KeyValueExpr); ok && text(field.Key) != "Func" {
				handler += ", " + text(field.Key) + " " + text(field.Value)
			} else if ok {
				handler = named(field.Value, pkg) + handler
			}
		}
	default:
		return ""
	}
	return event(method.X, pkg) + ": " + handler
}

// handlerOf is the hook.Handler that an expression makes, if it makes one.
func handlerOf(e ast.Expr) *ast.CompositeLit {
	if pointer, ok := e.(*ast.UnaryExpr); ok {
		e = pointer.X
	}
	literal, ok := e.(*ast.CompositeLit)
	if !ok || !strings.HasPrefix(text(literal.Type), "hook.Handler") {
		return nil
	}
	return literal
}

// event is what is bound to: "OnRecordCreate(access.Collection)", "OnServe()".
func event(e ast.Expr, pkg string) string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return text(e) // a router or a group, or a hook that somebody keeps
	}
	on, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return text(e)
	}
	if text(on.X) != "app" {
		return text(call.Fun) + "()" // one of our own
	}
	args := make([]string, len(call.Args))
	for i, a := range call.Args {
		args[i] = named(a, pkg)
	}
	return on.Sel.Name + "(" + strings.Join(args, ", ") + ")"
}

// named is a name with its package, and "func" for one without a name.
func named(e ast.Expr, pkg string) string {
	switch e := e.(type) {
	case *ast.FuncLit:
		return pkg + " func"
	case *ast.Ident:
		return pkg + "." + e.Name
	default:
		return pkg + " " + text(e)
	}
}

func text(e ast.Expr) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		return err.Error()
	}
	return b.String()
}
