package backup

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// desk is the package's part of one app.
type desk struct {
	maker   *maker
	restart func(core.App)
}

// Register binds the package to app. program is the version to note in backups,
// restart ends the program in good order and starts it again.
func Register(app core.App, t *web.Table, program string, restart func(core.App)) {
	d := &desk{maker: newMaker(program), restart: restart}
	t.Area(web.Area{Key: "backups", Section: web.System, Icon: "archive", Path: path, Any: []web.Permission{access.BackupsManage}})
	settings.Hold(app, planKey, standard, Plan.check)
	app.Cron().MustAdd("xiaoerBackups", "*/10 * * * *", func() {
		if err := d.maker.tick(app); err != nil {
			app.Logger().Error("the night's backup", "error", err)
		}
	})
	var release func()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, d.routes()...)
		if e.Server == nil { // routes are only listed
			return e.Next()
		}
		var err error
		if release == nil { // tests serve one app more than once
			if release, err = lock(e.App.DataDir(), false); err != nil {
				return refused(err)
			}
		}
		if err := errors.Join(tellRestored(e.App), sweep(e.App.DataDir(), time.Now())); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		d.maker.end()
		if release != nil {
			release()
			release = nil
		}
		return e.Next()
	})
}
