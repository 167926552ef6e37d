package backup

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Plan is when backups are made by themselves and how many are kept.
type Plan struct {
	Off  bool `json:"off"`
	Hour int  `json:"hour"` // in the shop's time zone
	Keep int  `json:"keep"`
}

const (
	planKey  = "backup" // in the settings
	makerKey = "backup.maker"
)

// PlanOf returns the plan in force: every night, a week kept.
func PlanOf(app core.App) Plan { return settings.Load(app, planKey, standard) }

var standard = Plan{Hour: 4, Keep: 7}

// mostKeep is how many backups may be kept.
const mostKeep = 365

func (p Plan) check() error {
	switch {
	case p.Keep < 1 || p.Keep > mostKeep:
		return fail.New(fail.Invalid, "backup.keep_wrong", "Most", mostKeep).On("keep")
	case p.Hour < 0 || p.Hour > 23:
		return fail.New(fail.Invalid, "fail.invalid").On("hour")
	}
	return nil
}

// After how long the newest backup is too old: a night was missed, or whoever makes
// them by hand has not for a week.
const (
	late       = 26 * time.Hour
	lateByHand = 7 * 24 * time.Hour
)

// Overdue reports whether there should be a newer backup than those on the shelf. Where
// there is none, the shop's own age counts: a store may have forgotten all it was sent.
// One whose age nobody knows is none that could be relied upon.
func Overdue(app core.App, shelf []Copy, now time.Time) bool {
	newest := setUp(app)
	if len(shelf) > 0 {
		if newest = shelf[0].dated(now); newest.IsZero() {
			return true
		}
	}
	return overdue(PlanOf(app), newest, now)
}

// setUp is when the shop was, and never where it was not yet.
func setUp(app core.App) time.Time {
	var micros int64
	if err := app.DB().NewQuery("SELECT COALESCE(MIN(applied), 0) FROM _migrations WHERE EXISTS (SELECT 1 FROM staff)").Row(&micros); err != nil || micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}

// overdue reports whether there should be a newer backup than the newest, never for none.
func overdue(plan Plan, newest, now time.Time) bool {
	most := late
	if plan.Off {
		most = lateByHand
	}
	return !newest.IsZero() && now.Sub(newest) > most
}

// zone is the shop's: the machine's own is often another one.
func zone(app core.App) *time.Location { return hours.Zone(settings.ShopOf(app).Zone) }

// due reports whether it is time: the hour has come, and no backup was made since
// it came. A desk that was off at that hour makes up for it.
func due(plan Plan, newest, now time.Time) bool {
	if plan.Off {
		return false
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), plan.Hour, 0, 0, 0, now.Location())
	if now.Before(at) {
		at = at.AddDate(0, 0, -1)
	}
	return newest.Before(at)
}

// maker makes one backup at a time.
type maker struct {
	program string

	mu      sync.Mutex
	working string    // what is being done, "" while nothing is
	last    string    // what was done last
	failed  error     // how that ended
	unmade  error     // how the last backup ended, whatever was done since
	back    time.Time // when what this start of the program restored was made
	tried   time.Time // when the clock last began one
	newest  time.Time // when the newest was made, as far as is known
	ended   bool      // the program stops: nothing begins any more

	life context.Context //nolint:containedctx // ends with the program, and what is being done with it
	stop context.CancelFunc
	done sync.WaitGroup
}

func newMaker(program string) *maker {
	k := &maker{program: program}
	k.life, k.stop = context.WithCancel(context.Background())
	return k
}

// end gives up what is being done, which leaves nothing behind, and waits for it.
func (k *maker) end() {
	k.mu.Lock()
	k.ended = true
	k.mu.Unlock()
	k.stop()
	k.done.Wait()
}

