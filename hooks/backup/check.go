package backup

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Damage is what of a shop's data is no longer what the program has written: a disk
// has lost it, or a bit has turned over.
type Damage struct { //nolint:errname // what is found, and an error to who has asked for a backup
	Database []string `json:"database"` // what SQLite says of its file
	Losses
}

func (d *Damage) none() bool { return len(d.Database)+d.count() == 0 }

func (d *Damage) Error() string {
	var all []string
	for what, list := range map[string][]string{"the database": d.Database, "entries": d.Entries, "uploads": d.Uploads} {
		if len(list) > 0 {
			all = append(all, what+": "+strings.Join(list, ", "))
		}
	}
	slices.Sort(all)
	return "the data is damaged: " + strings.Join(all, "; ")
}

// words are the same for whoever runs the shop.
func (d *Damage) words(say locale.Speaker) string {
	return say.T("backup.damaged", "What", d.parts(say))
}

func (d *Damage) parts(say locale.Speaker) string {
	var all []string
	for _, part := range []struct {
		key  string
		list []string
	}{{"backup.damaged_database", d.Database}, {"backup.damaged_entries", d.Entries}, {"backup.damaged_uploads", d.Uploads}} {
		if n := len(part.list); n > 0 {
			all = append(all, say.T(part.key, "Count", n, "Which", strings.Join(part.list[:min(n, 3)], " ")))
		}
	}
	return strings.Join(all, " · ")
}

// mostProblems is how many problems SQLite names.
const mostProblems = 20

// Check reads a whole shop where it lies, beside a running desk. What is in no row
// of the timeline, in no index and in no upload (a customer's name, a setting) has
// nothing that it could be held against; neither has room in the file that is free.
func Check(ctx context.Context, dir string) (*Damage, error) {
	d, err := checkDatabase(ctx, dir)
	if err != nil {
		return nil, err
	}
	db, err := openLive(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	named, err := uploadsOf(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, u := range named {
		same, wrong := u.lies(ctx, dir)
		if wrong != nil {
			return nil, wrong
		}
		if !same {
			d.Uploads = append(d.Uploads, u.id)
		}
	}
	if len(d.Uploads) == 0 {
		return d, nil
	}
	if named, err = uploadsOf(ctx, db); err != nil {
		return nil, err
	}
	d.Uploads = slices.DeleteFunc(d.Uploads, func(id string) bool { // deleted while it was looked for
		return !slices.ContainsFunc(named, func(u upload) bool { return u.id == id })
	})
	return d, nil
}

// checkDatabase is [Check] without the uploads.
func checkDatabase(ctx context.Context, dir string) (*Damage, error) {
	db, err := openLive(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	problems, readable := problemsOf(ctx, db)
	d := &Damage{Database: problems}
	if !readable {
		return d, ctx.Err()
	}
	if d.Entries, err = conversations.Altered(ctx, db); err != nil {
		d.Database = append(d.Database, err.Error())
	}
	return d, ctx.Err()
}

// problemsOf are what SQLite says of its file. An index that has rotted is found here
// alone: a copy's are made anew.
func problemsOf(ctx context.Context, db *sql.DB) (list []string, readable bool) {
	list, err := texts(ctx, db, fmt.Sprintf("PRAGMA integrity_check(%d)", mostProblems))
	if err != nil {
		return []string{err.Error()}, false
	}
	if slices.Equal(list, []string{"ok"}) {
		list = nil
	}
	return list, true
}

// openLive opens the database of a folder for reading.
func openLive(dir string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(filepath.Join(dir, database))+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}

// lies reports whether the upload's bytes are where they belong.
func (u upload) lies(ctx context.Context, dir string) (bool, error) {
	f, err := os.Open(filepath.Join(dir, u.file())) //nolint:gosec // our own folder
	if disk.Lost(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	n, err := io.Copy(sum, replica.Until(ctx, f))
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return err == nil && n == u.size && hex.EncodeToString(sum.Sum(nil)) == u.sha256, nil
}

// examine looks at the database once a backup of it is made under name, and keeps for
// the pages what it finds, with what was found while it was made. Damage is its error.
func examine(ctx context.Context, app core.App, m *Manifest, name string) error {
	db, err := openLive(app.DataDir())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	problems, readable := problemsOf(ctx, db)
	if readable {
		foreign, wrong := foreignIn(ctx, db)
		if wrong != nil {
			return wrong
		}
		for _, s := range foreign { // or who needs the backup would be the first to hear of it
			problems = append(problems, fmt.Sprintf("a restore refuses it, %v: %.80q", errForeign, s))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	known := lossesOf(app)
	still, news := m.damage().split(known)
	if still.count() < known.count() { // what is there again may be lost once more
		if err = settings.Save(app, lossesKey, still); err != nil {
			return err
		}
	}
	d := &Damage{problems, news}
	next, err := foundIn(app).then(app, d, name) //nolint:contextcheck // the shelf has a limit of its own
	if err != nil {
		return err // the next backup finds it anew, and which ones are from before it
	}
	if err = next.keep(app); err != nil || d.none() {
		return err
	}
	return d
}
