package escalation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/escalation"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const (
	area = "escalation"
	at   = "/admin/escalation"
)

func routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: at, Handle: listPage},
		{Method: get, Path: at + "/new", Handle: newPage},
		{Method: post, Path: at, Handle: create},
		{Method: post, Path: at + "/order", Handle: arrange},
		{Method: post, Path: at + "/presets", Handle: addPresets},
		{Method: post, Path: at + "/restore", Handle: bringBack},
		{Method: post, Path: at + "/try", Handle: try},
		{Method: post, Path: at + "/unseen", Handle: saveUnseen},
		{Method: get, Path: at + "/{id}", Handle: editPage},
		{Method: post, Path: at + "/{id}", Handle: update},
		{Method: post, Path: at + "/{id}/switch", Handle: turn},
		{Method: post, Path: at + "/{id}/delete", Handle: remove},
	}
	for i := range list {
		list[i].Permission = access.EscalationEdit
	}
	return list
}

// search is the area's part of the search over everything.
func search(e *core.RequestEvent, query string) ([]layout.Hit, error) {
	all, err := All(e.App)
	if err != nil {
		return nil, err
	}
	var hits []layout.Hit
	for _, r := range all {
		var words []string
		if w := r.When().Words; w != nil {
			words = w.Any
		}
		if web.Matches(query, append([]string{r.Name()}, words...)...) {
			hits = append(hits, layout.Hit{Title: r.Name(), Path: at + "/" + r.Id})
		}
	}
	return hits, nil
}

func listPage(e *core.RequestEvent) error {
	m, err := listOf(e)
	if err != nil {
		return err
	}
	m.Unseen = unseenForm(e.App, UnseenOf(e.App))
	return web.Show(e, escalation.ListPage(m), escalation.ListPart(m))
}

func listOf(e *core.RequestEvent) (escalation.List, error) {
	say := locale.In(web.Language(e))
	m := escalation.List{Admin: web.Admin(e, area, say.T("escalation.title"))}
	all, err := All(e.App)
	if err != nil {
		return m, err
	}
	dir, err := directoryOf(e.App)
	if err != nil {
		return m, err
	}
	fired, err := conversations.Escalations(e.App, clock.Now(e.App).AddDate(0, 0, -TrialDays))
	if err != nil {
		return m, err
	}
	known, err := presetsKnown(e.App)
	if err != nil {
		return m, err
	}
	m.Presets = slices.ContainsFunc(presets, func(p preset) bool { return !slices.Contains(known, p.key) })
	in := inWords{say, dir}
	for i, r := range all {
		row := escalation.Row{ID: r.Id, Name: r.Name(), On: r.Enabled(), When: in.when(r.When()), Then: in.then(r.Then()), Fired: fired[r.Id], Up: moved(all, i, -1), Down: moved(all, i, 1)}
		for _, kind := range dir.broken(r) {
			row.Broken = append(row.Broken, say.T("escalation.broken_"+kind))
		}
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

// moved is the order of all rules with one moved by some places, "" where there is
// no such place.
func moved(all []*Rule, from, by int) string {
	to := from + by
	if to < 0 || to >= len(all) {
		return ""
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.Id
	}
	ids[from], ids[to] = ids[to], ids[from]
	return strings.Join(ids, " ")
}

// again answers an act on the list: with the list where a script asks for it.
func again(e *core.RequestEvent, done string, args ...any) error {
	if !web.WantsPart(e) {
		return web.Done(e, at, done, args...)
	}
	return listPage(e)
}

func arrange(e *core.RequestEvent) error {
	if err := Arrange(e.App, access.Of(e), strings.Fields(e.Request.PostFormValue("order"))); err != nil {
		return err
	}
	return again(e, "escalation.arranged")
}

func turn(e *core.RequestEvent) error {
	on := e.Request.PostFormValue("on") == "yes"
	if err := Switch(e.App, access.Of(e), e.Request.PathValue("id"), on); err != nil {
		return err
	}
	if on {
		return again(e, "escalation.switched_on")
	}
	return again(e, "escalation.switched_off")
}

// addPresets makes those that a shop begins with, for one that was there before them.
func addPresets(e *core.RequestEvent) error {
	if err := EnsureRules(e.App); err != nil {
		return err
	}
	return web.Done(e, at, "escalation.presets_added")
}

func remove(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	r, err := ByID(e.App, id)
	if err != nil {
		return err
	}
	if err := Delete(e.App, access.Of(e), id); err != nil {
		return err
	}
	return web.DoneUndo(e, at, at+"/restore?id="+id, "escalation.deleted", "Name", r.Name())
}

func bringBack(e *core.RequestEvent) error {
	if err := Restore(e.App, access.Of(e), e.Request.URL.Query().Get("id")); err != nil {
		return err
	}
	return web.Done(e, at, "escalation.restored")
}
