package channels

import (
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/channels"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// fields of the form that say what is wrong beside themselves.
var fields = []string{"name", "greeting", "off_hours", "colour", "hours", "entries", "routes", "origins", "group"}

// changeable is what the form lets people change, as it is now: its version is
// what a save is made from.
func (c *Channel) changeable() New {
	return New{
		Name: c.Name(), Greeting: c.Greeting(), OffHours: c.OffHours(), Colour: c.Colour(), Group: c.Group(), Hours: c.Hours(),
		Entries: c.Entries(), Routes: c.Routes(), Origins: c.Origins(), TypingPreview: c.TypingPreview(),
	}
}

// sent reads the form. What cannot be read of it is an error beside what can.
func sent(e *core.RequestEvent) (New, error) {
	text := func(name string) string { return lines(e.Request.PostFormValue(name)) }
	n := New{
		Name: text("name"), Greeting: text("greeting"), OffHours: text("off_hours"), Colour: text("colour"), Group: text("group"),
		Entries: entriesSent(e), Routes: routesSent(e), Origins: Origins(strings.Fields(e.Request.PostFormValue("origins"))),
		TypingPreview: text("typing_preview") == "on",
	}
	var err error
	n.Hours, err = web.HoursOf(e, "hours")
	return n, err
}

// groupsExist refuses a group that somebody has taken away meanwhile.
func groupsExist(app core.App, n New) error {
	ids := map[string]string{n.Group: "group"}
	for _, entry := range n.Entries {
		if ids[entry.Group] == "" {
			ids[entry.Group] = "entries"
		}
	}
	for _, route := range n.Routes {
		if ids[route.Group] == "" {
			ids[route.Group] = "routes"
		}
	}
	delete(ids, "")
	if len(ids) == 0 {
		return nil
	}
	groups, err := access.Groups(app)
	if err != nil {
		return err
	}
	for id, field := range ids {
		if !slices.ContainsFunc(groups, func(g *access.Group) bool { return g.Id == id }) {
			return fail.New(fail.Invalid, "channels.group_wrong").On(field)
		}
	}
	return nil
}

// fill shows n in the form.
func fill(e *core.RequestEvent, m *channels.Edit, n New) error {
	shop := settings.ShopOf(e.App)
	groups, err := access.Groups(e.App)
	if err != nil {
		return err
	}
	m.Shop, m.ShopColour = shop.Name, shop.Colour
	m.Name, m.Greeting, m.OffHours, m.Colour, m.Group = n.Name, n.Greeting, n.OffHours, n.Colour, n.Group
	m.Origins, m.TypingPreview = strings.Join(n.Origins, "\n"), n.TypingPreview
	m.Most, m.MostText, m.MostAnswer = mostEntries, longestEntry, longestAnswer
	m.MostFields, m.MostLabel, m.FieldKinds = mostFields, longestLabel, nil
	for _, kind := range FieldKinds {
		m.FieldKinds = append(m.FieldKinds, string(kind))
	}
	m.Hours = web.ShowHours(e, "hours", n.Hours, m.T("channels.hours_always"))
	m.Hours.Label = m.T("channels.hours")
	m.Hours.Today = web.HoursToday(m.Lang, n.Hours.In(shop.Zone), clock.Now(e.App))
	m.OffHoursHint = m.T("channels.off_hours_hint")
	if sample := offHoursSample(e.App, n); sample != "" {
		m.OffHoursHint += m.T("channels.off_hours_now", "Text", sample)
	}
	m.Hours.Hint = m.T("channels.hours_hint", "Zone", hours.Zone(n.Hours.In(shop.Zone).Zone).String())
	m.Kinds = kinds
	for _, g := range groups {
		m.Groups = append(m.Groups, ui.Option{Value: g.Id, Label: g.Name()})
	}
	m.Routes, m.Conditions = nil, conditions(m.Admin, settings.LevelsOf(e.App), n.Routes)
	for i, route := range n.Routes {
		m.Routes = append(m.Routes, shownRoute(i, route))
	}
	m.MostRoutes, m.MostAddress = mostRoutes, longestAddress
	m.Entries = nil
	for _, entry := range n.Entries {
		m.Entries = append(m.Entries, shownEntry(entry))
	}
	return nil
}

// kinds of pages that a shop can tell apart; the widget's data-kind.
var kinds = []string{"home", "product", "order", "cart"}

// differences are the fields that are not as the person has typed them.
func differences(m channels.Edit, theirs, yours New) []ui.Difference {
	return []ui.Difference{
		{Label: m.T("channels.name"), Theirs: theirs.Name, Yours: yours.Name},
		{Label: m.T("channels.greeting"), Theirs: theirs.Greeting, Yours: yours.Greeting},
		{Label: m.T("channels.off_hours"), Theirs: theirs.OffHours, Yours: yours.OffHours},
		{Label: m.T("channels.colour"), Theirs: theirs.Colour, Yours: yours.Colour},
		{Label: m.T("channels.entries"), Theirs: texts(theirs.Entries), Yours: texts(yours.Entries)},
		{Label: m.T("channels.part_routes"), Theirs: routesInWords(m, theirs.Routes), Yours: routesInWords(m, yours.Routes)},
		{Label: m.T("channels.origins"), Theirs: strings.Join(theirs.Origins, " "), Yours: strings.Join(yours.Origins, " ")},
		{Label: m.T("channels.group"), Theirs: m.GroupName(theirs.Group), Yours: m.GroupName(yours.Group)},
	}
}
