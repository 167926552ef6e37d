package backup

import (
	"errors"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/backup"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func (d *desk) replicaNow(e *core.RequestEvent) error {
	m := d.model(e)
	return web.Show(e, backup.Page(m), backup.WarmNow(m))
}

// saveReplica changes where the warm copy goes, once that was found to work.
func (d *desk) saveReplica(e *core.RequestEvent) error {
	form := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	before, err := settings.Load(e.App, replicaKey, Replica{}).open(e.App)
	if err != nil {
		before = replica.Address{} // its key is gone: what it locked has to be written anew
	}
	a := replicaOf(form, before)
	if err = nil; a != (replica.Address{}) {
		err = reach(e.Request.Context(), a, ofReplica)
	}
	if f, refused := errors.AsType[*fail.Error](err); refused {
		m := d.model(e)
		m.Warm.On, m.Warm.To, m.Warm.Key, m.Errors = true, a.To, a.Key, said(e, f)
		return web.ShowStatus(e, f.Kind.Status(), backup.Page(m), backup.WarmForm(m))
	}
	if err != nil {
		return err
	}
	kept, err := keep(e.App, a)
	if err != nil {
		return err
	}
	if err = settings.Save(e.App, replicaKey, kept); err != nil {
		return err
	}
	d.warm.apply(e.App)
	return web.Done(e, path, "backup.replica_saved")
}

// replicaOf reads the form. A secret that is left empty stays, unless it would
// now be sent to another place.
func replicaOf(form func(string) string, before replica.Address) replica.Address {
	if form("warm") == "" {
		return replica.Address{}
	}
	a := replica.Address{To: form("to"), Key: form("replica_key"), Secret: form("replica_secret")}
	if a.Secret == "" && a.To == before.To && a.Key == before.Key {
		a.Secret = before.Secret
	}
	return a
}

// warmth is what the page shows of the warm copy.
func (d *desk) warmth(app core.App, say locale.Speaker) backup.Warm {
	kept := settings.Load(app, replicaKey, Replica{})
	w := backup.Warm{On: kept.To != "", To: kept.To, Key: kept.Key, HasSecret: kept.Sealed != "", Told: d.warm.told.To}
	s, follows := ReplicaStatus(app)
	w.Follows = follows
	if !follows {
		return w
	}
	if !s.Fresh.IsZero() {
		w.Age = Ago(say, time.Since(s.Fresh))
	}
	w.Old = s.Age(time.Now()) > replica.Old
	if s.Behind > 0 {
		w.Behind = disk.Text(s.Behind)
	}
	w.Given = s.Given
	if s.Failing != nil {
		w.Failing = why(say, s.Failing)
	}
	to := w.To
	if w.Told != "" {
		to = w.Told
	}
	w.Takeover = "xiaoer restore --from '" + to + "'"
	if strings.HasPrefix(to, "s3://") {
		w.Takeover = "XIAOER_REPLICA_KEY=… XIAOER_REPLICA_SECRET=… " + w.Takeover
	}
	return w
}
