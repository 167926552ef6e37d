package web

import (
	"strings"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// HoursToday says what a week has in force on the day of now, and how it stands
// with it just now; "" for no hours at all.
func HoursToday(lang string, w hours.Week, now time.Time) string {
	if w.Always() {
		return ""
	}
	say, zone := locale.In(lang), hours.Zone(w.Zone)
	plan, today := w.On(now), now.In(zone)
	key := "admin.hours_today_" + string(plan.By)
	if plan.By == hours.ByWeek && len(plan.Times) == 0 {
		key = "admin.hours_today_rest"
	}
	times := make([]string, len(plan.Times))
	for i, t := range plan.Times {
		times[i] = t.From.String() + "–" + t.To.String()
	}
	text := say.T(key, "Date", say.Date(today), "Times", strings.Join(times, say.T("admin.hours_and")))
	next := w.NextOpen(now)
	if next.IsZero() {
		return text
	}
	if next.After(now) {
		return text + say.T("admin.hours_now_closed", "Time", say.DayAt(today, next.In(zone)))
	}
	if ends, ok := w.Closes(now); ok {
		return text + say.T("admin.hours_now_open", "Time", say.DayAt(today, ends.In(zone)))
	}
	return text
}
