package static

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

const consoleEntry = "js/console/main.js"

// TestConsoleIsLight holds what /desk loads before anybody clicks: 120 KB.
func TestConsoleIsLight(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		names := append(Modules(consoleEntry), "js/theme.js", "css/ui.css", "css/console.css", "icons.svg", "favicon.svg", "js/locale/console."+lang+".js")
		got, err := Weight(names...)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes in %d files", lang, got, len(names))
		if most := 120 << 10; got > most {
			t.Errorf("the console weighs %d bytes in %s, more than %d", got, lang, most)
		}
	}
}

func TestEveryImportIsThere(t *testing.T) {
	t.Parallel()
	for name := range loaded().assets {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, module := range Modules(name) {
			if loaded().assets[module] == nil {
				t.Errorf("%s imports %s, which is not there", name, module)
			}
		}
	}
}

func TestNothingEvaluates(t *testing.T) {
	t.Parallel()
	evaluates := regexp.MustCompile(`\beval\(|\bnew Function\b|\bFunction\(`)
	for name, a := range loaded().assets {
		if found := evaluates.Find(a.raw); found != nil && strings.HasSuffix(name, ".js") {
			t.Errorf("%s: %s is stopped by the content security policy", name, found)
		}
	}
}

// sources are the scripts and templates, by name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, a := range loaded().assets {
		if strings.HasSuffix(name, ".js") && !strings.Contains(name, "/vendor/") {
			all[name] = string(a.raw)
		}
	}
	for dir, ending := range map[string]string{"../views": ".templ", "../hooks": ".go"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) {
				return err
			}
			raw, err := os.ReadFile(path)
			all[path] = string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestSpriteHoldsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	sprite := string(loaded().assets["icons.svg"].raw)
	drawn := regexp.MustCompile(`(?:<\$\{Icon\} name="|\bicon="|\bIcon: "|\bicon\("|\bIcon\("|icons\.svg#)([a-z0-9-]+)"`)
	said := &strings.Builder{}
	for name, text := range sources(t) {
		said.WriteString(text)
		for _, found := range drawn.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(sprite, `<symbol id="`+found[1]+`"`) {
				t.Errorf("%s draws %q, which is not in icons.svg", name, found[1])
			}
		}
	}
	for _, found := range regexp.MustCompile(`<symbol id="([^"]+)"`).FindAllStringSubmatch(sprite, -1) {
		if !strings.Contains(said.String(), `"`+found[1]+`"`) {
			t.Errorf("icons.svg holds %q, which nothing draws", found[1])
		}
	}
}

func TestConsoleSaysOnlyWhatIsWritten(t *testing.T) {
	t.Parallel()
	raw, err := locale.Script("console", locale.Default)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]any{}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(string(raw), "export default "), ";\n")), &words); err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\bt\("([a-z_0-9]+)"[),]`)
	for name, text := range sources(t) {
		if !strings.HasPrefix(name, "js/console/") {
			continue
		}
		for _, found := range asked.FindAllStringSubmatch(text, -1) {
			if _, ok := words[found[1]]; !ok {
				t.Errorf("%s says %q, which console.%s.toml does not have", name, found[1], locale.Default)
			}
		}
	}
}

func TestAddressFollowsContent(t *testing.T) {
	t.Parallel()
	ask := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w
	}
	now := ask(URL(consoleEntry), "gzip, br")
	if now.Code != http.StatusOK || now.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(now.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("today's address: %d %v", now.Code, now.Header())
	}
	if kind := now.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") {
		t.Errorf("content type %q", kind)
	}
	old := ask("/static/000000000000/"+consoleEntry, "")
	if old.Code != http.StatusOK || old.Header().Get("Content-Encoding") != "" || old.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("another version's address: %d %v", old.Code, old.Header())
	}
	for _, path := range []string{"/static/", URL("static.go"), URL("../static.go"), URL("js"), "/static/x/"} {
		if got := ask(path, ""); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
	if got := ask(URL("js/locale/console.en.js"), ""); !strings.HasPrefix(got.Body.String(), "export default {") {
		t.Errorf("words: %q", got.Body.String()[:40])
	}
}

func TestCommentsStayAtHome(t *testing.T) {
	t.Parallel()
	written := "/* what\n * it is\n */\nlet a = 1; // why\n\t// a trap\nlet b = \"//\"; /* here */ let c = `\n/*${b}*/ c`;\n/** d */ d();\n"
	sent := "\n\n\nlet a = 1; // why\n\nlet b = \"//\"; /* here */ let c = `\n/*${b}*/ c`;\n/** d */ d();\n"
	if got := string(lean("js/x.js", []byte(written))); got != sent {
		t.Errorf("sent as %q", got)
	}
	for _, name := range []string{"js/vendor/x.js", "x.svg"} {
		if got := string(lean(name, []byte(written))); got != written {
			t.Errorf("%s is sent as %q", name, got)
		}
	}
}
