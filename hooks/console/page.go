package console

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/console"
)

// page is the whole console; its panes fill themselves.
func page(e *core.RequestEvent) error {
	theme := web.Theme(e)
	if theme == "" {
		theme = access.Of(e).Theme
	}
	return web.RenderShell(e, console.Page(console.Desk{Language: web.Language(e), Theme: theme, Shop: settings.ShopOf(e.App).Name}))
}
