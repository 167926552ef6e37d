package admin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/admin"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

var act = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

// writtenActs are the acts that stand in the code: in an audit.Entry, and in
// constants that begin with act.
func writtenActs(t *testing.T) []string {
	t.Helper()
	var list []string
	keep := func(e ast.Expr) {
		if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
			if text, _ := strconv.Unquote(b.Value); act.MatchString(text) {
				list = append(list, text)
			}
		}
	}
	err := filepath.WalkDir("..", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Act" {
					keep(n.Value)
				}
			case *ast.AssignStmt:
				if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && s.Sel.Name == "Act" {
					keep(n.Rhs[0])
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if strings.HasPrefix(strings.ToLower(name.Name), "act") && i < len(n.Values) {
						keep(n.Values[i])
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 5 {
		t.Errorf("only %v found", list)
	}
	return list
}

// Whatever can be in the trail is said in words, in both languages.
func TestEveryActAndFieldHasWords(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	acts := writtenActs(t)
	for _, a := range conversations.Acts {
		acts = append(acts, a)
	}
	for _, made := range []string{"made", "downloaded", "restoring", "restored"} {
		acts = append(acts, "backup."+made)
	}
	keys := map[string][]string{} // any of the values will do
	for _, w := range audit.All(app) {
		acts = append(acts, w.Acts()...)
		c, err := app.FindCollectionByNameOrId(w.Collection)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.Fields {
			_, auto := f.(*core.AutodateField)
			name := f.GetName()
			if !auto && name != w.Open && name != "id" && name != core.FieldNameTokenKey && !slices.Contains(w.Ignore, name) {
				keys[w.Kind()+" "+name] = []string{"audit.field_" + w.Kind() + "_" + name, "audit.field_" + name}
			}
		}
	}
	for _, a := range acts {
		keys[a] = []string{"audit.act_" + strings.ReplaceAll(a, ".", "_")}
		kind, _, _ := strings.Cut(a, ".")
		if !slices.Contains(admin.ActKinds, kind) {
			t.Errorf("%s cannot be chosen on the page", a)
		}
		keys["kind "+kind] = []string{"audit.acts_" + kind}
	}
	for _, k := range audit.ActorKinds {
		keys["actor "+string(k)] = []string{"audit.actor_" + string(k)}
		keys["any actor "+string(k)] = []string{"audit.any_" + string(k)}
	}
	for _, w := range []audit.Wrong{audit.Altered, audit.Missing, audit.Inserted, audit.CutOff, audit.Foreign, audit.Headless, audit.Older, audit.Adrift, audit.Noted, audit.Unguarded} {
		keys["wrong "+string(w)] = []string{"audit.wrong_" + string(w)}
	}
	for _, why := range []string{"key", "head", "tail"} {
		keys["broken "+why] = []string{"audit.reason_audit_broken_" + why}
	}
	for _, p := range access.Permissions {
		if access.Describe(p, "en") == "" {
			t.Errorf("%s is not described", p)
		}
	}
	for what, either := range keys {
		for _, lang := range locale.Languages {
			if !slices.ContainsFunc(either, func(key string) bool { return locale.In(lang).Text(key, nil) != key }) {
				t.Errorf("%s: %s is not said in %s", what, either[len(either)-1], lang)
			}
		}
	}
}
