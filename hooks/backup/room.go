package backup

import (
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
func roomToMake(dir, to string) error {
	data := disk.Of(filepath.Join(dir, database), filepath.Join(dir, database+"-wal"))
	if err := roomFor(dir, data); err != nil {
		return err
	}
	return roomFor(to, data+data/2+disk.Below(filepath.Join(dir, uploads)))
}
