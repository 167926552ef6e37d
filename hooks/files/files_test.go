package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func picture(t testing.TB, width, height int, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func aPNG(t testing.TB) string { return picture(t, 30, 20, png.Encode) }
func aJPEG(t testing.TB) string {
	return picture(t, 30, 20, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) })
}

func aGIF(t testing.TB) string {
	return picture(t, 30, 20, func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) })
}

// webp is a picture's header in each of the three ways that WebP has.
func webp(chunk string, data ...byte) string {
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(data)))
	body := "WEBP" + chunk + string(size) + string(data)
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

var webps = map[string]string{
	"VP8X": webp("VP8X", 0, 0, 0, 0, 29, 0, 0, 19, 0, 0),
	"VP8L": webp("VP8L", 0x2f, 29, 0xc0, 4, 0, 0),
	"VP8":  webp("VP8 ", 0x10, 0, 0, 0x9d, 0x01, 0x2a, 30, 0, 20, 0),
}

func bombPNG() string {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x00\x00\x00\x00")
	return string(binary.BigEndian.AppendUint32(b, 0x6ec46216))
}

func upload(name, body string) Upload {
	return Upload{Owner: "visitor:c1", Contact: "c1", Purpose: ForMessage, Name: name, Body: strings.NewReader(body)}
}

