package web

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/layout"
)

// Head is what a page of ours says of itself; scripts are its modules.
func Head(e *core.RequestEvent, title string, scripts ...string) layout.Head {
	return layout.Head{Title: title, Lang: Language(e), Theme: Theme(e), Shop: settings.ShopOf(e.App).Name, Scripts: scripts}
}

func problem(e *core.RequestEvent, f *fail.Error, status int, id string) templ.Component {
	text := f.Text(Language(e))
	return layout.ProblemPage(layout.Trouble{Head: Head(e, text), Status: strconv.Itoa(status), Message: text, ID: id, Back: "/"})
}
