// Package widget serves the visitor's way in: the panel /chat, as an H5 page
// and in a frame on a shop's page, and /widget.js, the one tag that puts it
// there.
//
// It knows nothing of what is said: the panel's scripts speak the protocol like
// any other client. Its own are the two addresses, and who may frame the panel.
package widget

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/static"
	"github.com/dianxiaoer/xiaoer/views/chat"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Register adds the visitor's pages to t.
func Register(app core.App, t *web.Table) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, web.Route{Method: http.MethodGet, Path: "/chat", Permission: web.Anyone, Handle: panel})
		t.Open(e.Router, web.Route{Method: http.MethodGet, Path: "/widget.js", Permission: web.Anyone, Handle: script})
		return e.Next()
	})
}

// panel answers GET /chat?channel=&lang=&theme=, the channel being the default
// one where none is named. With preview it says nothing to the desk: a page of
// ours around it tells it how a channel looks that is being edited.
func panel(e *core.RequestEvent) error {
	q := e.Request.URL.Query()
	ch, err := channels.Find(e.App, q.Get("channel"))
	if err != nil {
		return err
	}
	web.FramedBy(e, ch.Origins())
	lang := web.Language(e)
	if asked := q.Get("lang"); asked != "" {
		lang = locale.Match(asked, lang)
		web.Speak(e, lang)
	}
	shop := settings.ShopOf(e.App)
	return web.RenderShell(e, chat.Page(chat.Panel{
		Lang: lang, Theme: theme(e, q.Get("theme")), Shop: shop.Name, Channel: ch.Id, Name: ch.Name(), Colour: colour(ch.Colour(), shop.Colour),
		Preview: q.Has("preview"),
	}))
}

// theme is the one that the shop's page asks for, since the panel should look
// like its surroundings, or the browser's.
func theme(e *core.RequestEvent, asked string) string {
	if asked == "light" || asked == "dark" {
		return asked
	}
	return web.Theme(e)
}

func colour(channel, shop string) string {
	if channel != "" {
		return channel
	}
	return shop
}

// script answers GET /widget.js. Its address stands in the shops' pages and can
// never change, so the browser asks each hour whether the script has.
func script(e *core.RequestEvent) error {
	h := e.Response.Header()
	h.Set("Cache-Control", "public, max-age=3600")
	static.Serve(e.Response, e.Request, "js/widget.js")
	return nil
}
