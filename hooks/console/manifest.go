package console

import (
	"encoding/json"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/static"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// manifestPath has no version: a phone that has installed the console keeps it.
const manifestPath = "/desk.webmanifest"

type manifest struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	ShortName  string  `json:"short_name"`
	Lang       string  `json:"lang"`
	StartURL   string  `json:"start_url"`
	Scope      string  `json:"scope"`
	Display    string  `json:"display"`
	Background string  `json:"background_color"`
	Theme      string  `json:"theme_color"`
	Icons      []drawn `json:"icons"`
}

type drawn struct {
	Source  string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

// install answers how the console is put on a phone's or a computer's screen. It
// needs no service worker, and has none: nothing stands between an agent and the
// newest console.
func install(e *core.RequestEvent) error {
	lang := web.Language(e)
	png := func(name, sizes, purpose string) drawn {
		return drawn{Source: static.URL("icons/" + name + ".png"), Sizes: sizes, Type: "image/png", Purpose: purpose}
	}
	m := manifest{
		ID: deskAt, Name: locale.In(lang).T("console.title", "Shop", settings.ShopOf(e.App).Name), ShortName: locale.In(lang).T("console.app_name"), Lang: lang,
		StartURL: deskAt, Scope: "/", Display: "standalone", Background: "#f4f5f8", Theme: "#141924",
		Icons: []drawn{png("desk-192", "192x192", ""), png("desk-512", "512x512", ""), png("desk-maskable-512", "512x512", "maskable")},
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return e.Blob(http.StatusOK, "application/manifest+json", raw)
}
