package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// sealed is how the comment at the end of an archive begins; 64 hex digits
// follow, the SHA-256 of every byte before them.
const sealed = "xiaoer sha256:"

const blank = "0000000000000000000000000000000000000000000000000000000000000000"

// draft ends the name of a backup that is not all there yet.
const draft = ".part"

// Make writes a backup of the data folder dir to the file to, whole and verified or
// not at all: what was there of that name stays until then. The desk may run meanwhile,
// in this process or another. program is the version that is noted.
func Make(ctx context.Context, dir, to, program string) (*Manifest, error) {
	err := roomToMake(ctx, dir, filepath.Dir(to))
	m := &Manifest{Format: format, Program: program, Made: time.Now().UTC().Truncate(time.Second)}
	if err == nil {
		err = draw(ctx, dir, to+draft, m)
	}
	if err == nil {
		_, err = Verify(ctx, to+draft)
	}
	if err == nil {
		err = os.Rename(to+draft, to)
	}
	if err != nil {
		_ = os.Remove(to + draft)
		return nil, fmt.Errorf("back up: %w", err)
	}
	return m, disk.SyncFolder(filepath.Dir(to))
}

// draw is [Make] without the second look.
func draw(ctx context.Context, dir, to string, m *Manifest) error {
	work, done, err := workIn(dir, files.Holders) // beside the data: links do not cross disks
	if err != nil {
		return err
	}
	defer func() {
		_ = os.Rename(filepath.Join(work, uploads), filepath.Join(work, "let-go")) // or it would be given more while it goes
		done()
	}()
	held, err := gather(ctx, dir, work, m)
	if err != nil {
		return err
	}
	return pack(ctx, to, held, m)
}

