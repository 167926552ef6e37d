package hours

import (
	"cmp"
	"slices"
	"time"
)

// By is which part of a week decides about a date.
type By string

// The parts of a week.
const (
	ByWeek    By = "week"
	ByHoliday By = "holiday" // one of the closed dates
	ByDay     By = "day"     // a date with hours of its own
)

// Plan is what a week says of one date: its times in their order, none where
// nobody answers.
type Plan struct {
	By    By
	Times []Times
}

// On is the plan of the date of at.
func (w Week) On(at time.Time) Plan {
	at = at.In(w.location())
	return w.plan(time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, at.Location()))
}

func (w Week) plan(noon time.Time) Plan {
	p := Plan{By: ByWeek}
	date := noon.Format(time.DateOnly)
	if i := slices.IndexFunc(w.Days, func(d Day) bool { return d.Date == date }); i >= 0 {
		p = Plan{By: ByDay, Times: slices.Clone(w.Days[i].Times)}
	} else if slices.Contains(w.Closed, date) {
		return Plan{By: ByHoliday}
	} else if len(w.Spans) == 0 {
		p.Times = []Times{allDay}
	}
	for _, s := range w.Spans {
		if p.By == ByWeek && s.Day == noon.Weekday() {
			p.Times = append(p.Times, Times{From: s.From, To: s.To})
		}
	}
	slices.SortStableFunc(p.Times, func(a, b Times) int { return cmp.Compare(a.From, b.From) })
	return p
}

// With is w with the dates of which another week says something of its own: its
// holidays and days go before those of w. The rest of the other is left out.
func (w Week) With(other Week) Week {
	own := func(date string) bool {
		return slices.Contains(other.Closed, date) || slices.ContainsFunc(other.Days, func(d Day) bool { return d.Date == date })
	}
	w.Closed = append(slices.DeleteFunc(slices.Clone(w.Closed), own), other.Closed...)
	w.Days = append(slices.DeleteFunc(slices.Clone(w.Days), func(d Day) bool { return own(d.Date) }), other.Days...)
	return w
}

// Closes is when the working time ends that now lies in; false where it lies in
// none, and where that is not within a week.
func (w Week) Closes(now time.Time) (time.Time, bool) {
	const week = 7 * 24 * time.Hour
	list := w.Stretches(now, now.Add(week))
	if len(list) == 0 || list[0].From.After(now) || list[0].To.Sub(now) >= week {
		return time.Time{}, false
	}
	return list[0].To, true
}
