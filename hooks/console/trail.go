package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

// pageView is a page that somebody is on, or came by.
type pageView struct {
	URL     string `json:"url"`
	Title   string `json:"title"`
	Kind    string `json:"kind,omitempty"`
	Since   string `json:"since,omitempty"`
	Contact string `json:"contact,omitempty"`
	Stayed  int64  `json:"stayed,omitempty"` // ms until the next one, where that is known
}

func viewPage(p customers.Page) *pageView {
	if p.URL == "" {
		return nil
	}
	return &pageView{URL: mask.Within(p.URL), Title: mask.Within(p.Title), Kind: p.Kind, Since: clock.Wire(p.Since)}
}

type trailView struct {
	Pages []pageView `json:"pages"` // newest first
}

func showTrail(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	list, err := customers.TrailOf(e.App, c.Id)
	if err != nil {
		return err
	}
	view := trailView{Pages: []pageView{}}
	for _, v := range list {
		page := viewPage(v.Page)
		page.Contact, page.Stayed = v.Contact, v.Stayed.Milliseconds()
		view.Pages = append(view.Pages, *page)
	}
	return e.JSON(http.StatusOK, view)
}
