package locale

import (
	"strconv"
	"time"
)

// Day names the day of then as one says it on the day of now: today, tomorrow, or
// by its date. Both are in the zone in which it is said.
func (s Speaker) Day(now, then time.Time) string {
	switch int(noon(then).Sub(noon(now)).Hours()) / 24 {
	case 0:
		return s.T("day.today")
	case 1:
		return s.T("day.tomorrow")
	}
	return s.Date(then)
}

// DayAt is Day with the time on the clock.
func (s Speaker) DayAt(now, then time.Time) string {
	return s.T("day.at", "Day", s.Day(now, then), "Time", then.Format("15:04"))
}

// Date is a date with its day of the week.
func (s Speaker) Date(at time.Time) string {
	return s.T("day.date", "Date", at.Format(s.T("day.layout")), "Weekday", s.Weekday(at))
}

// Weekday names the day of the week.
func (s Speaker) Weekday(at time.Time) string {
	return s.T("day.weekday_" + strconv.Itoa(int(at.Weekday())))
}

// noon is the same of a date everywhere, and a day away from the next one's.
func noon(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC)
}
