package demo

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const shopPath = "/demo-shop"

// shopPages are those of a shop whose page has the chat on it. They are served
// in the demo alone.
func shopPages() []web.Route {
	file := func(path, kind, name string) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Permission: web.Anyone, Handle: func(e *core.RequestEvent) error {
			raw, err := embedded.ReadFile(name)
			if err != nil {
				return err
			}
			return e.Blob(http.StatusOK, kind, raw)
		}}
	}
	return []web.Route{
		file(shopPath, "text/html; charset=utf-8", "page/index.html"),
		file(shopPath+"/shop.css", "text/css; charset=utf-8", "page/shop.css"),
		{Method: http.MethodGet, Path: shopPath + "/honey.png", Permission: web.Anyone, Handle: func(e *core.RequestEvent) error {
			raw, err := draw("honey")
			if err != nil {
				return err
			}
			return e.Blob(http.StatusOK, "image/png", raw)
		}},
	}
}
