package web

import (
	"cmp"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Section is a heading of the admin console's side navigation.
type Section string

// The headings, in their order. Front has none: it stands at the top.
const (
	Front   Section = "front"
	Service Section = "service" // what is said to customers
	Team    Section = "team"
	System  Section = "system"
)

var sections = []Section{Front, Service, Team, System}

// Area is one entry of the side navigation: a part of the admin console.
type Area struct {
	Key     string // its words are admin.area_<key> and, for the search, admin.area_<key>_words
	Section Section
	Icon    string
	Path    string
	Any     []Permission // who has one of them sees it; none: everybody who is signed in

	// Find looks for query among what the area holds, for the search over
	// everything; nil where there is nothing to find but the area itself.
	Find func(e *core.RequestEvent, query string) ([]layout.Hit, error)
}

// Area adds an entry to the admin console. Within a section they stand in the
// order in which they are added.
func (t *Table) Area(a Area) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.IndexFunc(t.areas, func(b Area) bool { return a.Key == b.Key }); i >= 0 {
		t.areas[i] = a
		return
	}
	t.areas = append(t.areas, a)
	slices.SortStableFunc(t.areas, func(a, b Area) int {
		return cmp.Compare(slices.Index(sections, a.Section), slices.Index(sections, b.Section))
	})
}

// AreasFor lists what of the admin console the viewer of a page may open.
func (t *Table) AreasFor(v Viewer) []Area {
	t.mu.Lock()
	defer t.mu.Unlock()
	var open []Area
	for _, a := range t.areas {
		if len(a.Any) == 0 || v.May != nil && slices.ContainsFunc(a.Any, v.May) {
			open = append(open, a)
		}
	}
	return open
}

// Viewer is who looks at a page, as far as its shell has to know.
type Viewer struct {
	ID, Name, Role string
	Avatar         string // an address, "" without one
	Theme          string
	May            func(Permission) bool
}

// SetViewer says who looks at the page. The staff's guard does.
func SetViewer(e *core.RequestEvent, v Viewer) { e.Set(keyViewer, v) }

// ViewerOf is who looks at the page, the zero Viewer where nobody is signed in.
func ViewerOf(e *core.RequestEvent) Viewer {
	v, _ := e.Get(keyViewer).(Viewer)
	return v
}

// Admin is what the shell of the admin console shows around a page of the area
// with that key; scripts are the page's modules.
func Admin(e *core.RequestEvent, area, title string, scripts ...string) layout.Admin {
	v := ViewerOf(e)
	head := Head(e, title, append([]string{"js/admin/main.js"}, scripts...)...)
	if head.Theme == "" {
		head.Theme = v.Theme
	}
	m := layout.Admin{Head: head, Area: area, Flash: flashed(e), Me: layout.Me{ID: v.ID, Name: v.Name, Role: v.Role, Avatar: v.Avatar}}
	say := locale.In(head.Lang)
	for _, section := range sections {
		s := layout.NavSection{}
		if section != Front {
			s.Title = say.T("admin.section_" + string(section))
		}
		for _, a := range tableOf(e.App).AreasFor(v) {
			if a.Section == section {
				s.Areas = append(s.Areas, layout.NavArea{Key: a.Key, Label: say.T("admin.area_" + a.Key), Icon: a.Icon, Path: a.Path})
			}
		}
		if len(s.Areas) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	return m
}

func tableOf(app core.App) *Table {
	t, _ := app.Store().Get(keyTable).(*Table)
	return t
}
