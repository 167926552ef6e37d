package admin

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// arranged takes the order in which the rows of a list stand, and answers with
// the list; where one is moved by its button, that is done here.
func arranged(e *core.RequestEvent, path string, arrange func(core.App, []string) error, list func(*core.RequestEvent) error) error {
	if err := e.Request.ParseForm(); err != nil {
		return err
	}
	ids := slices.Clone(e.Request.PostForm["id"])
	if i := slices.Index(ids, e.Request.PostFormValue("up")); i > 0 {
		ids[i-1], ids[i] = ids[i], ids[i-1]
	}
	if i := slices.Index(ids, e.Request.PostFormValue("down")); i >= 0 && i+1 < len(ids) {
		ids[i+1], ids[i] = ids[i], ids[i+1]
	}
	if err := arrange(e.App, ids); err != nil {
		return err
	}
	if web.WantsPart(e) {
		return list(e)
	}
	return e.Redirect(http.StatusSeeOther, path)
}
