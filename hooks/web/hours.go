package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// mostClosedInARow bounds one stretch of closed days, so that a mistyped year
// does not close the shop for ten.
const mostClosedInARow = 100

// endOfDay is how an input of a time writes 24:00.
const endOfDay = "00:00"

// ShowHours is w as the field name for it shows it; always are the words for no
// hours at all.
func ShowHours(e *core.RequestEvent, name string, w hours.Week, always string) ui.Hours {
	h := ui.Hours{Name: name, Lang: Language(e), Always: always, Zone: w.Zone, Weekly: len(w.Spans) > 0, Year: time.Now().AddDate(0, 3, 0).Year()}
	for _, day := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		d := ui.HoursDay{Day: int(day)}
		for _, s := range w.Spans {
			if s.Day == day {
				d.Spans = append(d.Spans, shownTimes([]hours.Times{{From: s.From, To: s.To}})...)
			}
		}
		d.Open = len(d.Spans) > 0 || len(w.Spans) == 0 && day != time.Saturday && day != time.Sunday
		if len(d.Spans) == 0 {
			d.Spans = []ui.HoursSpan{{From: "09:00", To: "18:00"}}
		}
		h.Days = append(h.Days, d)
	}
	for _, r := range inRows(w.Closed) {
		h.Dates = append(h.Dates, ui.HoursDate{Value: r[0] + "/" + r[1], Text: spoken(r)})
	}
	for _, d := range w.Days {
		h.Dates = append(h.Dates, ui.HoursDate{Value: d.Date, Text: d.Date + " " + weekday(d.Date, h.Lang), Spans: shownTimes(d.Times)})
	}
	slices.SortStableFunc(h.Dates, func(a, b ui.HoursDate) int { return cmp.Compare(a.Value, b.Value) })
	return h
}

func shownTimes(times []hours.Times) (list []ui.HoursSpan) {
	for _, t := range times {
		list = append(list, ui.HoursSpan{From: t.From.String(), To: strings.Replace(t.To.String(), "24:00", endOfDay, 1), NextDay: t.To <= t.From})
	}
	return list
}

func weekday(date, lang string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return locale.In(lang).Weekday(at)
}

func spoken(r [2]string) string {
	if r[0] == r[1] {
		return r[0]
	}
	return r[0] + " – " + strings.TrimPrefix(r[1], r[0][:len("2006-")])
}

// inRows gathers dates that follow one another.
func inRows(dates []string) (rows [][2]string) {
	dates = slices.Compact(slices.Sorted(slices.Values(dates)))
	for _, date := range dates {
		if n := len(rows); n > 0 && next(rows[n-1][1]) == date {
			rows[n-1][1] = date
			continue
		}
		rows = append(rows, [2]string{date, date})
	}
	return rows
}

func next(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, 1).Format(time.DateOnly)
}

// HoursOf reads what a [ui.HoursField] of that name sends. A failure is on the
// field.
func HoursOf(e *core.RequestEvent, name string) (hours.Week, error) {
	form := e.Request
	wrong := fail.New(fail.Invalid, "admin.hours_wrong").On(name)
	w := hours.Week{Zone: form.PostFormValue(name + "_zone")}
	if form.PostFormValue(name+"_mode") == "week" {
		for _, day := range form.PostForm[name+"_day"] {
			spans, err := spansOf(day, form.PostForm[name+"_from_"+day], form.PostForm[name+"_to_"+day])
			if err != nil {
				return w, wrong.Because(err)
			}
			w.Spans = append(w.Spans, spans...)
		}
		if len(w.Spans) == 0 {
			return w, fail.New(fail.Invalid, "admin.hours_never").On(name)
		}
	}
	if err := datesOf(form, name, &w); err != nil {
		return w, wrong.Because(err)
	}
	if err := w.Validate(); err != nil {
		return w, wrong.Because(err)
	}
	return w, nil
}

func spansOf(day string, from, to []string) (list []hours.Span, err error) {
	n, err := strconv.Atoi(day)
	if err != nil {
		return nil, err
	}
	times, err := timesOf(from, to)
	for _, t := range times {
		list = append(list, hours.Span{Day: time.Weekday(n), From: t.From, To: t.To})
	}
	return list, err
}

func timesOf(from, to []string) (list []hours.Times, err error) {
	for i := range min(len(from), len(to)) {
		if from[i] == "" && to[i] == "" {
			continue
		}
		var t hours.Times
		if t.From, err = hours.ParseClock(from[i]); err != nil {
			return nil, err
		}
		end := to[i]
		if end == endOfDay {
			end = "24:00"
		}
		if t.To, err = hours.ParseClock(end); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// datesOf reads the dates with a rule of their own into w, and those that are
// added without scripts.
func datesOf(form *http.Request, name string, w *hours.Week) error {
	for _, date := range form.PostForm[name+"_own"] {
		times, err := timesOf(form.PostForm[name+"_own_from_"+date], form.PostForm[name+"_own_to_"+date])
		if err != nil {
			return err
		}
		w.Days = append(w.Days, hours.Day{Date: date, Times: times})
	}
	for _, row := range form.PostForm[name+"_closed"] {
		dates, err := datesIn(row)
		if err != nil {
			return err
		}
		w.Closed = append(w.Closed, dates...)
	}
	if err := addedOf(form, name, w); err != nil {
		return err
	}
	w.Closed = slices.Compact(slices.Sorted(slices.Values(w.Closed)))
	slices.SortFunc(w.Days, func(a, b hours.Day) int { return cmp.Compare(a.Date, b.Date) })
	return nil
}

// addedOf reads what stands in the inputs that a script makes rows of.
func addedOf(form *http.Request, name string, w *hours.Week) error {
	from := form.PostFormValue(name + "_add_from")
	if from == "" {
		return nil
	}
	dates, err := datesIn(from + "/" + cmp.Or(form.PostFormValue(name+"_add_to"), from))
	if err != nil {
		return err
	}
	if form.PostFormValue(name+"_add") != "own" {
		w.Closed = append(w.Closed, dates...)
		return nil
	}
	for _, date := range dates {
		w.Days = append(w.Days, hours.Day{Date: date, Times: usual(*w)})
	}
	return nil
}

// usual are the times of an ordinary working day of w.
func usual(w hours.Week) (times []hours.Times) {
	for _, s := range w.Spans {
		if s.Day == w.Spans[0].Day {
			times = append(times, hours.Times{From: s.From, To: s.To})
		}
	}
	if len(times) == 0 {
		return []hours.Times{{From: 9 * 60, To: 18 * 60}}
	}
	return times
}

// datesIn are the days from the first to the last in "2026-10-01/2026-10-07".
func datesIn(row string) (list []string, err error) {
	first, last, ok := strings.Cut(row, "/")
	if !ok {
		last = first
	}
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return nil, err
	}
	to, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return nil, err
	}
	if days := to.Sub(from) / (24 * time.Hour); days < 0 || days >= mostClosedInARow {
		return nil, fail.New(fail.Invalid, "admin.hours_wrong")
	}
	for at := from; !at.After(to); at = at.AddDate(0, 0, 1) {
		list = append(list, at.Format(time.DateOnly))
	}
	return list, nil
}
