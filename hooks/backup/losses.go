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

// Losses are what of a shop's data is not as it was written. Of those in the settings
// whoever runs the shop knows that they are gone for good: they are told of them no more,
// and no backup is kept because of them.
type Losses struct {
	Entries []string `json:"entries"` // ids of entries of the timeline
	Uploads []string `json:"uploads"` // ids of files that are missing or changed
}

const lossesKey = "losses" // in the settings

// mostLosses is how many there may be: with more a shop is not lived in but restored.
const mostLosses = 10_000

func lossesOf(app core.App) Losses { return settings.Load(app, lossesKey, Losses{}) }

func (l Losses) check() error {
	if l.count() > mostLosses {
		return fail.New(fail.Invalid, "backup.losses_many", "Most", mostLosses)
	}
	return nil
}

func (l Losses) count() int { return len(l.Entries) + len(l.Uploads) }

// words are "" where there are none.
func (l Losses) words(say locale.Speaker) string { return (&Damage{Losses: l}).parts(say) }

// split parts those that are among others, too, from the rest.
func (l Losses) split(others Losses) (among, rest Losses) {
	among.Entries, rest.Entries = split(l.Entries, others.Entries)
	among.Uploads, rest.Uploads = split(l.Uploads, others.Uploads)
	return among, rest
}

func split(list, others []string) (among, rest []string) {
	has := map[string]bool{}
	for _, id := range others {
		has[id] = true
	}
	for _, id := range list {
		if has[id] {
			among = append(among, id)
		} else {
			rest = append(rest, id)
		}
	}
	return among, rest
}

// print tells some from others; it is "" where there are none.
func (l Losses) print() string {
	if l.count() == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte((&Damage{Losses: l}).Error()))
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
	d.maker.reconsider(keepDamage(e.App, &Damage{Database: found.Database}))
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
