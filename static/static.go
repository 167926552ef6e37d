// Package static serves the program's stylesheets, scripts and icons.
//
// They are embedded as written, with no build step, under an address that
// changes with their content: /static/<digest>/js/console/main.js. So they can
// be cached for ever, and a script's relative imports stay within one version.
// Only lines that hold nothing but a comment are sent empty: they are a fifth
// of the weight of a visitor's panel. Line numbers stay.
// Each file is compressed once, when it is first asked for, and kept in memory.
//
// Beside the files there are virtual ones: js/locale/<area>.<language>.js holds
// the words of a feature for its scripts, see [locale.Script].
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

const prefix = "/static/"

//go:embed css js icons icons.svg favicon.svg
var files embed.FS

// types are fixed: what the operating system believes of .js does not matter.
var types = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".md":  "text/plain; charset=utf-8",
	".png": "image/png",
}

type asset struct {
	raw  []byte
	kind string
	once sync.Once
	gz   []byte
}

type shelf struct {
	version string
	assets  map[string]*asset
}

// loaded reads everything on first use, so that commands which show no page
// start at once.
var loaded = sync.OnceValue(load)

func load() *shelf {
	s := &shelf{assets: map[string]*asset{}}
	digest := sha256.New()
	add := func(name string, raw []byte) {
		_, _ = fmt.Fprintf(digest, "%s %d\n", name, len(raw))
		_, _ = digest.Write(raw) // a hash never fails
		s.assets[name] = &asset{raw: raw, kind: types[path.Ext(name)]}
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := files.ReadFile(name)
		if err == nil {
			add(name, lean(name, raw))
		}
		return err
	})
	if err != nil {
		panic(err) // embedded files are always readable
	}
	for _, area := range locale.Areas() {
		for _, lang := range locale.Languages {
			if raw, err := locale.Script(area, lang); err == nil {
				add("js/locale/"+area+"."+lang+".js", raw)
			}
		}
	}
	s.version = hex.EncodeToString(digest.Sum(nil))[:12]
	return s
}

// remark is a comment that has its lines to itself.
var remark = regexp.MustCompile(`(?m)^[ \t]*(?://.*|/\*(?:[^*]|\*+[^*/])*\*+/[ \t]*)$`)

// lean empties the lines that are for whoever reads the source. What others
// wrote stays whole, as their licences ask.
func lean(name string, raw []byte) []byte {
	if ext := path.Ext(name); strings.Contains(name, "/vendor/") || ext != ".js" && ext != ".css" {
		return raw
	}
	return remark.ReplaceAllFunc(raw, func(found []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(found, []byte("\n"))) })
}

// URL is the address of an asset such as "js/console/main.js".
func URL(name string) string { return prefix + loaded().version + "/" + name }

// tokens and dark are the colours and sizes that css/ui.css begins with.
var (
	tokens = regexp.MustCompile(`(?s):root\{.*?\n\}\n`)
	dark   = regexp.MustCompile(`(?s)\[data-theme=dark\](\{.*?\n\})\n`)
)

// Standalone is a style sheet for pages that leave the desk: the desk's tokens, dark
// where the system is, and the named sheet.
func Standalone(name string) ([]byte, error) {
	sheet, ok := loaded().assets[name]
	if !ok {
		return nil, fmt.Errorf("static %s: %w", name, fs.ErrNotExist)
	}
	ui := loaded().assets["css/ui.css"].raw
	night := dark.FindSubmatch(ui)
	if night == nil {
		return nil, errors.New("static css/ui.css: no tokens of the dark")
	}
	return slices.Concat(tokens.Find(ui), []byte("@media (prefers-color-scheme:dark){:root"), night[1], []byte("}\n"), sheet.raw), nil
}

// Icon is the address of one drawing in the sprite, for <use href>.
func Icon(name string) string { return URL("icons.svg") + "#" + name }

// Handler serves every asset under /static/.
//
// An address with another version's digest gets today's file, uncached: a page
// that was sent just before an update still finds its parts.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := loaded()
		version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, prefix), "/")
		a, ok := s.assets[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if version == s.version {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			w.Header().Set("Cache-Control", "no-cache")
		}
		a.serve(w, r)
	})
}

// Serve answers with one asset under an address of its own, such as /widget.js,
// whose caching the caller has decided.
func Serve(w http.ResponseWriter, r *http.Request, name string) {
	a, ok := loaded().assets[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	a.serve(w, r)
}

// ofPages are headers that mean nothing to a script or a stylesheet, and with
// sixty of them weigh as much as all their words.
var ofPages = []string{"Content-Security-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy", "X-Frame-Options"}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if a.kind != types[".svg"] { // a drawing can be opened as a page
		for _, name := range ofPages {
			h.Del(name)
		}
	}
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body := a.raw
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if gz := a.compressed(); len(gz) < len(body) {
			h.Set("Content-Encoding", "gzip")
			body = gz
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader may have gone away
}

func (a *asset) compressed() []byte {
	a.once.Do(func() {
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			panic(err) // the level is constant
		}
		_, _ = z.Write(a.raw) // a buffer takes everything
		_ = z.Close()
		a.gz = out.Bytes()
	})
	return a.gz
}

// imported finds static imports and re-exports; import() is left out, since
// what it names loads later.
var imported = regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^'"();]*?["'](\.[^"']+)["']`)

// Modules lists a script and all that it imports, itself first, so that a page
// can ask for them at once instead of one import after another.
func Modules(entry string) []string {
	names := []string{entry}
	for i := 0; i < len(names); i++ {
		a, ok := loaded().assets[names[i]]
		if !ok {
			continue
		}
		for _, found := range imported.FindAllSubmatch(a.raw, -1) {
			name := path.Join(path.Dir(names[i]), string(found[1]))
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Weight is how many bytes the named assets cost on the wire, compressed; the
// budgets in the tests are held against it. An unknown name is an error.
func Weight(names ...string) (int, error) {
	sum := 0
	for _, name := range names {
		a, ok := loaded().assets[name]
		if !ok {
			return 0, fmt.Errorf("static %s: %w", name, fs.ErrNotExist)
		}
		sum += min(len(a.raw), len(a.compressed()))
	}
	return sum, nil
}
