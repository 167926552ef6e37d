package chatcore_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// literal finds the regular expressions in a script. What else stands between two
// slashes, in a template, is mostly no expression, and one more is no harm.
var literal = regexp.MustCompile(`[=(,:!&|?{};\s>]/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])*)/([gimsuy]*)`)

// expressions are those of our own scripts, by source and flags.
func expressions(t *testing.T) [][2]string {
	t.Helper()
	var all [][2]string
	root := filepath.Join("..", "..", "..", "static", "js")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "vendor" || !strings.HasSuffix(path, ".js") {
			if d != nil && d.IsDir() && d.Name() == "vendor" {
				return fs.SkipDir
			}
			return err
		}
		raw, err := os.ReadFile(path)
		for _, found := range literal.FindAllStringSubmatch(string(raw), -1) {
			if !strings.ContainsAny(found[1], "`$<") || strings.HasSuffix(found[1], "$") {
				all = append(all, [2]string{found[1], found[2]})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// C73. No expression in our scripts needs more than a quarter of a second for 64 KB of whatever
// expressions choke on.
func TestNoExpressionChokes(t *testing.T) {
	all := expressions(t)
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	got := evaluate[struct {
		Slow  []string `json:"slow"`
		Worst float64  `json:"worst"`
	}](t, open(t), fmt.Sprintf("costly(%s)", raw))
	for _, slow := range got.Slow {
		t.Error(slow)
	}
	t.Logf("%d expressions, the slowest took %v ms", len(all), got.Worst)
	if len(all) < 80 {
		t.Errorf("only %d expressions were found", len(all))
	}
}

// C31, C73. Whatever is written, only http, https, mailto and tel become links, the
// rest of the text is shown as it is, and to find that out takes no time.
func TestLinksAreHarmlessWhateverIsWritten(t *testing.T) {
	const rounds = 50_000
	got := evaluate[struct {
		Broken []string `json:"broken"`
		Worst  float64  `json:"worst"`
	}](t, open(t), fmt.Sprintf("found(%d, 1)", rounds))
	for _, broken := range got.Broken {
		t.Error(broken)
	}
	t.Logf("%d texts, the slowest of 64 KB took %v ms", rounds, got.Worst)
}
