package hooks_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// names lists what a pattern's group finds in a text, each once.
func names(text, pattern string) []string {
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// The README names every module that is used, with its reason, and none that is
// not; every variable that the program reads; and every package.
func TestReadmeIsTrue(t *testing.T) {
	readme := read(t, "../README.md")
	modules := names(regexp.MustCompile(`(?m)^.*// indirect$`).ReplaceAllString(read(t, "../go.mod"), ""), `(?m)^(?:require)?\s+([a-z0-9.]+/\S+) v\S+$`)
	named := names(regexp.MustCompile(`(?s)\| module \| because \|.*`).FindString(readme), "`([a-z0-9.]+\\.[a-z]+/[^` ]+)`")
	if !slices.Equal(modules, named) {
		t.Errorf("go.mod has %v, the README %v", modules, named)
	}
	variables := names(read(t, "ops/config.go"), `"(XIAOER_[A-Z_]+)": `)
	if documented := names(readme, "`(XIAOER_[A-Z_]+)`"); !slices.Equal(variables, documented) {
		t.Errorf("the program reads %v, the README has %v", variables, documented)
	}
	for _, layer := range layers {
		for _, pkg := range names(layer.packages, `(\S+)`) {
			if _, err := os.Stat(pkg); err == nil && !slices.Contains(names(readme, `([a-z/]+)`), pkg) {
				t.Errorf("the README's tree lacks %s", pkg)
			}
		}
	}
}
