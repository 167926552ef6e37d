package hooks_test

import (
	"go/ast"
	"go/token"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// Every field named in a _record.go file is in the collection that the file
// names, so that a renamed column cannot leave a silent zero behind.
func TestRecordFieldsExist(t *testing.T) {
	app := desktest.Bare(t)
	found := 0
	for file, f := range parsed(t, ".", 0) {
		if !strings.HasSuffix(file, "_record.go") {
			continue
		}
		found++
		c := collectionOf(app, f)
		if c == nil {
			t.Errorf("%s names no collection", file)
			continue
		}
		for name := range fieldsOf(f) {
			if c.Fields.GetByName(name) == nil {
				t.Errorf("%s: %s has no field %q", file, c.Name, name)
			}
		}
	}
	if found == 0 {
		t.Fatal("no record files found")
	}
}

// collectionOf is the collection that a file's first such constant names.
func collectionOf(app core.App, f *ast.File) (found *core.Collection) {
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && found == nil && len(spec.Values) == 1 {
			if name := unquoted(spec.Values[0]); name != "" {
				found, _ = app.FindCollectionByNameOrId(name)
			}
		}
		return found == nil
	})
	return found
}

// fieldsOf are the literals in a file that name fields: what is got and set,
// looked up by, and scanned into.
func fieldsOf(f *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s, ok := n.Fun.(*ast.SelectorExpr)
			if ok && len(n.Args) > 0 && (s.Sel.Name == "Set" || s.Sel.Name == "UnmarshalJSONField" || strings.HasPrefix(s.Sel.Name, "Get")) {
				names[unquoted(n.Args[0])] = true
			}
		case *ast.CompositeLit:
			if n.Type == nil || text(n.Type) != "dbx.HashExp" {
				return true
			}
			for _, e := range n.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					names[unquoted(pair.Key)] = true
				}
			}
		case *ast.Field:
			if n.Tag != nil {
				names[reflect.StructTag(unquoted(n.Tag)).Get("db")] = true
			}
		}
		return true
	})
	delete(names, "")
	delete(names, "-")
	return names
}

func unquoted(e ast.Expr) string {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(b.Value)
	return s
}

var (
	statement   = regexp.MustCompile(`(?is)^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM)\s`)
	placeholder = regexp.MustCompile(`\{:\w+\}|\?`)
	quotes      = strings.NewReplacer("{{", "`", "}}", "`", "[[", "`", "]]", "`")
)

// Every SQL statement that is a constant, wherever it is written, fits the
// schema, whether a test runs it or not.
func TestStatementsFitTheSchema(t *testing.T) {
	app := desktest.Bare(t)
	files := parsed(t, ".", 0)
	constants := map[string]ast.Expr{} // by folder and name
	for file, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
				for _, spec := range g.Specs {
					s := spec.(*ast.ValueSpec)
					for i, v := range s.Values {
						constants[path.Dir(file)+"."+s.Names[i].Name] = v
					}
				}
			}
		}
	}
	checked := 0
	for file, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			sql, ok := constant(e, path.Dir(file), constants)
			if !ok || !statement.MatchString(sql) {
				return !ok // its parts are no statements of their own
			}
			checked++
			if err := compiles(app, placeholder.ReplaceAllString(quotes.Replace(sql), "0")); err != nil {
				t.Errorf("%s: %v\n\t%s", file, err, sql)
			}
			return false
		})
	}
	if checked < 10 {
		t.Errorf("only %d statements found", checked)
	}
}

// compiles has SQLite compile a statement, or the beginning of one that goes on
// at run time.
func compiles(app core.App, sql string) (err error) {
	for _, tail := range []string{"", ")", " 1"} {
		if _, err = app.DB().NewQuery("EXPLAIN " + sql + tail).Execute(); err == nil || strings.Contains(err.Error(), "no such") {
			return err
		}
	}
	return err
}

// constant is the text of a string expression, where it is one of literals and
// constants of its own package.
func constant(e ast.Expr, dir string, constants map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return unquoted(e), e.Kind == token.STRING
	case *ast.Ident:
		value, ok := constants[dir+"."+e.Name]
		if !ok {
			return "", false
		}
		return constant(value, dir, constants)
	case *ast.BinaryExpr:
		left, ok := constant(e.X, dir, constants)
		right, ok2 := constant(e.Y, dir, constants)
		return left + right, ok && ok2 && e.Op == token.ADD
	}
	return "", false
}
