package admin

import (
	"net/netip"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// dashboard is whether PocketBase's dashboard is there, and for whom.
type dashboard struct {
	Off       bool
	Addresses []string
}

func dashboardOf(app core.App) dashboard {
	return dashboard{settings.DashboardOf(app).Off, app.Settings().SuperuserIPs}
}

func systemPage(e *core.RequestEvent) error { return showSystem(e, dashboardOf(e.App), nil) }

func showSystem(e *core.RequestEvent, typed dashboard, refused error) error {
	say, now := locale.In(web.Language(e)), dashboardOf(e.App)
	m := admin.System{
		Admin: web.Admin(e, areaSettings, say.T("settings.title")), Form: ui.Form{Action: pathSystem, Version: web.Version(now)},
		On: !typed.Off, Addresses: strings.Join(typed.Addresses, "\n"), Yours: web.Address(e), Version: version(),
		Go: strings.TrimPrefix(runtime.Version(), "go"), System: runtime.GOOS + "/" + runtime.GOARCH, Folder: folder(e.App), Database: disk.Text(disk.Of(filepath.Join(e.App.DataDir(), "data.db"), filepath.Join(e.App.DataDir(), "data.db-wal"))),
		Files: disk.Text(disk.Below(filepath.Join(e.App.DataDir(), "files"))),
	}
	if networks, err := limits.ParseExempt(typed.Addresses); err == nil && len(networks) > 0 {
		m.ShutOut = !networks.Has(m.Yours)
	}
	status, err := web.Returned(e, &m.Form, refused, []string{"addresses"}, func() *ui.Conflict {
		return web.Meanwhile(e, now, pathSystem, ui.Difference{
			Label: say.T("settings.dashboard_addresses"), Theirs: strings.Join(now.Addresses, " "), Yours: strings.Join(typed.Addresses, " "),
		})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, admin.SystemPage(m), admin.SystemForm(m))
}

func saveDashboard(e *core.RequestEvent) error {
	typed := dashboard{Off: e.Request.PostFormValue("on") != "on", Addresses: strings.Fields(e.Request.PostFormValue("addresses"))}
	err := checkAddresses(typed.Addresses)
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return keepDashboard(e, app, typed) })
	}
	if err != nil {
		return showSystem(e, typed, err)
	}
	return web.Done(e, pathSystem, "settings.saved")
}

func keepDashboard(e *core.RequestEvent, app core.App, typed dashboard) error {
	if err := web.Unchanged(e, dashboardOf(app)); err != nil {
		return err
	}
	if err := settings.SaveDashboard(app, settings.Dashboard{Off: typed.Off}); err != nil {
		return err
	}
	s, err := app.Settings().Clone()
	if err != nil {
		return err
	}
	s.SuperuserIPs = typed.Addresses
	return app.Save(s)
}

func checkAddresses(list []string) error {
	for _, text := range list {
		_, address := netip.ParseAddr(text)
		_, network := netip.ParsePrefix(text)
		if address != nil && network != nil {
			return fail.New(fail.Invalid, "settings.address_wrong", "Address", text).On("addresses")
		}
	}
	return nil
}

// version is the program's, as it was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return strings.TrimSpace(strings.Trim(info.Main.Version, "()") + " " + s.Value[:min(len(s.Value), 12)])
		}
	}
	return strings.Trim(info.Main.Version, "()")
}

func folder(app core.App) string {
	full, err := filepath.Abs(app.DataDir())
	if err != nil {
		return app.DataDir()
	}
	return full
}
