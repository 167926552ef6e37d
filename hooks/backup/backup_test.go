package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// shop is a data folder with some rows, uploads and keys, and an open database.
func shop(t testing.TB) core.App {
	t.Helper()
	app := bare.New(t)
	for i := range 3 {
		put(t, app, fmt.Sprintf("picture %d %s", i, strings.Repeat("~", 1000)))
	}
	write(t, filepath.Join(app.DataDir(), "files.key"), "0123456789abcdef0123456789abcdef")
	write(t, filepath.Join(app.DataDir(), "epoch"), "of this database")
	tag(t, app, "first")
	return app
}

// put stores an upload as hooks/files does.
func put(t testing.TB, app core.App, content string) (id string) {
	t.Helper()
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	id = hex.EncodeToString(raw)
	path := filepath.Join(app.DataDir(), uploads, id[:2], id)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, path, content)
	sum := sha256.Sum256([]byte(content))
	exec(t, app, "INSERT INTO files (id, owner, sha256, size, purpose) VALUES ({:id}, 'visitor:x', {:sum}, {:size}, 'message')",
		dbx.Params{"id": id, "sum": hex.EncodeToString(sum[:]), "size": len(content)})
	return id
}

func tag(t testing.TB, app core.App, name string) {
	t.Helper()
	exec(t, app, "INSERT INTO tags (id, name, colour) VALUES ({:id}, {:name}, 'blue')", dbx.Params{"id": core.GenerateDefaultRandomId(), "name": name})
}

func exec(t testing.TB, app core.App, query string, p dbx.Params) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery(query).Bind(p).Execute(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func backedUp(t testing.TB, app core.App) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "shop.zip")
	m, err := Make(t.Context(), app.DataDir(), path, "test")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Entries) != 5 || len(m.Missing) != 0 {
		t.Fatalf("holds %v, misses %v", m.Entries, m.Missing)
	}
	return path
}

