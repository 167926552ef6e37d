package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

var (
	errNotSealed = errors.New("it is no backup of this program, or its end is missing")
	errChanged   = errors.New("its bytes are not those that were written")
)

// Verify reads a whole backup and returns what it holds. It is refused where a
// byte has changed, something is missing or does not belong there, the database
// is damaged, or an upload is not the one that its row names. It is refused, too, where
// there is not as much room beside the file as the database takes.
func Verify(ctx context.Context, path string) (*Manifest, error) {
	work, done, err := workIn(filepath.Dir(path), verifying)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	defer done()
	// Uploads are hashed where they lie; only the database has to be opened.
	return unpack(ctx, path, work, func(name string) bool { return name == database })
}

// unpack verifies a backup and lays those of its files that keep names below to.
func unpack(ctx context.Context, path, to string, keep func(name string) bool) (*Manifest, error) {
	m, err := open(ctx, path, to, keep)
	if err == nil {
		err = consistent(ctx, filepath.Join(to, database), m)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return m, nil
}

// open checks the archive itself: its seal, its entries against its manifest.
func open(ctx context.Context, path, to string, keep func(name string) bool) (*Manifest, error) {
	f, err := os.Open(path) //nolint:gosec // what somebody wants to be read
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	z, err := unsealed(ctx, f)
	if err != nil {
		return nil, err
	}
	m, err := manifestOf(z)
	if err != nil {
		return nil, err
	}
	if len(z.File) != len(m.Entries)+1 {
		return nil, errors.New("it holds something else than its manifest says")
	}
	var kept int64
	for _, e := range m.Entries {
		if keep(e.Name) {
			kept += e.Size
		}
	}
	if err := roomFor(to, kept); err != nil {
		return nil, err
	}
	for _, e := range m.Entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		target := ""
		if keep(e.Name) {
			target = filepath.Join(to, filepath.FromSlash(e.Name))
		}
		if err := extract(ctx, z, e, target); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return m, nil
}

// unsealed checks that not a byte has changed since the archive was sealed.
func unsealed(ctx context.Context, f *os.File) (*zip.Reader, error) {
	digest, size, err := digestOf(ctx, f)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, size+int64(len(blank)))
	if err != nil {
		return nil, errors.Join(errNotSealed, err)
	}
	switch {
	case !strings.HasPrefix(z.Comment, sealed) || len(z.Comment) != len(sealed)+len(blank):
		return nil, errNotSealed
	case z.Comment[len(sealed):] != digest:
		return nil, errChanged
	}
	return z, nil
}

func manifestOf(z *zip.Reader) (*Manifest, error) {
	f, err := z.Open(manifestName)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	defer func() { _ = f.Close() }()
	return readManifest(f)
}

// extract reads one entry, writes it to target where that is named, and holds
// it against the manifest. It never reads more than the manifest announces.
func extract(ctx context.Context, z *zip.Reader, e Entry, target string) (err error) {
	in, err := z.Open(e.Name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out := io.Discard
	if target != "" {
		f, made := create(target)
		if made != nil {
			return made
		}
		defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
		out = f
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(replica.Until(ctx, in), e.Size+1))
	if err != nil {
		return err
	}
	if n != e.Size || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return errChanged
	}
	return nil
}

// create makes a file that is not there yet, and the folder for it.
func create(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // isOurs has checked the name
}

// consistent checks the database: that it is sound, has the rows that the
// manifest counts, and names the uploads that are there.
func consistent(ctx context.Context, path string, m *Manifest) error {
	db, err := openCopy(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err = sound(ctx, db); err != nil {
		return err
	}
	rows, err := rowsOf(ctx, db)
	if err != nil {
		return err
	}
	if !slices.Equal(rows, m.Rows) {
		return errors.New("the database does not have the rows that were counted")
	}
	altered, err := conversations.Altered(ctx, db)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(altered, func(id string) bool { return !slices.Contains(m.Altered, id) }); i >= 0 {
		return fmt.Errorf("entry %s is not as it was stored", altered[i])
	}
	named, err := uploadsOf(ctx, db)
	if err != nil {
		return err
	}
	return matches(named, m)
}

// sound checks that a database is what SQLite wrote.
func sound(ctx context.Context, db *sql.DB) error {
	problems, err := texts(ctx, db, "PRAGMA integrity_check(5)")
	if err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	if !slices.Equal(problems, []string{"ok"}) {
		return fmt.Errorf("the database is damaged: %s", strings.Join(problems, "; "))
	}
	return nil
}

// matches holds the uploads that the rows name against those of the archive.
func matches(named []upload, m *Manifest) error {
	there := map[string]Entry{}
	for _, e := range m.Entries {
		there[filepath.Base(e.Name)] = e
	}
	for _, u := range named {
		e, ok := there[u.id]
		switch {
		case !ok && slices.Contains(m.Missing, u.id):
		case !ok:
			return fmt.Errorf("upload %s is missing", u.id)
		case (e.Size != u.size || e.SHA256 != u.sha256) && !slices.Contains(m.Changed, u.id):
			return fmt.Errorf("upload %s is not the one that was sent", u.id)
		}
	}
	return nil
}