// left lists everything that lies on the shelf.
func left(t testing.TB, app core.App) (paths []string) {
	t.Helper()
	_ = filepath.WalkDir(filepath.Join(app.DataDir(), "files"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	return paths
}

func rows(t testing.TB, app core.App) (n int) {
	t.Helper()
	if err := app.DB().NewQuery("SELECT COUNT(*) FROM files").Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// C33. What a file is decides its content, and its name has to agree.
func TestTypeIsByContentAndNameMustAgree(t *testing.T) {
	app := bare.New(t)
	for _, c := range []struct {
		name, body     string
		keptName, mime string
		width          int
		shown          bool
	}{
		{"a.png", aPNG(t), "a.png", "image/png", 30, true},
		{"a.JPG", aJPEG(t), "a.JPG", "image/jpeg", 30, true},
		{"a.gif", aGIF(t), "a.gif", "image/gif", 30, true},
		{"a.webp", webps["VP8X"], "a.webp", "image/webp", 30, true},
		{"b.webp", webps["VP8L"], "b.webp", "image/webp", 30, true},
		{"c.webp", webps["VP8"], "c.webp", "image/webp", 30, true},
		{"微信图片.jpg", aPNG(t), "微信图片.png", "image/png", 30, true},
		{"截图", aPNG(t), "截图.png", "image/png", 30, true},
		{"a.html", aPNG(t), "a.html", opaque, 0, false},
		{"a.png", "<html><script>alert(1)</script>", "a.png", opaque, 0, false},
		{"a.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`, "a.svg", opaque, 0, false},
		{"a.png", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "a.png", opaque, 0, false},
		{"x.html", "just words", "x.html", opaque, 0, false},
		{"a.txt", "订单号 42", "a.txt", "text/plain; charset=utf-8", 0, true},
		{"gbk.txt", "\xb6\xa9\xb5\xa5\xba\xc5", "gbk.txt", "text/plain", 0, true},
		{"a.csv", "a,b\n1,2\n", "a.csv", opaque, 0, false},
		{"a.pdf", "%PDF-1.7\n", "a.pdf", "application/pdf", 0, true},
		{"a.exe", "%PDF-1.7\n", "a.exe", opaque, 0, false},
		{"a.mp3", "ID3\x04\x00\x00\x00\x00\x00\x00", "a.mp3", "audio/mpeg", 0, true},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00", "a.wav", "audio/wav", 0, true},
		{"a.amr", "#!AMR\n\x00", "a.amr", "audio/amr", 0, true},
		{"a.m4a", "\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00M4A mp42isom", "a.m4a", "audio/mp4", 0, true},
		{"a.zip", "PK\x03\x04\x14\x00\x00\x00\x00\x00", "a.zip", "application/zip", 0, false},
		{"a.exe", "MZ\x90\x00\x03\x00\x00\x00", "a.exe", "application/vnd.microsoft.portable-executable", 0, false},
		{"a.js", "#!/usr/bin/env node\nalert(1)", "a.js", opaque, 0, false},
	} {
		t.Run(c.name+" "+c.mime, func(t *testing.T) {
			f, err := Store(app, upload(c.name, c.body))
			if err != nil {
				t.Fatal(err)
			}
			if f.Name() != c.keptName || f.MIME() != c.mime || f.Width() != c.width || f.Size() != int64(len(c.body)) {
				t.Errorf("kept %s %s %dx%d, %d bytes", f.Name(), f.MIME(), f.Width(), f.Height(), f.Size())
			}
			h := fetch(t, app, f, "").Header()
			if how, _, _ := strings.Cut(h.Get("Content-Disposition"), ";"); (how == "inline") != c.shown {
				t.Errorf("disposition %s", h.Get("Content-Disposition"))
			}
			if !c.shown && (h.Get("Content-Type") != opaque || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox")) {
				t.Errorf("served as %s with %s", h.Get("Content-Type"), h.Get("Content-Security-Policy"))
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func fetch(t testing.TB, app core.App, f *File, span string) *httptest.ResponseRecorder {
	t.Helper()
	e := &core.RequestEvent{App: app}
	w := httptest.NewRecorder()
	e.Response, e.Request = w, httptest.NewRequest(http.MethodGet, "/files/"+f.ID(), nil)
	if span != "" {
		e.Request.Header.Set("Range", span)
	}
	if err := Serve(e, f); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRanges(t *testing.T) {
	app := bare.New(t)
	f, err := Store(app, upload("a.txt", "0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	answer := fetch(t, app, f, "bytes=2-4")
	if body := answer.Body.String(); answer.Code != http.StatusPartialContent || body != "234" {
		t.Errorf("range = %d %q", answer.Code, body)
	}
	if body := fetch(t, app, f, "").Body.String(); body != "0123456789" {
		t.Errorf("whole = %q", body)
	}
}

// What is refused leaves nothing behind.
func TestRefusals(t *testing.T) {
	app := bare.New(t)
	broken := errors.New("the line broke")
	avatar := upload("a.pdf", "%PDF-1.7\n")
	avatar.Purpose = ForAvatar
	odd := upload("a.txt", "x")
	odd.ClientID = "é"
	for name, c := range map[string]struct {
		upload Upload
		kind   fail.Kind
	}{
		"empty":      {upload("a.txt", ""), fail.Invalid},
		"too large":  {Upload{Name: "a.bin", Purpose: ForMessage, Body: io.LimitReader(zeroes{}, MaxBytes+1)}, fail.TooLarge},
		"pixel bomb": {upload("a.png", bombPNG()), fail.TooLarge},
		"torn":       {upload("a.png", aPNG(t)[:20]), fail.Invalid},
		"avatar":     {avatar, fail.Unsupported},
		"odd id":     {odd, fail.Invalid},
		"cut off":    {Upload{Name: "a.txt", Purpose: ForMessage, Body: io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken))}, fail.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Store(app, c.upload); err == nil || fail.Of(err).Kind != c.kind {
				t.Errorf("store = %v, want %s", err, c.kind)
			}
		})
	}
	if n := rows(t, app); n != 0 || len(left(t, app)) != 0 {
		t.Errorf("%d rows and %v left behind", n, left(t, app))
	}
	if _, err := Store(app, Upload{Name: "a.bin", Purpose: ForMessage, Body: io.LimitReader(zeroes{}, MaxBytes)}); err != nil {
		t.Errorf("exactly 10 MB: %v", err)
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// C71. The header is all that is read of a picture, and the body passes through.
func TestPixelBombCostsNoMemory(t *testing.T) {
	var before, after runtime.MemStats
	app := bare.New(t)
	runtime.ReadMemStats(&before)
	for range 20 {
		_, _ = Store(app, upload("a.png", bombPNG()))
	}
	if _, err := Store(app, Upload{Name: "a.bin", Purpose: ForMessage, Body: io.LimitReader(zeroes{}, MaxBytes)}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 20<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}

// flawed fails at the nth operation with an error of the disk's.
type flawed struct {
	sheet
	left *int
}

func (f flawed) fault() error {
	if *f.left--; *f.left < 0 {
		return syscall.ENOSPC
	}
	return nil
}

func (f flawed) Write(p []byte) (int, error) {
	if err := f.fault(); err != nil {
		return 0, err
	}
	return f.sheet.Write(p)
}

func (f flawed) Sync() error { return errors.Join(f.fault(), f.sheet.Sync()) }

// C08. At whichever write or sync of an upload the disk is full, nothing of it stays,
// and it is asked for again.
func TestFullDiskLeavesNothingAndAsksForRetry(t *testing.T) {
	app := bare.New(t)
	body := strings.Repeat("word ", 40_000) // several writes
	for n := range 20 {
		s, good := shelfOf(app), n
		s.create = func(path string) (sheet, error) {
			file, err := createFile(path)
			return flawed{file, &good}, err
		}
		_, err := store(app, s, upload("a.txt", body))
		if err == nil {
			if n == 0 {
				t.Fatal("nothing was injected")
			}
			break
		}
		if fail.Of(err).Kind != fail.Full {
			t.Fatalf("store = %v", err)
		}
		if len(left(t, app)) != 0 || rows(t, app) != 0 {
			t.Fatalf("left behind: %v", left(t, app))
		}
	}
	s := shelfOf(app)
	s.free = func(string) (uint64, error) { return reserve, nil }
	if _, err := store(app, s, upload("a.txt", body)); fail.Of(err).Kind != fail.Full {
		t.Errorf("with the reserve left = %v", err)
	}
	if free, err := freeSpace(app.DataDir()); err != nil || free == 0 || free == math.MaxUint64 && runtime.GOOS == "linux" {
		t.Errorf("free space %d, %v", free, err)
	}
}

func TestBytesAreSafeBeforeTheRow(t *testing.T) {
	app := bare.New(t)
	s := shelfOf(app)
	var order []string
	s.create = func(path string) (sheet, error) {
		file, err := createFile(path)
		return watched{file, &order}, err
	}
	f, err := store(app, s, upload("a.txt", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "write sync close" {
		t.Errorf("order = %s", got)
	}
	info, err := os.Stat(s.path(f.ID()))
	if err != nil || info.Mode().Perm() != 0o600 || len(f.ID()) != 32 {
		t.Errorf("stored as %v (%v)", info, err)
	}
}

type watched struct {
	sheet
	order *[]string
}

func (w watched) Write(p []byte) (int, error) {
	*w.order = append(*w.order, "write")
	return w.sheet.Write(p)
}
func (w watched) Sync() error  { *w.order = append(*w.order, "sync"); return w.sheet.Sync() }
func (w watched) Close() error { *w.order = append(*w.order, "close"); return w.sheet.Close() }

func TestSameUploadIsTheSameFile(t *testing.T) {
	app := bare.New(t)
	again := func(owner, body string) (*File, error) {
		return Store(app, Upload{Owner: owner, ClientID: "u1", Contact: "c1", Purpose: ForMessage, Name: "a.txt", Body: strings.NewReader(body)})
	}
	first, err := again("visitor:c1", "hello")
	if err != nil {
		t.Fatal(err)
	}
	second, err := again("visitor:c1", "hello")
	if err != nil || second.ID() != first.ID() {
		t.Errorf("again = %v, %v", second, err)
	}
	if _, err = again("visitor:c1", "other"); fail.Of(err).Kind != fail.IDReused {
		t.Errorf("other bytes = %v", err)
	}
	if other, err := again("visitor:c2", "other"); err != nil || other.ID() == first.ID() {
		t.Errorf("another owner = %v, %v", other, err)
	}
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			f, err := Store(app, Upload{Owner: "staff:1", ClientID: "race", Purpose: ForMessage, Name: "a.txt", Body: strings.NewReader("same")})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = f.ID()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("ids %v", ids)
		}
	}
	if n := rows(t, app); n != 3 || len(left(t, app)) != 3 {
		t.Errorf("%d rows, %d files, want 3", n, len(left(t, app)))
	}
}

func TestClaimedOnceByItsUploaderInItsThread(t *testing.T) {
	app := bare.New(t)
	f, err := Store(app, upload("a.txt", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id, owner, contact, message string
		ok                          bool
	}{
		{f.ID(), "visitor:c2", "c1", "m1", false},
		{f.ID(), "visitor:c1", "c2", "m1", false},
		{"no such", "visitor:c1", "c1", "m1", false},
		{f.ID(), "visitor:c1", "c1", "m1", true},
		{f.ID(), "visitor:c1", "c1", "m1", true},
		{f.ID(), "visitor:c1", "c1", "m2", false},
	} {
		err = app.RunInTransaction(func(app core.App) error { return Claim(app, c.id, c.owner, c.contact, c.message) })
		if c.ok && err != nil || !c.ok && fail.Of(err).Kind != fail.FileGone {
			t.Errorf("%v: %v", c, err)
		}
	}
	undone := errors.New("undone")
	g, err := Store(app, upload("b.txt", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	_ = app.RunInTransaction(func(app core.App) error {
		return errors.Join(Claim(app, g.ID(), "visitor:c1", "c1", "m3"), undone)
	})
	if err = Claim(app, g.ID(), "visitor:c1", "c1", "m4"); err != nil {
		t.Errorf("after a rolled back claim: %v", err)
	}
}

// C76. What nobody has sent within a day goes, and bytes that no row knows; nothing else
// does.
func TestSweep(t *testing.T) {
	app := bare.New(t)
	ids := make([]string, 0, 3)
	for i, purpose := range []string{ForMessage, ForMessage, ForAvatar} {
		f, err := Store(app, Upload{Owner: "visitor:c1", Contact: "c1", Purpose: purpose, Name: strconv.Itoa(i), Body: strings.NewReader(aPNG(t))})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ID())
	}
	if err := Claim(app, ids[1], "visitor:c1", "c1", "m1"); err != nil {
		t.Fatal(err)
	}
	s, now := shelfOf(app), time.Now()
	for name, age := range map[string]time.Duration{
		"aa/" + strings.Repeat("a", 32): 25 * time.Hour, "aa/" + strings.Repeat("b", 32) + ".part": 25 * time.Hour,
		"aa/" + strings.Repeat("c", 32): time.Hour, "aa/notes.txt": 48 * time.Hour,
	} {
		path := filepath.Join(s.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, now, now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(app, now.Add(23*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, app); n != 3 {
		t.Errorf("%d rows before the day is over", n)
	}
	if err := Sweep(app, now.Add(24*time.Hour+time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := ByID(app, ids[0]); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("the unsent upload: %v", err)
	}
	if _, err := os.Stat(s.path(ids[0])); !os.IsNotExist(err) {
		t.Errorf("its bytes: %v", err)
	}
	found, err := ByIDs(app, ids)
	if err != nil || len(found) != 2 {
		t.Errorf("kept %v, %v", found, err)
	}
	if paths := left(t, app); len(paths) != 3 { // two files and what is not ours
		t.Errorf("left %v", paths)
	}
	if err = errors.Join(Remove(app, ids[1]), Remove(app, ids[1])); err != nil {
		t.Error(err)
	}
	if _, err = os.Stat(s.path(ids[1])); !os.IsNotExist(err) {
		t.Errorf("removed bytes: %v", err)
	}
}

func TestRowsAreNotWrittenAsRecords(t *testing.T) {
	app := bare.New(t)
	Register(app)
	f, err := Store(app, upload("a.txt", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := app.FindRecordById(Collection, f.ID())
	if err != nil {
		t.Fatal(err)
	}
	r.Set("mime", "text/html")
	for act, err := range map[string]error{"save": app.Save(r), "save unchecked": app.SaveNoValidate(r), "delete": app.Delete(r), "create": app.Save(core.NewRecord(r.Collection()))} {
		if fail.Of(err).Kind != fail.Forbidden {
			t.Errorf("%s = %v", act, err)
		}
	}
}
