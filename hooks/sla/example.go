package sla

import (
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/sla"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// What is supposed in the example.
const (
	supposePriority = "suppose_priority"
	supposeGroup    = "suppose_group"
	supposeAt       = "suppose_at"
	supposeFixed    = "suppose_fixed" // the group whose own form it is

	localTime = "2006-01-02T15:04:05" // as browsers send it
)

// showExample answers with what the form's times would make of a message, as it
// is typed.
func showExample(e *core.RequestEvent) error {
	m, err := supposed(e, e.Request.PostFormValue(supposeFixed))
	if err != nil {
		return err
	}
	return web.RenderStatus(e, http.StatusOK, sla.Answer(m))
}

// supposed is the example as it was asked for, or a message half a minute before
// the next closing. fixed is the group whose form is looked at, "" for the
// shop's.
func supposed(e *core.RequestEvent, fixed string) (sla.Example, error) {
	say, sent := locale.In(web.Language(e)), e.Request.PostFormValue
	m := sla.Example{Lang: say.Language, Fixed: fixed, Priority: ui.Choice{Name: supposePriority, Label: say.T("sla.suppose_priority"), Value: sent(supposePriority)}}
	if !slices.Contains(conversations.Priorities, m.Priority.Value) {
		m.Priority.Value = usual
	}
	for _, p := range slices.Backward(conversations.Priorities) {
		m.Priority.Options = append(m.Priority.Options, ui.Option{Value: p, Label: say.T("sla.priority_" + p)})
	}
	group := fixed
	var err error
	if fixed == "" {
		if m.Group, err = groupChoice(e, say); err != nil {
			return m, err
		}
		group = m.Group.Value
	}
	week, err := weekOf(e.App, group)
	if err != nil {
		return m, err
	}
	zone := hours.Zone(week.Zone)
	from, err := time.ParseInLocation(localTime, withSeconds(sent(supposeAt)), zone)
	if err != nil {
		from = nearClosing(week, clock.Now(e.App).In(zone).Truncate(time.Second))
	}
	m.At = from.Format(localTime)
	s := Of(e.App)
	if e.Request.Method == http.MethodPost {
		if s, err = typedIn(e).settings(s, fixed); err != nil {
			m.Note = say.T("sla.suppose_wrong")
			return m, nil //nolint:nilerr // the fields say it when they are saved
		}
	}
	m.Rows, m.Note = exampleOf(say, s, week, from, [2]string{group, m.Priority.Value})
	return m, nil
}

// groupChoice are the groups to suppose, with the one that was asked for.
func groupChoice(e *core.RequestEvent, say locale.Speaker) (ui.Choice, error) {
	c := ui.Choice{Name: supposeGroup, Label: say.T("sla.suppose_group"), Empty: say.T("sla.suppose_no_group")}
	all, err := access.Groups(e.App)
	for _, g := range all {
		c.Options = append(c.Options, ui.Option{Value: g.Id, Label: g.Name()})
		if g.Id == e.Request.PostFormValue(supposeGroup) {
			c.Value = g.Id
		}
	}
	return c, err
}

func withSeconds(text string) string {
	if strings.Count(text, ":") == 1 { // some browsers leave :00 out
		return text + ":00"
	}
	return text
}

// weekOf are the hours of what comes to a group: its own, or those of the
// channel that most comes by.
func weekOf(app core.App, group string) (hours.Week, error) {
	id := ""
	ch, err := channels.Default(app)
	if err == nil {
		id = ch.Id
	} else if !errors.Is(err, sql.ErrNoRows) {
		return hours.Week{}, err
	}
	return conversations.HoursOf(app, group, id).In(settings.ShopOf(app).Zone), nil
}

// nearClosing is half a minute before the next closing; now where there is none
// within a week.
func nearClosing(week hours.Week, now time.Time) time.Time {
	open := week.NextOpen(now)
	if open.IsZero() || week.Always() {
		return now
	}
	const horizon = 7 * 24 * time.Hour
	low, high := time.Duration(0), horizon // of working time without a gap
	for high-low > time.Second {
		middle := ((low + high) / 2).Round(time.Second)
		if week.After(open, middle).Equal(open.Add(middle)) {
			low = middle
		} else {
			high = middle
		}
	}
	if high == horizon {
		return now
	}
	return open.Add(low - 30*time.Second).In(now.Location())
}

// exampleOf is what becomes of a message at an instant, for a group and a
// priority.
func exampleOf(say locale.Speaker, s Settings, week hours.Week, from time.Time, of [2]string) (rows []sla.Due, note string) {
	for _, kind := range conversations.DeadlineKinds {
		c := change{now: from, settings: s, hours: func() hours.Week { return week }, after: &conversations.Conversation{Group: of[0], Priority: of[1]}}
		d, ok := c.begin(kind, from)
		if !ok {
			continue
		}
		row := sla.Due{Kind: say.T("sla.kind_" + kind), Time: saySpan(say, d.Total)}
		for _, step := range []struct {
			name string
			at   time.Time
		}{{"amber", d.Amber}, {"near", d.Warn}, {"breached", d.Due}, {"escalated", d.Escalate}} {
			if !step.at.IsZero() {
				row.Steps = append(row.Steps, sla.Step{Name: step.name, Label: say.T("sla.step_" + step.name), At: sayMoment(say, step.at.In(from.Location()), from)})
			}
		}
		rows = append(rows, row)
	}
	switch open := week.NextOpen(from); {
	case open.IsZero():
		note = say.T("sla.suppose_never")
	case open.After(from):
		note = say.T("sla.suppose_closed", "Open", sayMoment(say, open.In(from.Location()), from))
	case len(rows) == 0:
		note = say.T("sla.suppose_none")
	}
	return rows, note
}

// sayMoment is an instant in short: the time on the day of another, with the day
// before it on others.
func sayMoment(say locale.Speaker, at, from time.Time) string {
	clock := at.Format("15:04:05")
	switch {
	case at.Format(time.DateOnly) == from.Format(time.DateOnly):
		return clock
	case at.Sub(from) < 6*24*time.Hour:
		return sayDay(say, at) + " " + clock
	default:
		return at.Format("01-02") + " " + clock
	}
}

func sayDay(say locale.Speaker, at time.Time) string {
	return say.T("admin.hours_day_" + strconv.Itoa(int(at.Weekday())))
}
