package channels

import (
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// backMarks stand in what is said off hours for the time of return: nobody has to
// type it, and it is right on the eve of a holiday as well.
var backMarks = []string{"{上班时间}", "{back}"}

// offHoursSample is what would be said the next time that nobody answers; "" where
// nothing is, and where somebody always does.
func offHoursSample(app core.App, n New) string {
	shop := settings.ShopOf(app)
	week, at := n.Hours.In(shop.Zone), clock.Now(app)
	if ends, ok := week.Closes(at); ok {
		at = ends
	}
	if n.OffHours == "" || week.Open(at) {
		return ""
	}
	return OffHoursAt(n.OffHours, week, at, shop.Language)
}

// OffHoursAt is what is said off hours, with the time at which week answers
// next as one says it at now, in the shop's language.
func OffHoursAt(text string, week hours.Week, now time.Time, lang string) string {
	say, zone := locale.In(lang), hours.Zone(week.Zone)
	back := say.T("channels.back_soon")
	if next := week.NextOpen(now); !next.IsZero() {
		back = say.DayAt(now.In(zone), next.In(zone))
	}
	for _, mark := range backMarks {
		text = strings.ReplaceAll(text, mark, back)
	}
	return text
}