// tags are read from the folder's database, as a start of the program would.
func tags(t testing.TB, dir string) []string {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.ResetBootstrapState() }()
	var names []string
	if err := app.DB().NewQuery("SELECT name FROM tags ORDER BY name").Column(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestBackupHoldsWhatWasThere(t *testing.T) {
	t.Parallel()
	app := shop(t)
	path := backedUp(t, app)
	tag(t, app, "later")
	m, err := Verify(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(m.Rows, func(r Rows) bool { return r.Table == "tags" }); i < 0 || m.Rows[i].Count != 1 {
		t.Errorf("rows %v", m.Rows)
	}
	if left, _ := filepath.Glob(filepath.Join(app.DataDir(), files.Holders)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// C27. No byte of the file can change unseen.
func TestFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	path := backedUp(t, shop(t))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.zip")
	step := max(1, len(whole)/300)
	for at := 0; at < len(whole); at += step {
		bad := slices.Clone(whole)
		bad[at] ^= 1 << (at % 8)
		write(t, damaged, string(bad))
		if _, err := Verify(t.Context(), damaged); err == nil {
			t.Fatalf("byte %d of %d changed, and nobody noticed", at, len(whole))
		}
	}
	for _, n := range []int{0, 1, 63, 64, 100, len(whole) / 2, len(whole) - 1} {
		write(t, damaged, string(whole[:n]))
		if _, err := Verify(t.Context(), damaged); err == nil {
			t.Errorf("cut to %d bytes, and nobody noticed", n)
		}
	}
}

// forged makes an archive with a true seal out of one that was tampered with.
func forged(t testing.TB, from string, change func(name string, content []byte) (string, []byte), m func(*Manifest)) string {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	path := filepath.Join(t.TempDir(), "forged.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := zip.NewWriter(f)
	var manifest Manifest
	for _, file := range z.File {
		r, _ := file.Open()
		content, _ := io.ReadAll(r)
		if file.Name == manifestName {
			if err = json.Unmarshal(content, &manifest); err != nil {
				t.Fatal(err)
			}
			continue
		}
		name, now := change(file.Name, content)
		if name == "" {
			manifest.Entries = slices.DeleteFunc(manifest.Entries, func(e Entry) bool { return e.Name == file.Name })
			continue
		}
		for i, e := range manifest.Entries {
			if e.Name == file.Name {
				sum := sha256.Sum256(now)
				manifest.Entries[i] = Entry{name, int64(len(now)), hex.EncodeToString(sum[:])}
			}
		}
		w, _ := out.Create(name)
		_, _ = w.Write(now)
	}
	if m != nil {
		m(&manifest)
	}
	raw, err := json.Marshal(manifest)
	if err != nil {
		t.Fatal(err)
	}
	w, _ := out.Create(manifestName)
	_, _ = w.Write(raw)
	_ = out.SetComment(sealed + blank)
	if err := errors.Join(out.Close(), seal(t.Context(), f)); err != nil {
		t.Fatal(err)
	}
	return path
}

// C21. Whoever can make a seal can still not make the desk swallow what is none of
// its own.
func TestForeignArchivesAreRefused(t *testing.T) {
	t.Parallel()
	app := shop(t)
	good := backedUp(t, app)
	same := func(name string, content []byte) (string, []byte) { return name, content }
	onlyFor := func(prefix string, act func(string, []byte) (string, []byte)) func(string, []byte) (string, []byte) {
		return func(name string, content []byte) (string, []byte) {
			if strings.HasPrefix(name, prefix) {
				return act(name, content)
			}
			return name, content
		}
	}
	for name, path := range map[string]string{
		"leads out":       forged(t, good, onlyFor("files.key", func(string, []byte) (string, []byte) { return "../files.key", nil }), nil),
		"absolute":        forged(t, good, onlyFor("files.key", func(string, []byte) (string, []byte) { return "/etc/x.key", nil }), nil),
		"wrong folder":    forged(t, good, onlyFor("files/", func(n string, c []byte) (string, []byte) { return "files/zz/" + filepath.Base(n), c }), nil),
		"an upload less":  forged(t, good, onlyFor("files/", func(string, []byte) (string, []byte) { return "", nil }), nil),
		"another upload":  forged(t, good, onlyFor("files/", func(n string, c []byte) (string, []byte) { return n, bytes.ToUpper(append(c, '!')) }), nil),
		"no database":     forged(t, good, onlyFor("data.db", func(string, []byte) (string, []byte) { return "", nil }), nil),
		"torn database":   forged(t, good, onlyFor("data.db", func(n string, c []byte) (string, []byte) { return n, c[:len(c)-4096] }), nil),
		"not a database":  forged(t, good, onlyFor("data.db", func(n string, _ []byte) (string, []byte) { return n, []byte("hello") }), nil),
		"other counts":    forged(t, good, same, func(m *Manifest) { m.Rows[0].Count++ }),
		"another format":  forged(t, good, same, func(m *Manifest) { m.Format = 99 }),
		"a larger size":   forged(t, good, same, func(m *Manifest) { m.Entries[1].Size = 1 << 40 }),
		"an entry twice":  forged(t, good, same, func(m *Manifest) { m.Entries = append(m.Entries, m.Entries[0]) }),
		"not in manifest": forged(t, good, same, func(m *Manifest) { m.Entries = m.Entries[:len(m.Entries)-1] }),
	} {
		if _, err := Verify(t.Context(), path); err == nil {
			t.Errorf("%s: verified", name)
		}
		if _, err := Stage(t.Context(), path, app.DataDir(), audit.AtTheMachine()); err == nil {
			t.Errorf("%s: staged", name)
		}
		if exists(filepath.Join(app.DataDir(), staged)) {
			t.Errorf("%s: something is left of it", name)
		}
	}
}

func TestRestoreBringsBackThatMoment(t *testing.T) {
	t.Parallel()
	app := shop(t)
	dir := app.DataDir()
	path := backedUp(t, app)
	tag(t, app, "later")
	id := put(t, app, "sent later")
	write(t, filepath.Join(dir, "files.key"), "another")
	if _, err := Stage(t.Context(), path, dir, audit.AtTheMachine()); err != nil {
		t.Fatal(err)
	}
	if err := app.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	if err := start(dir); err != nil {
		t.Fatal(err)
	}
	if got := tags(t, dir); !slices.Equal(got, []string{"first"}) {
		t.Errorf("tags %v", got)
	}
	key, _ := os.ReadFile(filepath.Join(dir, "files.key"))
	if exists(filepath.Join(dir, uploads, id[:2], id)) || exists(filepath.Join(dir, "epoch")) || string(key) == "another" {
		t.Error("something of what came later is still there")
	}
	if !exists(filepath.Join(dir, Before, uploads, id[:2], id)) {
		t.Error("what was there before is not kept")
	}
	if err := start(dir); err != nil || exists(filepath.Join(dir, staged)) {
		t.Errorf("finished twice: %v", err)
	}
}

// C21. Whatever ends the program during a restore, the next start has all of the old
// state or all of the new one. Each step of the exchange is a rename; the test
// takes the folder as it is after each of them.
func TestInterruptedRestoreIsOldOrNew(t *testing.T) {
	t.Parallel()
	app := shop(t)
	path := backedUp(t, app)
	tag(t, app, "later")
	if err := app.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	pristine := app.DataDir()
	if _, err := Stage(t.Context(), path, pristine, audit.AtTheMachine()); err != nil {
		t.Fatal(err)
	}
	for cut := range 40 {
		dir := filepath.Join(t.TempDir(), "d")
		if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
			t.Fatal(err)
		}
		ended := exchangeUntil(dir, cut)
		if err := start(dir); err != nil {
			t.Fatalf("cut after %d renames: %v", cut, err)
		}
		if got := tags(t, dir); !slices.Equal(got, []string{"first"}) {
			t.Fatalf("cut after %d renames: tags %v", cut, got)
		}
		if !exists(filepath.Join(dir, Before, database)) || exists(filepath.Join(dir, staged)) {
			t.Fatalf("cut after %d renames: the old state is lost, or the restore is not over", cut)
		}
		if ended {
			return
		}
	}
	t.Fatal("the exchange does not end")
}

// exchangeUntil exchanges until so many renames were made, and reports whether
// it came to its end.
func exchangeUntil(dir string, renames int) (ended bool) {
	defer func() {
		if p := recover(); p != nil && p != "cut" {
			panic(p)
		}
	}()
	x := exchange{dir: dir, place: filepath.Join(dir, staged), rename: func(from, to string) error {
		if renames--; renames < 0 {
			panic("cut")
		}
		return os.Rename(from, to)
	}}
	return x.run() == nil
}

func TestNothingIsExchangedBeforeAllIsReady(t *testing.T) {
	t.Parallel()
	app := shop(t)
	dir := app.DataDir()
	if err := os.MkdirAll(filepath.Join(dir, staged, fresh), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, staged, fresh, database), "half of it")
	if err := start(dir); err != nil || exists(filepath.Join(dir, Before)) {
		t.Errorf("finished what was not ready: %v", err)
	}
}

// C20. An upload that is deleted while the backup is made is in it all the same, and
// one that comes meanwhile is in it where its row is.
func TestBackupBesideAMovingShop(t *testing.T) {
	t.Parallel()
	app := shop(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			id := put(t, app, fmt.Sprint("moving ", i))
			if err := files.Remove(app, id); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 5 {
		path := filepath.Join(t.TempDir(), "shop.zip")
		m, err := Make(t.Context(), app.DataDir(), path, "test")
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Missing) > 0 {
			t.Errorf("missing: %v", m.Missing)
		}
		if _, err := Verify(t.Context(), path); err != nil {
			t.Error(err)
		}
	}
	stop()
	<-done
}

// Nothing is left behind by a backup that the program's end cut short, and the
// end does not wait for a large one.
func TestEndCutsABackupShort(t *testing.T) {
	t.Parallel()
	app := shop(t)
	k := newMaker("test")
	begun := make(chan struct{})
	err := k.begin(app, doMake, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		return k.make(ctx, app)
	})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	k.end()
	if k.failed == nil {
		t.Error("it was made all the same")
	}
	if left, _ := filepath.Glob(filepath.Join(app.DataDir(), "backup*", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := k.begin(app, doMake, nil); err == nil {
		t.Error("another one began")
	}
}

// The trail of the data that comes back says who brought it back.
func TestTrailSaysWhoRestored(t *testing.T) {
	t.Parallel()
	app := shop(t)
	if err := sign(app.DataDir(), audit.Actor{Kind: audit.Staff, ID: "x", Name: "店主"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to tell
		if _, err := tellRestored(app); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	if err := app.DB().NewQuery("SELECT actor_name FROM audit WHERE seq > 0 AND act = 'backup.restored'").Column(&names); err != nil || !slices.Equal(names, []string{"店主"}) {
		t.Errorf("told by %v, %v", names, err)
	}
}

// What cannot be read keeps no desk from starting: somebody has restored.
func TestUnreadableSignatureIsNobodys(t *testing.T) {
	t.Parallel()
	app := shop(t)
	write(t, filepath.Join(app.DataDir(), signed), "")
	if _, err := tellRestored(app); err != nil || exists(filepath.Join(app.DataDir(), signed)) {
		t.Fatalf("told: %v", err)
	}
	var kind string
	if err := app.DB().NewQuery("SELECT actor_kind FROM audit WHERE seq > 0 AND act = 'backup.restored'").Row(&kind); err != nil || kind != string(audit.System) {
		t.Errorf("told by %q, %v", kind, err)
	}
}

// A restore that is said to have failed does not come about later, and the next one is
// not kept from it.
func TestWhatIsTakenBackIsNeverRestored(t *testing.T) {
	t.Parallel()
	app := shop(t)
	dir := app.DataDir()
	path := backedUp(t, app)
	tag(t, app, "later")
	for range 2 {
		if _, err := Stage(t.Context(), path, dir, audit.AtTheMachine()); err != nil {
			t.Fatal(err)
		}
		if err := unstage(dir); err != nil || exists(filepath.Join(dir, staged)) {
			t.Fatalf("taken back: %v", err)
		}
	}
	if err := errors.Join(app.ResetBootstrapState(), start(dir)); err != nil {
		t.Fatal(err)
	}
	if got := tags(t, dir); !slices.Contains(got, "later") || exists(filepath.Join(dir, signed)) {
		t.Errorf("tags %v", got)
	}
}

// start is what every start of the program does before it opens the data.
func start(dir string) error {
	release, err := enterWithin(dir, time.Millisecond)
	if err == nil {
		release()
	}
	return err
}

// Nobody opens the data while somebody exchanges it, and nobody exchanges it from the
// beginning of a start on.
func TestNobodyStartsDuringARestore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	release, err := enterAlone(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err = start(dir); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("started: %v", err)
	}
	release()
	if release, err = Enter(dir); err != nil {
		t.Fatal(err)
	}
	if _, err = enterAlone(dir); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("exchanged what is open: %v", err)
	}
	half := filepath.Join(dir, staged, fresh, database)
	if err = os.MkdirAll(filepath.Dir(half), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, half, "it is being staged")
	if err = start(dir); err != nil || !exists(half) {
		t.Errorf("beside a desk: %v", err)
	}
	write(t, filepath.Join(dir, staged, ready), "")
	if err = start(dir); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("opened what is about to be retired: %v", err)
	}
	release()
	if err = start(dir); err != nil || exists(filepath.Join(dir, staged)) || !exists(filepath.Join(dir, database)) {
		t.Errorf("what was ready is not in its place: %v", err)
	}
	own := filepath.Join(dir, staged, "shop.zip")
	if err = os.MkdirAll(filepath.Join(dir, staged, fresh), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, own, "somebody's own")
	if err = start(dir); err != nil || exists(filepath.Join(dir, staged, fresh)) || !exists(own) {
		t.Errorf("what was not verified to its end stays, or what is somebody's own goes: %v", err)
	}
}

// An owner's own view or trigger is no part of a shop that is restored, and a database
// that is damaged, or gone, keeps nobody from restoring.
func TestADamagedShopIsRestored(t *testing.T) {
	t.Parallel()
	app := shop(t)
	dir, path := app.DataDir(), backedUp(t, app)
	if err := app.ResetBootstrapState(); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"damaged", ""} {
		write(t, filepath.Join(dir, database), content)
		if content == "" {
			if err := os.Remove(filepath.Join(dir, database)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Stage(t.Context(), path, dir, audit.AtTheMachine()); err != nil {
			t.Fatalf("over %q: %v", content, err)
		}
		if err := start(dir); err != nil || !slices.Equal(tags(t, dir), []string{"first"}) {
			t.Fatalf("over %q: %v, %v", content, err, tags(t, dir))
		}
	}
}
