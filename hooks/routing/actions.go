package routing

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/routing"
)

// save keeps what the shop decides about who answers, unless somebody else has
// decided otherwise meanwhile.
func save(e *core.RequestEvent) error {
	f := sent(e)
	wanted, err := f.decided(SettingsOf(e.App))
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return saveOver(e, app, wanted) })
	}
	if err != nil {
		return show(e, f, err)
	}
	return web.Done(e, at, "routing.saved")
}

func saveOver(e *core.RequestEvent, app core.App, wanted decided) error {
	if err := web.Unchanged(e, decidedIn(app)); err != nil {
		return err
	}
	if err := SaveSettings(app, wanted.Settings); err != nil {
		return err
	}
	return settings.SaveLevels(app, wanted.Levels)
}

// showExample says in which order some customers would be served by what is in
// the form now, be it right or wrong.
func showExample(e *core.RequestEvent) error {
	return web.Render(e, routing.Queue(exampleOf(locale.In(web.Language(e)), sent(e)), web.Language(e)))
}
