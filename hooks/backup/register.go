package backup

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// desk is the package's part of one app.
type desk struct {
	warm    *warm
	maker   *maker
	restart func(core.App)

	accepted atomic.Pointer[accepted]
}

// Config is what the package is told of the program.
type Config struct {
	Program string          // the version to note in backups
	Restart func(core.App)  // ends the program in good order and starts it again
	Replica replica.Address // where the warm copy goes, whatever the settings say
}

// Register binds the package to app.
func Register(app core.App, t *web.Table, c Config) {
	told := &cases{}
	d := &desk{warm: &warm{told: c.Replica, cases: told}, maker: newMaker(c.Program), restart: c.Restart}
	app.Store().Set(warmKey, d.warm)
	app.Store().Set(makerKey, d.maker)
	t.Area(web.Area{Key: "backups", Section: web.System, Icon: "archive", Path: path, Any: []web.Permission{access.BackupsManage}})
	settings.Hold(app, planKey, standard, Plan.check)
	settings.Hold(app, lossesKey, Losses{}, Losses.check)
	settings.Hold(app, replicaKey, Replica{}, Replica.check)
	app.Cron().MustAdd("xiaoerReplica", "* * * * *", func() {
		d.warm.apply(app)
		if err := d.warm.watch(app, time.Now()); err != nil {
			app.Logger().Error("telling of the warm copy", "error", err)
		}
	})
	app.Cron().MustAdd("xiaoerBackups", "*/10 * * * *", func() {
		late, err := d.maker.tick(app)
		damaged, now := Damaged(app) != nil, time.Now()
		if err = errors.Join(err, told.see(app, caseBackup, late), told.see(app, caseDamage, damaged), sweep(app.DataDir(), now), expire(app, now)); err != nil {
			app.Logger().Error("the night's backup", "error", err)
		}
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, d.routes()...)
		if e.Server == nil { // routes are only listed
			return e.Next()
		}
		var err error
		if d.maker.back, err = tellRestored(e.App); err != nil {
			return err
		}
		if err = sweep(e.App.DataDir(), time.Now()); err != nil { // it is tried again
			e.App.Logger().Error("what a backup has left behind", "error", err)
		}
		d.warm.begin(e.App)
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		d.maker.end()
		d.warm.end(e.App)
		return e.Next()
	})
}
