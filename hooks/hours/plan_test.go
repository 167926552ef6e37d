package hours_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// nationalDay is a working week in Shanghai with the holiday of 2026, the
// weekend that makes up for it and its short eve.
func nationalDay() hours.Week {
	w := hours.Week{Closed: []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}}
	for day := time.Monday; day <= time.Friday; day++ {
		w.Spans = append(w.Spans, hours.Span{Day: day, From: 13*60 + 30, To: 18 * 60}, hours.Span{Day: day, From: 9 * 60, To: 12 * 60})
	}
	w.Days = []hours.Day{
		{Date: "2026-10-10", Times: []hours.Times{{From: 10 * 60, To: 16 * 60}}}, // a Saturday
		{Date: "2026-09-30", Times: []hours.Times{{From: 9 * 60, To: 12 * 60}}},
		{Date: "2026-10-07", Times: []hours.Times{{From: 20 * 60, To: 22 * 60}}}, // goes before the holiday
	}
	return w
}

func TestADateCanHaveHoursOfItsOwn(t *testing.T) {
	t.Parallel()
	w := nationalDay()
	if err := w.Validate(); err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, hours.Zone(""))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for from, next := range map[string]string{
		"2026-09-29 12:10": "2026-09-29 13:30", // between the shifts of a day
		"2026-09-30 12:00": "2026-10-07 20:00", // the eve ends at noon
		"2026-10-07 22:00": "2026-10-08 09:00",
		"2026-10-09 18:00": "2026-10-10 10:00", // the Saturday is worked
		"2026-10-10 16:00": "2026-10-12 09:00",
	} {
		if got := w.NextOpen(at(from)); !got.Equal(at(next)) {
			t.Errorf("after %s it opens at %s, not %s", from, got, next)
		}
	}
	if got := w.Between(at("2026-09-30 00:00"), at("2026-10-11 00:00")); got != (3+2+2*7+6)*time.Hour+time.Hour {
		t.Errorf("%s are worked", got)
	}
	for date, want := range map[string]string{
		"2026-09-29 23:00": "{week [{09:00 12:00} {13:30 18:00}]}",
		"2026-09-30 00:00": "{day [{09:00 12:00}]}",
		"2026-10-01 08:00": "{holiday []}",
		"2026-10-07 08:00": "{day [{20:00 22:00}]}",
		"2026-10-10 08:00": "{day [{10:00 16:00}]}",
		"2026-10-11 08:00": "{week []}",
	} {
		if got := fmt.Sprint(w.On(at(date))); got != want {
			t.Errorf("on %s: %s, want %s", date, got, want)
		}
	}
}

func TestDatesOfAnotherWeekGoBefore(t *testing.T) {
	t.Parallel()
	shop := nationalDay()
	group := hours.Week{Closed: []string{"2026-10-10", "2026-10-12"}, Days: []hours.Day{{Date: "2026-10-01", Times: []hours.Times{{From: 0, To: 24 * 60}}}}}
	both := shop.With(group)
	if err := both.Validate(); err != nil {
		t.Fatal(err)
	}
	noon := func(date string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly+" 15:04", date+" 12:00", hours.Zone(""))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for date, want := range map[string]hours.By{"2026-10-10": hours.ByHoliday, "2026-10-12": hours.ByHoliday, "2026-10-01": hours.ByDay, "2026-10-02": hours.ByHoliday, "2026-10-13": hours.ByWeek} {
		if got := both.On(noon(date)); got.By != want {
			t.Errorf("%s is decided by %s, not %s", date, got.By, want)
		}
	}
	if len(shop.Days) != 3 || len(shop.Closed) != 7 {
		t.Error("the shop's own hours were changed")
	}
}

func TestImpossibleDaysAreRefused(t *testing.T) {
	t.Parallel()
	times := []hours.Times{{From: 9 * 60, To: 12 * 60}}
	for name, days := range map[string][]hours.Day{
		"twice":    {{Date: "2026-10-10", Times: times}, {Date: "2026-10-10", Times: times}},
		"no date":  {{Date: "10-10", Times: times}},
		"no times": {{Date: "2026-10-10"}},
		"empty":    {{Date: "2026-10-10", Times: []hours.Times{{From: 60, To: 60}}}},
		"many":     {{Date: "2026-10-10", Times: append(append(times, times...), append(times, times...)...)}},
	} {
		if (hours.Week{Days: days}).Validate() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
