package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

type areaView struct {
	Name  string `json:"name"`
	Words string `json:"words"` // by which it is found, too
	Icon  string `json:"icon"`
	Path  string `json:"path"`
}

type areasAnswer struct {
	Areas []areaView `json:"areas"`
}

// areas answers which parts of the admin console the person may open, for the
// palette.
func areas(t *web.Table) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		say := locale.In(web.Language(e))
		open := t.AreasFor(web.ViewerOf(e))
		answer := areasAnswer{Areas: make([]areaView, len(open))}
		for i, a := range open {
			answer.Areas[i] = areaView{Name: say.T("admin.area_" + a.Key), Words: say.T("admin.area_" + a.Key + "_words"), Icon: a.Icon, Path: a.Path}
		}
		return e.JSON(http.StatusOK, answer)
	}
}
