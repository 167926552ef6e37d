package backup

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// found is what the last backup has found damaged, until the next.
type found struct {
	*Damage
	// Before are backups that stay on the shelf meanwhile: the newest without it, and
	// as it grew the newest without what was new.
	Before []string `json:"before"`
}

const (
	foundFile = "damage.json" // in the data folder; the next start of the program tells of it, too
	foundKey  = "backup.found"
)

// foundIn is without a Damage where nothing is.
func foundIn(app core.App) found {
	f, _ := app.Store().GetOrSet(foundKey, func() any {
		raw, err := os.ReadFile(filepath.Join(app.DataDir(), foundFile))
		if errors.Is(err, fs.ErrNotExist) {
			return found{}
		}
		var f found
		if err = errors.Join(err, json.Unmarshal(raw, &f)); err != nil {
			app.Logger().Warn("it cannot be read what was damaged", "error", err)
			return found{} // the next backup finds it anew
		}
		return f
	}).(found)
	return f
}

// keep keeps what was found, and leaves nothing where it is nothing.
func (f found) keep(app core.App) error {
	path := filepath.Join(app.DataDir(), foundFile)
	if f.Damage == nil || f.none() {
		app.Store().Set(foundKey, found{})
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	app.Store().Set(foundKey, f)
	raw, err := json.Marshal(f)
	if err == nil {
		err = disk.Replace(path, raw)
	}
	return err
}

// then is what is kept once a backup has found now. name is that backup's.
func (f found) then(app core.App, now *Damage, name string) (found, error) {
	next := found{now, f.Before}
	was := f.Damage
	if was == nil {
		was = &Damage{}
	}
	if _, news := now.split(was.Losses); news.count() == 0 && (len(now.Database) == 0 || len(was.Database) > 0) {
		return next, nil
	}
	list, err := Shelf(app)
	if err != nil {
		return next, err
	}
	i := slices.IndexFunc(list, func(c Copy) bool { // in those from before updates nobody has looked for damage
		return c.Name != name && onShelf.FindStringSubmatch(c.Name)[1] == ""
	})
	if i >= 0 && !slices.Contains(f.Before, list[i].Name) {
		next.Before = append(slices.Clone(f.Before), list[i].Name)
	}
	return next, nil
}

// Damaged is what was found to be damaged when the last backup was made, besides
// [Losses]; nil where nothing was.
func Damaged(app core.App) *Damage { return foundIn(app).Damage }
