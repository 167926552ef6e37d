package channels

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/channels"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// routesSent are the routes in the order in which they stand in the form. What a
// route looks at and its value are one choice there, but for an address.
func routesSent(e *core.RequestEvent) []Route {
	ids := e.Request.PostForm["route"]
	list := make([]Route, 0, len(ids))
	for _, id := range ids {
		field := func(name string) string {
			return strings.TrimSpace(e.Request.PostFormValue("route_" + name + "_" + id))
		}
		by, value, _ := strings.Cut(field("by"), ":")
		if By(by) == ByAddress {
			value = field("address")
		}
		list = append(list, Route{By: By(by), Value: value, Group: field("group")})
	}
	return list
}

func shownRoute(at int, r Route) channels.Route {
	shown := channels.Route{ID: strconv.Itoa(at), By: chosen(r), Group: r.Group}
	if r.By == ByAddress {
		shown.Address = r.Value
	}
	return shown
}

// chosen is the choice of the form that means r.
func chosen(r Route) string {
	if r.By == ByAddress || r.By == BySigned {
		return string(r.By)
	}
	return string(r.By) + ":" + r.Value
}

// conditions are all that a route can look at, as choices. A level that a route
// names and that the shop has no more stays one.
func conditions(a layout.Admin, levels settings.Levels, routes []Route) []channels.Conditions {
	page := channels.Conditions{Label: a.T("channels.route_page")}
	for _, kind := range append(slices.Clone(kinds), OtherKind) {
		page.Options = append(page.Options, ui.Option{Value: string(ByKind) + ":" + kind, Label: a.T("channels.route_kind", "Kind", a.T("channels.kind_"+kind))})
	}
	page.Options = append(page.Options, ui.Option{Value: string(ByAddress), Label: a.T("channels.route_by_address")})
	identity := channels.Conditions{Label: a.T("channels.route_identity"), Options: []ui.Option{{Value: string(BySigned), Label: a.T("channels.route_signed")}}}
	return []channels.Conditions{
		page, identity,
		{Label: a.T("channels.route_level"), Options: levelChoices(a, ByLevel, levels.Customers, routes)},
		{Label: a.T("channels.route_distributor"), Options: levelChoices(a, ByDistributor, levels.Distributors, routes)},
	}
}

func levelChoices(a layout.Admin, by By, levels []settings.Level, routes []Route) []ui.Option {
	list := []ui.Option{{Value: string(by) + ":", Label: a.T("channels.route_" + string(by) + "_any")}}
	add := func(level string) {
		value := string(by) + ":" + level
		if !slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == value }) {
			list = append(list, ui.Option{Value: value, Label: a.T("channels.route_"+string(by)+"_is", "Level", level)})
		}
	}
	for _, l := range levels {
		add(l.Name)
	}
	for _, r := range routes {
		if r.By == by {
			add(r.Value)
		}
	}
	return list
}

// routesInWords are routes as a sentence, for telling two lists apart.
func routesInWords(m channels.Edit, routes []Route) string {
	list := make([]string, 0, len(routes))
	for i, r := range routes {
		list = append(list, m.RouteInWords(shownRoute(i, r)))
	}
	return strings.Join(list, " · ")
}
