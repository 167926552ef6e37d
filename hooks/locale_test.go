package hooks_test

import (
	"fmt"
	"go/ast"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

var place = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// Whatever is said in one language is said in all, with the same blanks to fill.
func TestBothLanguagesSayTheSame(t *testing.T) {
	areas := map[string]bool{}
	files, err := filepath.Glob("../views/locale/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		area, _, _ := strings.Cut(filepath.Base(file), ".")
		areas[area] = true
	}
	for area := range areas {
		first := texts(t, area, locale.Languages[0])
		for _, lang := range locale.Languages[1:] {
			other := texts(t, area, lang)
			for key, text := range first {
				if other[key] == "" {
					t.Errorf("%s.%s is not said in %s", area, key, lang)
				} else if blanks(text) != blanks(other[key]) {
					t.Errorf("%s.%s: blanks %s, in %s %s", area, key, blanks(text), lang, blanks(other[key]))
				}
			}
			for key := range other {
				if first[key] == "" {
					t.Errorf("%s.%s is said in %s alone", area, key, lang)
				}
			}
		}
	}
}

// texts are an area's messages in a language. Of plural forms it is the general
// one, since Chinese has no other.
func texts(t *testing.T, area, lang string) map[string]string {
	t.Helper()
	var raw map[string]any
	if _, err := toml.DecodeFile(fmt.Sprintf("../views/locale/%s.%s.toml", area, lang), &raw); err != nil {
		t.Error(err)
	}
	said := map[string]string{}
	for key, value := range raw {
		if forms, ok := value.(map[string]any); ok {
			value = forms["other"]
		}
		said[key], _ = value.(string)
		if strings.TrimSpace(said[key]) == "" {
			t.Errorf("%s.%s in %s says nothing", area, key, lang)
		}
	}
	return said
}

func blanks(text string) string {
	names := map[string]bool{}
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		names[found[1]] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// Every message that Go code asks for by a literal key is there.
func TestMessagesThatAreAskedForExist(t *testing.T) {
	asked := 0
	for _, dir := range []string{".", "../views"} {
		for file, f := range parsed(t, dir, 0) {
			ast.Inspect(f, func(n ast.Node) bool {
				key := asksFor(n)
				if key == "" {
					return true
				}
				asked++
				if locale.In(locale.Default).Text(key, nil) == key {
					t.Errorf("%s asks for %q, which nobody says", file, key)
				}
				return true
			})
		}
	}
	if asked < 20 {
		t.Errorf("only %d keys found", asked)
	}
}

var messageKey = regexp.MustCompile(`^[a-z_]+\.[a-z0-9_]+$`)

// asksFor is the key in fail.New(kind, "key"), in x.T("key") and in what an act says when it is done.
func asksFor(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	at := -1
	switch fun := text(call.Fun); {
	case fun == "fail.New":
		at = 1
	case fun == "web.Done":
		at = 2
	case fun == "web.DoneUndo":
		at = 3
	case strings.HasSuffix(fun, ".T"), strings.HasSuffix(fun, ".Text"):
		at = 0
	}
	if at < 0 || at >= len(call.Args) {
		return ""
	}
	if key := unquoted(call.Args[at]); messageKey.MatchString(key) {
		return key
	}
	return ""
}

// ownWords are what a page may say without asking for a message: the languages'
// own names, which are the same in every language.
var ownWords = []string{"简体中文", "English"}

var (
	markup = regexp.MustCompile(`<[^>]*>|^[^<]*>|<[^>]*$|&\w+;`)
	spoken = regexp.MustCompile(`\p{L}{2,}`)
	// attribute is what is left of a piece that lies within a tag.
	attribute = regexp.MustCompile(`^[^<>]*["=]|^ ?[a-z-]+$`)
)

// A page says nothing that is not a message, so that nobody reads half of it in
// another language.
func TestPagesSayOnlyMessages(t *testing.T) {
	literals := 0
	for file, f := range parsed(t, "../views", 0) {
		if !strings.HasSuffix(file, "_templ.go") {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || text(call.Fun) != "templruntime.WriteString" {
				return true
			}
			literals++
			said := markup.ReplaceAllString(unquoted(call.Args[2]), " ")
			for _, own := range ownWords {
				said = strings.ReplaceAll(said, own, "")
			}
			if words := spoken.FindString(said); words != "" && !attribute.MatchString(said) {
				t.Errorf("%s says %q by itself", file, words)
			}
			return true
		})
	}
	if literals < 100 {
		t.Errorf("only %d pieces of pages found", literals)
	}
}
