package hooks_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// send uploads content under a name as it stands, whatever a client may put there.
func (d *theDesk) sendFile(who *somebody, id, name, kind, content string) (answered, string) {
	d.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	d.must(w.WriteField("id", id))
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {kind}})
	d.must(err)
	_, err = part.Write([]byte(content))
	d.must(err, w.Close())
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.server.URL+"/api/xiaoer/visitor/files", &form)
	d.must(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+who.token)
	a := d.send(r)
	var out struct {
		File struct{ ID, URL, Name string }
	}
	if a.status != http.StatusOK {
		return a, ""
	}
	d.must(json.Unmarshal(a.body, &out))
	return d.send(d.request(http.MethodGet, out.File.URL, nil)), out.File.Name
}

const script = "<script>alert(document.domain)</script>"

// active are files that a browser would run, were it let.
var active = map[string]string{
	"a.html": "<!doctype html>" + script, "a.htm": script, "a.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml"><script>1</script></html>`, "a.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
	"a.xml": `<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><a/>`, "a.js": "alert(1)", "a.mjs": "export default 1", "a.css": "*{}", "a.json": "{}", "a.swf": "FWS\x09", "a.jar": "PK\x03\x04META-INF",
	"a.mht": "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + script, "a.hta": script, "a.exe": "MZ\x90\x00", "a.webarchive": "bplist00", "a.php": "<?php 1;", "a.shtml": "<!--#exec cmd=\"id\"-->",
	"a.png": "\x89PNG\r\n\x1a\n" + script, "b.png": script, "a.gif": "GIF89a/*" + script + "*/", "a.jpg": "\xff\xd8\xff\xe0" + script, "a.txt": "<html>" + script, "a.pdf": script, "a.wasm": "\x00asm\x01\x00\x00\x00", ".htaccess": "AddType text/html .txt",
	"a.png.html": "\x89PNG\r\n\x1a\n", "a.html.png": script, "a": script, "utf16.txt": "\xff\xfe<\x00s\x00>\x00", "utf7.txt": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
}

// C33. Whatever is uploaded, and whatever it is called, no browser takes it for a
// page: it is refused, or handed over to be saved, or shown as the plain thing that
// it is, from an origin of its own.
func TestUploadsAreNeverPages(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	who := d.arrive()
	plain := regexp.MustCompile(`^(image/(png|jpeg|gif|webp)|audio/[a-z0-9]+|application/(pdf|octet-stream)|text/plain(; charset=utf-8)?)$`)
	kept := 0
	for name, content := range active {
		for i, claimed := range []string{"text/html", "image/svg+xml", "application/javascript", "image/png", ""} {
			a, _ := d.sendFile(who, strings.NewReplacer(".", "_").Replace(name)+string(rune('a'+i)), name, claimed, content)
			if a.status != http.StatusOK {
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s as %s: %d", name, claimed, a.status)
				}
				continue
			}
			kept++
			h := a.header
			how, _, err := mime.ParseMediaType(h.Get("Content-Disposition"))
			policy := h.Get("Content-Security-Policy")
			if kind := h.Get("Content-Type"); err != nil || !plain.MatchString(kind) || kind == "application/octet-stream" && how != "attachment" || h.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(policy, "default-src 'none'") || kind != "application/pdf" && !strings.HasPrefix(policy, "sandbox;") || string(a.body) != content {
				t.Errorf("%s as %s is served as %s, %s, %q", name, claimed, kind, how, policy)
			}
		}
	}
	if kept < 40 {
		t.Errorf("only %d uploads were kept", kept)
	}
}

// C34. However a file is called, it lies under a name of ours in our folder, is
// called something harmless, and is handed over under just that.
func TestNamesOfFilesStayNames(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	who := d.arrive()
	for i, name := range []string{
		"../../../../etc/passwd", "/etc/passwd", `..\\..\\a.txt`, `C:\\Windows\\a.exe`, "a%00.txt", "a.txt\r\nSet-Cookie: x=1", `a\"b.txt`, "CON", "nul.txt", "LPT1", ".htaccess", "...", "photo\u202egpj.exe", "订单😀.txt",
		strings.Repeat("长", 1300) + ".txt", strings.Repeat("a", 4096), "a;b=c.txt", "a%0d%0aX: y.txt", "\xff\xfe.txt", "<img src=x onerror=alert(1)>.txt", "~/.ssh/authorized_keys", "-rf *", "a.txt ", "data.db", "data.db-wal", "epoch",
	} {
		a, shown := d.sendFile(who, "n"+string(rune('A'+i)), name, "text/plain", "hello")
		if a.status != http.StatusOK {
			if a.status >= http.StatusInternalServerError {
				t.Errorf("%.40q: %d %s", name, a.status, a.body)
			}
			continue
		}
		_, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
		if err != nil || params["filename"] != shown || strings.ContainsAny(shown, "/\\\r\n\x00\"<>") || strings.HasPrefix(shown, ".") || len(shown) > 201 || a.header.Get("Set-Cookie") != "" || a.header.Get("X") != "" {
			t.Errorf("%.40q is called %q and handed over as %v, %v", name, shown, params, err)
		}
	}
	var stray []string
	ours := regexp.MustCompile(`^files(/[0-9a-f]{2}(/[0-9a-f]{32})?)?$`)
	known := []string{".", "data.db", "data.db-wal", "data.db-shm", "auxiliary.db", "auxiliary.db-wal", "auxiliary.db-shm", "epoch", "ballast", "files.key", "types.d.ts", "storage", ".notify", "lock"}
	d.must(filepath.WalkDir(d.app.DataDir(), func(path string, _ fs.DirEntry, err error) error {
		below, _ := filepath.Rel(d.app.DataDir(), path)
		if below = filepath.ToSlash(below); !ours.MatchString(below) && !slices.Contains(known, below) && !strings.HasSuffix(below, ".key") && !strings.Contains(below, "audit") {
			stray = append(stray, below)
		}
		return err
	}))
	if len(stray) > 0 {
		t.Errorf("in the data folder there is %q", stray)
	}
}
