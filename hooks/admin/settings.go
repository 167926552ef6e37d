package admin

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

const (
	areaSettings = "settings"
	pathSettings = path + "/settings"
	pathLimits   = pathSettings + "/limits"
	pathMail     = pathSettings + "/mail"
	pathHealth   = "/admin/health"
	pathSystem   = pathSettings + "/system"
)

func settingsRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: pathSettings, Handle: shopPage},
		{Method: post, Path: pathSettings, Handle: saveShop},
		{Method: get, Path: pathLimits, Handle: limitsPage},
		{Method: post, Path: pathLimits, Handle: saveLimits},
		{Method: get, Path: pathMail, Handle: mailPage},
		{Method: post, Path: pathMail, Handle: saveMail},
		{Method: post, Path: pathMail + "/test", Handle: testMail},
		{Method: get, Path: pathSystem, Handle: systemPage},
		{Method: post, Path: pathSystem, Handle: saveDashboard},
	}
	for i := range list {
		list[i].Permission = access.SettingsEdit
	}
	return list
}

// holdSettings keeps what must hold of the settings whoever writes them.
func holdSettings(app core.App) {
	settings.Hold(app, "shop", settings.Shop{Name: "-", Colour: settings.DefaultColour}, checkShop)
	settings.Hold(app, "limits", settings.StandardLimits(), checkLimits)
}

const mostShopName = 30

func checkShop(s settings.Shop) error {
	switch {
	case strings.TrimSpace(s.Name) == "":
		return fail.New(fail.Invalid, "setup.shop_missing").On("name")
	case utf8.RuneCountInString(s.Name) > mostShopName:
		return fail.New(fail.TooLong, "fail.too_long", "Most", mostShopName).On("name")
	case !channels.IsColour(s.Colour):
		return fail.New(fail.Invalid, "setup.colour_wrong").On(colourField)
	case s.Language != "" && locale.Match(s.Language) != s.Language:
		return fail.New(fail.Invalid, "settings.language_wrong").On("language")
	case s.Zone != "" && !hours.IsZone(s.Zone):
		return fail.New(fail.Invalid, "settings.zone_wrong").On("zone")
	case s.BaseURL != "" && !isBase(s.BaseURL):
		return fail.New(fail.Invalid, "settings.base_url_wrong").On("base_url")
	}
	return nil
}

// isBase reports whether text is an address of a site and no more: links are made
// by what is added to it.
func isBase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && channels.Origin(text) == text
}

var shopFields = []string{nameField, colourField, "language", "base_url", "zone"}

func shopPage(e *core.RequestEvent) error { return showShop(e, settings.ShopOf(e.App), nil) }

func showShop(e *core.RequestEvent, typed settings.Shop, refused error) error {
	say, now := locale.In(web.Language(e)), settings.ShopOf(e.App)
	m := admin.Shop{
		Admin: web.Admin(e, areaSettings, say.T("settings.title"), "js/admin/settings.js"), Form: ui.Form{Action: pathSettings, Version: web.Version(now)},
		Name: typed.Name, Colour: typed.Colour, Language: typed.Language, BaseURL: typed.BaseURL, Zone: typed.Zone, Fixed: web.FixedBaseURL(e.App),
		Zones: zones, DefaultZone: hours.DefaultZone,
	}
	status, err := web.Returned(e, &m.Form, refused, shopFields, func() *ui.Conflict {
		return web.Meanwhile(e, now, pathSettings,
			ui.Difference{Label: say.T("settings.name"), Theirs: now.Name, Yours: typed.Name},
			ui.Difference{Label: say.T("settings.colour"), Theirs: now.Colour, Yours: typed.Colour},
			ui.Difference{Label: say.T("settings.base_url"), Theirs: now.BaseURL, Yours: typed.BaseURL},
			ui.Difference{Label: say.T("settings.zone"), Theirs: now.Zone, Yours: typed.Zone})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, admin.ShopPage(m), admin.ShopForm(m))
}

func saveShop(e *core.RequestEvent) error {
	sent := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	typed := settings.Shop{Name: sent("name"), Colour: sent("colour"), Language: sent("language"), BaseURL: strings.TrimRight(sent("base_url"), "/"), Zone: sent("zone")}
	err := e.App.RunInTransaction(func(app core.App) error {
		now := settings.ShopOf(app)
		if err := web.Unchanged(e, now); err != nil {
			return err
		}
		if typed.BaseURL != now.BaseURL && access.MustBeOwner(access.Of(e)) != nil { // links in mails lead there
			return fail.New(fail.Invalid, "access.owners_only").On("base_url")
		}
		return settings.SaveShop(app, typed)
	})
	if err != nil {
		return showShop(e, typed, err)
	}
	return web.Done(e, pathSettings, "settings.saved")
}

// zones to choose from: those where Chinese shops and their customers mostly are.
// Any other can be typed.
var zones = []string{
	"Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok", "Australia/Sydney",
	"Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "UTC",
}
