package backup

import (
	"context"
	"path/filepath"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// spare stays free for words, whatever is copied.
const spare = 64 << 20

// roomFor refuses what would fill the disk of dir, before a byte of it is written.
// Where nobody can say how much is free, the disk says so itself.
func roomFor(dir string, need int64) error {
	free, _, err := disk.Space(dir)
	if err != nil || uint64(max(need, 0))+spare <= free {
		return nil //nolint:nilerr // as above
	}
	return fail.New(fail.Full, "backup.no_room", "Need", disk.Text(need+spare), "Free", disk.Text(int64(min(free, 1<<62))))
}

// roomToMake refuses a backup of the folder dir into the folder to for which there is
// no room: the snapshot lies beside the data, and afterwards, when it is verified,
// beside the archive, which is as large as the uploads and half the database.
func roomToMake(ctx context.Context, dir, to string) error {
	data := filled(ctx, dir)
	if err := roomFor(dir, data); err != nil {
		return err
	}
	return roomFor(to, data+data/2+disk.Below(filepath.Join(dir, uploads)))
}

// filled is what a copy of the database takes: what is free in its file is not copied.
func filled(ctx context.Context, dir string) (bytes int64) {
	db, err := openLive(dir)
	if err == nil {
		defer func() { _ = db.Close() }()
		err = db.QueryRowContext(ctx, "SELECT (c.page_count - f.freelist_count) * s.page_size FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s").Scan(&bytes)
	}
	if err != nil {
		return disk.Of(filepath.Join(dir, database), filepath.Join(dir, database+"-wal"))
	}
	return bytes
}
