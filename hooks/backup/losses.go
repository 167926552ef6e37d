package backup

import (
	"crypto/sha256"
	"encoding/hex"
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

// accepted is what [desk.accept] has done last, to be taken back.
type accepted struct {
	which string // the print of what was accepted
	known Losses // before
	found found  // likewise
}

// accept makes known losses of what the page has shown.
func (d *desk) accept(e *core.RequestEvent) error {
	now := foundIn(e.App)
	if now.Damage == nil || now.print() == "" || now.print() != e.Request.PostFormValue("which") {
		return fail.New(fail.Conflict, "backup.losses_moved")
	}
	before := lossesOf(e.App)
	known := Losses{slices.Concat(before.Entries, now.Entries), slices.Concat(before.Uploads, now.Uploads)}
	if err := settings.Save(e.App, lossesKey, known); err != nil {
		return err
	}
	if err := (found{&Damage{Database: now.Database}, now.Before}).keep(e.App); err != nil {
		return err
	}
	d.accepted.Store(&accepted{now.print(), before, now})
	return web.DoneUndo(e, path, path+"/losses/remind?which="+now.print(), "backup.losses_known")
}

// remind has all that is lost told of again, from the next backup on, or takes back
// what was accepted last.
func (d *desk) remind(e *core.RequestEvent) error {
	last, which := d.accepted.Load(), e.Request.URL.Query().Get("which")
	if which == "" {
		d.accepted.Store(nil)
		if err := settings.Save(e.App, lossesKey, Losses{}); err != nil {
			return err
		}
		return web.Done(e, path, "backup.losses_forgotten")
	}
	if last == nil || last.which != which || !d.accepted.CompareAndSwap(last, nil) {
		return fail.New(fail.Conflict, "backup.losses_moved")
	}
	if err := settings.Save(e.App, lossesKey, last.known); err != nil {
		return err
	}
	if err := last.found.keep(e.App); err != nil {
		return err
	}
	return web.Done(e, path, "backup.losses_back")
}
