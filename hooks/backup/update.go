package backup

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// BeforeUpdate makes a backup where migrations are about to change a database
// that is in use, and reports whether there are any to be run. It is called by the
// program before it migrates. A program whose migrations fail is started again and
// again: one backup is enough for all of these.
func BeforeUpdate(app core.App, program string) (pending bool, err error) {
	pending, used, err := pendingMigrations(app)
	if err != nil || !pending || !used || hasBefore(app, time.Now()) {
		return pending, err
	}
	name := "xiaoer-before-update-" + time.Now().UTC().Format(stamp) + ".zip"
	_, err = shelve(context.Background(), app, name, program)
	if _, ok := errors.AsType[*unsentError](err); ok { // it is there, which is all that the way back needs
		app.Logger().Warn("the backup before the update stays in the data folder", "error", err)
		err = os.Rename(filepath.Join(folderOf(app), unsent), filepath.Join(folderOf(app), name))
	}
	if f, full := errors.AsType[*fail.Error](err); full && f.Kind == fail.Full {
		f.Key = "backup.no_room_update"
	}
	if err != nil {
		return true, err
	}
	app.Logger().Info("backed up before the update", "file", filepath.Join(core.LocalBackupsDirName, name))
	if err = clearAway(context.Background(), app, math.MaxInt); err != nil { // the night does it again
		app.Logger().Warn("backups of earlier updates", "error", err)
	}
	return true, nil
}

// hasBefore reports whether there is a backup before an update that is of the database
// as it is now. Names tell this machine's time, as the database's files do.
func hasBefore(app core.App, now time.Time) bool {
	var names []string
	if list, err := Shelf(app); err == nil {
		for _, c := range list {
			names = append(names, c.Name)
		}
	}
	if here, err := os.ReadDir(folderOf(app)); err == nil { // what the store did not take
		for _, e := range here {
			names = append(names, e.Name())
		}
	}
	last := written(app.DataDir())
	for _, name := range names {
		if found := onShelf.FindStringSubmatch(name); found == nil || found[1] == "" {
			continue
		}
		begun, err := time.Parse(stamp, name[len(name)-len(stamp+".zip"):len(name)-len(".zip")])
		if err == nil && begun.After(last) && !begun.After(now) {
			return true
		}
	}
	return false
}

// written is when the database was written last.
func written(dir string) (last time.Time) {
	for _, name := range []string{database, database + "-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err == nil && info.Size() > 0 && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// pendingMigrations reports whether some are to be run, and whether any of ours
// has been before.
func pendingMigrations(app core.App) (pending, used bool, err error) {
	var applied []string
	if err := app.DB().NewQuery("SELECT file FROM _migrations").Column(&applied); err != nil {
		return false, false, err
	}
	done := map[string]bool{}
	for _, file := range applied {
		done[file] = true
	}
	for _, m := range core.AppMigrations.Items() {
		if done[m.File] {
			used = true
		} else {
			pending = true
		}
	}
	return pending, used, nil
}
