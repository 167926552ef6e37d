package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Losses are what of the shop's data is gone for good, and whoever runs the shop knows:
// they are told of it no more, and no backup is kept because of it.
type Losses struct {
	Entries []string `json:"entries"` // ids, as in [Damage]
	Uploads []string `json:"uploads"`
}

const lossesKey = "losses" // in the settings

// mostLosses is how many there may be: with more a shop is not lived in but restored.
const mostLosses = 10_000

func lossesOf(app core.App) Losses { return settings.Load(app, lossesKey, Losses{}) }

func (l Losses) check() error {
	if len(l.Entries)+len(l.Uploads) > mostLosses {
		return fail.New(fail.Invalid, "backup.losses_many", "Most", mostLosses)
	}
	return nil
}

// words are "" where there are none.
func (l Losses) words(say locale.Speaker) string {
	return (&Damage{nil, l.Entries, l.Uploads}).parts(say)
}

// still are those that are lost yet: what is there again may be lost once more.
func (l Losses) still(d *Damage) Losses {
	return Losses{within(l.Entries, d.Entries), within(l.Uploads, d.Uploads)}
}

// besides is what of d is none of the losses that are known.
func (d *Damage) besides(l Losses) *Damage {
	return &Damage{d.Database, without(d.Entries, l.Entries), without(d.Uploads, l.Uploads)}
}

func without(list, these []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(these, id) })
}

func within(list, these []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(these, id) })
}

// print tells one damage from another; it is "" where nothing of it is a loss: a
// database that is damaged is to be mended.
func (d *Damage) print() string {
	lost := &Damage{nil, d.Entries, d.Uploads}
	if lost.none() {
		return ""
	}
	sum := sha256.Sum256([]byte(lost.Error()))
	return hex.EncodeToString(sum[:8])
}

// accept makes known losses of what the page has shown.
func (d *desk) accept(e *core.RequestEvent) error {
	found := Damaged(e.App)
	if found == nil || found.print() == "" || found.print() != e.Request.PostFormValue("which") {
		return fail.New(fail.Conflict, "backup.losses_moved")
	}
	known := lossesOf(e.App)
	known.Entries = slices.Concat(known.Entries, found.Entries)
	known.Uploads = slices.Concat(known.Uploads, found.Uploads)
	if err := settings.Save(e.App, lossesKey, known); err != nil {
		return err
	}
	d.maker.reconsider(keepDamage(e.App, found.besides(known)))
	return web.DoneUndo(e, path, path+"/losses/remind", "backup.losses_known")
}

// remind has all that is lost told of again, from the next backup on.
func (d *desk) remind(e *core.RequestEvent) error {
	if err := settings.Save(e.App, lossesKey, Losses{}); err != nil {
		return err
	}
	return web.Done(e, path, "backup.losses_forgotten")
}

// keepDamage keeps for the pages what was found, and returns it, or nil where it is
// nothing.
func keepDamage(app core.App, d *Damage) error {
	if d.none() {
		app.Store().Remove(damageKey)
		return nil
	}
	app.Store().Set(damageKey, d)
	return d
}

// reconsider has the last backup end in what is left of the damage that was found.
func (k *maker) reconsider(left error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, end := range []*error{&k.failed, &k.unmade} {
		if _, damaged := errors.AsType[*Damage](*end); damaged {
			*end = left
		}
	}
}
