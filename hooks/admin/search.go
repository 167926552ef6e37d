package admin

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// mostHits is how much one area adds to what is found.
const mostHits = 8

// search looks through all areas that the person may open.
type search struct{ table *web.Table }

func (s *search) page(e *core.RequestEvent) error {
	query := strings.TrimSpace(e.Request.URL.Query().Get("q"))
	if runes := []rune(query); len(runes) > 100 {
		query = string(runes[:100])
	}
	hits, err := s.find(e, query)
	if err != nil {
		return err
	}
	m := web.Admin(e, "", locale.In(web.Language(e)).T("admin.search_title"))
	m.Query = query
	return web.Show(e, admin.SearchPage(m, hits), layout.Hits(m, hits))
}

func (s *search) find(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	if query == "" {
		return nil, nil
	}
	say := locale.In(web.Language(e))
	var hits []layout.Hit
	for _, a := range s.table.AreasFor(web.ViewerOf(e)) {
		label := say.T("admin.area_" + a.Key)
		if web.Matches(query, label, say.T("admin.area_"+a.Key+"_words")) {
			hits = append(hits, layout.Hit{Icon: a.Icon, Title: label, Path: a.Path})
		}
		if a.Find == nil {
			continue
		}
		found, err := a.Find(e, query)
		if err != nil {
			return nil, err
		}
		for _, h := range found[:min(len(found), mostHits)] {
			h.Area = label
			if h.Icon == "" {
				h.Icon = a.Icon
			}
			hits = append(hits, h)
		}
	}
	return hits, nil
}