// begin starts work in the background, unless something is being done already.
func (k *maker) begin(app core.App, what string, work func(ctx context.Context) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.working != "" || k.ended {
		return fail.New(fail.Conflict, "backup.busy")
	}
	k.working = what
	k.done.Add(1)
	go func() {
		defer k.done.Done()
		err := guarded(func() error { return work(k.life) })
		if err != nil {
			app.Logger().Error("backup", "doing", what, "error", err)
		}
		if _, damaged := errors.AsType[*Damage](err); damaged { // it was made; Damaged says what it has found
			err = nil
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.working, k.last, k.failed = "", what, err
		if what == doMake {
			k.unmade = err
		}
	}()
	return nil
}

func guarded(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("a backup panicked", "panic", p, "stack", string(debug.Stack()))
			err = errors.New("the program has a fault, see its log")
		}
	}()
	return work()
}

// make puts a new backup on the shelf and clears away old ones.
func (k *maker) make(ctx context.Context, app core.App) error {
	name := "xiaoer-" + time.Now().UTC().Format(stamp) + ".zip"
	m, err := shelve(ctx, app, name, k.program)
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.newest = time.Now() // whether or not the store will say what it has
	k.mu.Unlock()
	if err = audit.Add(app, entry("made", name)); err != nil {
		return err
	}
	err = examine(ctx, app, m, name)
	if _, damaged := errors.AsType[*Damage](err); err != nil && !damaged {
		return err
	}
	if err == nil { // a store that is switched off does not take it any more, and this one is newer
		if err = os.Remove(filepath.Join(folderOf(app), unsent)); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	if failed := clearAway(ctx, app, PlanOf(app).Keep); failed != nil {
		return failed // what is damaged is known by now, and this would fill the shelf
	}
	return err
}

// again is how long the clock waits before it tries once more what has failed.
const again = time.Hour

// tick makes the backup of the night, where that is due. late tells that there
// should be a newer one than there is, or that the last did not come about.
func (k *maker) tick(app core.App) (late bool, err error) {
	now := time.Now().In(zone(app))
	late, wanted, err := k.look(app, now)
	if !wanted {
		return late, err
	}
	if used, failed := inUse(app); failed != nil || !used {
		return late, failed
	}
	k.mu.Lock()
	k.tried = now
	k.mu.Unlock()
	return late, k.begin(app, doMake, func(ctx context.Context) error { return k.make(ctx, app) })
}

// look is what tick knows before it does anything.
func (k *maker) look(app core.App, now time.Time) (late, wanted bool, err error) {
	plan := PlanOf(app)
	list, err := Shelf(app)
	k.mu.Lock()
	defer k.mu.Unlock()
	lost := k.unmade != nil
	switch waits, _ := os.Stat(filepath.Join(folderOf(app), unsent)); {
	case len(list) > 0:
		k.newest = list[0].dated(now)
	case err == nil:
		k.newest = time.Time{}
		lost = lost || k.working == "" // it was made, and is not there
	case waits != nil: // the store does not say; this one it does not have yet
		k.newest = Copy{Made: waits.ModTime()}.dated(now)
	}
	late = !plan.Off && (overdue(plan, k.newest, now) || !k.tried.IsZero() && lost)
	return late, now.Sub(k.tried) >= again && due(plan, k.newest, now), err
}

// Newest is when the newest backup was made, never where none is known of: a store is
// not asked, and what it has is known ten minutes after the start.
func Newest(app core.App) time.Time {
	if !app.Settings().Backups.S3.Enabled {
		list, err := Shelf(app)
		if err != nil || len(list) == 0 {
			return time.Time{}
		}
		return list[0].dated(time.Now())
	}
	k, ok := app.Store().Get(makerKey).(*maker)
	if !ok {
		return time.Time{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.newest
}

// moved forgets what was on another shelf: nothing is missing from the one that is new.
func (k *maker) moved() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tried, k.newest = time.Time{}, time.Time{}
}

// inUse reports whether there is anything worth a backup: a shop was set up.
func inUse(app core.App) (used bool, err error) {
	err = app.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM staff)").Row(&used)
	return used, err
}

// What a maker does.
const (
	doMake    = "make"
	doVerify  = "verify"
	doRestore = "restore"
)
