package files

import (
	"bytes"
	"mime"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
)

// hostileNames are C34's: what a name may try.
var hostileNames = []string{
	"", ".", "..", "../../etc/passwd", "/etc/passwd", `C:\Windows\a.exe`, "a\x00.png", "a\r\nSet-Cookie: x=1.txt", `a"b.txt`, "CON", "con.txt", "LPT1 .png",
	"COM¹.txt", ".htaccess", "...", "photo\u202egpj.exe", "👩‍🔧 报价单.pdf", "订单 42.xlsx", strings.Repeat("长", 2000) + ".png", strings.Repeat("a", 4096),
	"a." + strings.Repeat("b", 300), "a%20b.txt", "a;b=c.txt", "\xff\xfe.txt", "name.", "name ", "a*b?.txt", "\u200d\u200d", "x\u2028y.txt", "-rf", "~/.ssh",
}

// C34. Whatever a name is, it becomes a harmless one, and a header holds it as it is.
func FuzzName(f *testing.F) {
	for _, name := range hostileNames {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := Clean(name)
		if got == "" || len(got) > maxName+1 || !utf8.ValidString(got) || Clean(got) != got {
			t.Fatalf("Clean(%q) = %q, then %q", name, got, Clean(got))
		}
		if strings.ContainsAny(got, "/\\\x00\r\n\"") || got[0] == '.' || reserved.MatchString(got) || filepath.Base(got) != got {
			t.Fatalf("Clean(%q) = %q", name, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || r != joiner && unicode.Is(unicode.Cf, r) {
				t.Fatalf("Clean(%q) = %q holds %U", name, got, r)
			}
		}
		header := disposition("attachment", got)
		how, params, err := mime.ParseMediaType(header)
		if err != nil || how != "attachment" || params["filename"] != got || len(params) != 1 {
			t.Fatalf("header %q reads as %s %v: %v", header, how, params, err)
		}
		for _, c := range []byte(header) {
			if c < ' ' || c > '~' {
				t.Fatalf("header %q", header)
			}
		}
	})
}

func FuzzImageHeader(f *testing.F) {
	f.Add([]byte(aPNG(f)), "a.png")
	f.Add([]byte(aJPEG(f)), "a.jpg")
	f.Add([]byte(aGIF(f)), "a.gif")
	for _, w := range webps {
		f.Add([]byte(w), "a.webp")
	}
	f.Add([]byte(bombPNG()), "bomb.png")
	f.Fuzz(func(t *testing.T, body []byte, name string) {
		var kept stored
		err := kept.examine(bytes.NewReader(body), body[:min(len(body), headBytes)], Upload{Name: name, Purpose: ForMessage})
		if err != nil {
			return
		}
		picture := strings.HasPrefix(kept.mime, "image/")
		if picture != (kept.width > 0 && kept.height > 0) || kept.width*kept.height > MaxPixels {
			t.Fatalf("%s %dx%d", kept.mime, kept.width, kept.height)
		}
		if major, _, _ := strings.Cut(kept.mime, ";"); picture && plain[major] == nil {
			t.Fatalf("%s is shown", kept.mime)
		}
		if kept.name != Clean(kept.name) {
			t.Fatalf("name %q", kept.name)
		}
	})
}

func FuzzKey(f *testing.F) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: f.TempDir()})
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	good := Key(app, "f", "s", now)
	for _, key := range []string{good, "", ".", "..", "...", "zzzzzzzzzzzzzzz.s.x", good + "=", " " + good, strings.Repeat("a.", 200), "-1.s." + good} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		session, err := CheckKey(app, "f", key, now)
		if (err == nil) != (key == good) || err == nil && session != "s" {
			t.Fatalf("CheckKey(%q) = %q, %v", key, session, err)
		}
	})
}