// gather brings what belongs into the backup under work: the database's
// snapshot, and links to the uploads that it names. It returns the path of each
// by its name in the archive, in their order.
//
// Uploads that are there are held before the snapshot is taken, those that came
// meanwhile after it, and those that are deleted meanwhile by package files. An
// upload is on the disk before its row is, and goes after it: so all that the
// snapshot names is held.
func gather(ctx context.Context, dir, work string, m *Manifest) ([]held, error) {
	if err := os.Mkdir(filepath.Join(work, uploads), 0o700); err != nil {
		return nil, err
	}
	if err := holdAll(dir, work); err != nil {
		return nil, err
	}
	keys, err := holdKeys(dir, work) // before the snapshot: an anchor must not be ahead of it
	if err != nil {
		return nil, err
	}
	copied := filepath.Join(work, database)
	if err = snapshot(ctx, dir, copied); err != nil {
		return nil, err
	}
	db, err := openCopy(copied)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if m.Rows, err = rowsOf(ctx, db); err != nil {
		return nil, err
	}
	if m.Altered, err = conversations.Altered(ctx, db); err != nil {
		return nil, err
	}
	list := []held{{name: database, path: copied}}
	list = append(list, keys...)
	named, err := uploadsOf(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, u := range named {
		name := u.file()
		if err := hold(dir, work, name); err != nil {
			return nil, err
		}
		if path := filepath.Join(work, name); exists(path) {
			list = append(list, held{name, path, &u})
		} else {
			m.Missing = append(m.Missing, u.id)
		}
	}
	return list, nil
}

// held is a file that will be in the archive.
type held struct {
	name, path string
	is         *upload // what its row says of it; nil for what is no upload
}

// holdKeys copies the program's own keys, and the anchors of what they sign.
func holdKeys(dir, work string) ([]held, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []held
	for _, e := range entries {
		if e.Type().IsRegular() && keyFile.MatchString(e.Name()) {
			list = append(list, held{name: e.Name(), path: filepath.Join(work, e.Name())})
			if err := copyFile(filepath.Join(dir, e.Name()), filepath.Join(work, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// holdAll links every upload that is there.
func holdAll(dir, work string) error {
	return filepath.WalkDir(filepath.Join(dir, uploads), func(path string, d os.DirEntry, err error) error {
		if disk.Lost(err) {
			return nil // deleted meanwhile, or nothing was ever uploaded, or what is in it is found to be missing
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || !isOurs(filepath.ToSlash(name)) {
			return err
		}
		return hold(dir, work, filepath.ToSlash(name))
	})
}

// hold keeps an upload from being deleted until the backup is made. One that is
// gone, or cannot be read, is none of the backup's, or missing, which the caller sees.
func hold(dir, work, name string) error {
	from, to := filepath.Join(dir, name), filepath.Join(work, name)
	if exists(to) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrExist) {
		return nil
	}
	content, err := os.ReadFile(from) //nolint:gosec // our own folder; it has no links, and an upload is not large
	if disk.Lost(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600) //nolint:gosec // as above
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from) //nolint:gosec // our own folder
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // as above
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// pack writes the archive and seals it.
func pack(ctx context.Context, to string, list []held, m *Manifest) (err error) {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // where the caller wants it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z := zip.NewWriter(f)
	if err = addAll(ctx, z, list, m); err != nil {
		return err
	}
	if err = addManifest(z, m); err != nil {
		return err
	}
	if err = z.SetComment(sealed + blank); err != nil {
		return err
	}
	if err = z.Close(); err != nil {
		return err
	}
	return seal(ctx, f)
}

// addAll puts all files into the archive and notes them.
func addAll(ctx context.Context, z *zip.Writer, list []held, m *Manifest) error {
	for _, h := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := add(ctx, z, h)
		if h.is != nil && errors.Is(err, errUnread) {
			m.Missing = append(m.Missing, h.is.id)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", h.name, err)
		}
		m.Entries = append(m.Entries, e)
		if h.is != nil && (e.Size != h.is.size || e.SHA256 != h.is.sha256) {
			m.Changed = append(m.Changed, h.is.id)
		}
	}
	return nil
}

func addManifest(z *zip.Writer, m *Manifest) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(raw) > mostManifest {
		return fmt.Errorf("%d files are more than a backup can hold", len(m.Entries))
	}
	w, err := z.Create(manifestName)
	if err == nil {
		_, err = w.Write(raw)
	}
	return err
}

// seal writes the digest of all that stands before it into the last bytes.
func seal(ctx context.Context, f *os.File) error {
	digest, size, err := digestOf(ctx, f)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte(digest), size); err != nil {
		return err
	}
	return f.Sync()
}

// digestOf is the SHA-256 of a file without its last 64 bytes, and where those
// begin.
func digestOf(ctx context.Context, f *os.File) (string, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return "", 0, err
	}
	size := info.Size() - int64(len(blank))
	if size < 0 {
		return "", 0, errNotSealed
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, replica.Until(ctx, io.NewSectionReader(f, 0, size))); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(sum.Sum(nil)), size, nil
}

// errUnread is a file that cannot be read to its end; nothing of it is in the archive.
var errUnread = errors.New("it cannot be read")

// add puts one file into the archive. Uploads are mostly pictures, which do not
// get smaller, and are read before their entry is begun: none can be taken back.
func add(ctx context.Context, z *zip.Writer, h held) (Entry, error) {
	method := zip.Store
	if h.name == database {
		method = zip.Deflate
	}
	in, err := reader(h)
	if err != nil {
		return Entry{}, err
	}
	defer func() { _ = in.Close() }()
	w, err := z.CreateHeader(&zip.FileHeader{Name: h.name, Method: method})
	if err != nil {
		return Entry{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), replica.Until(ctx, in))
	return Entry{Name: h.name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

func reader(h held) (io.ReadCloser, error) {
	if h.is == nil {
		return os.Open(h.path)
	}
	content, err := os.ReadFile(h.path)
	if disk.Lost(err) {
		err = errors.Join(errUnread, err)
	}
	return io.NopCloser(bytes.NewReader(content)), err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
