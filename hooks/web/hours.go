package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
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
	h := ui.Hours{Name: name, Lang: Language(e), Always: always, Zone: w.Zone, Weekly: len(w.Spans) > 0}
	for _, day := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		d := ui.HoursDay{Day: int(day)}
		for _, s := range w.Spans {
			if s.Day == day {
				d.Spans = append(d.Spans, ui.HoursSpan{From: s.From.String(), To: strings.Replace(s.To.String(), "24:00", endOfDay, 1), NextDay: s.To <= s.From})
			}
		}
		d.Open = len(d.Spans) > 0 || len(w.Spans) == 0 && day != time.Saturday && day != time.Sunday
		if len(d.Spans) == 0 {
			d.Spans = []ui.HoursSpan{{From: "09:00", To: "18:00"}}
		}
		h.Days = append(h.Days, d)
	}
	for _, r := range inRows(w.Closed) {
		h.Closed = append(h.Closed, ui.HoursClosed{Value: r[0] + "/" + r[1], Text: spoken(r)})
	}
	return h
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
	closed := form.PostForm[name+"_closed"]
	if from := form.PostFormValue(name + "_closed_from"); from != "" {
		to := form.PostFormValue(name + "_closed_to")
		if to == "" {
			to = from
		}
		closed = append(slices.Clone(closed), from+"/"+to)
	}
	for _, row := range closed {
		dates, err := datesOf(row)
		if err != nil {
			return w, wrong.Because(err)
		}
		w.Closed = append(w.Closed, dates...)
	}
	w.Closed = slices.Compact(slices.Sorted(slices.Values(w.Closed)))
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
	for i := range min(len(from), len(to)) {
		if from[i] == "" && to[i] == "" {
			continue
		}
		s := hours.Span{Day: time.Weekday(n)}
		if s.From, err = hours.ParseClock(from[i]); err != nil {
			return nil, err
		}
		if to[i] == endOfDay {
			to[i] = "24:00"
		}
		if s.To, err = hours.ParseClock(to[i]); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// datesOf are the days from the first to the last in "2026-10-01/2026-10-07".
func datesOf(row string) (list []string, err error) {
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
