package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// What the field shows and a browser sends back unchanged is what was kept.
func TestHoursComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	e := posted(t, nil)
	for name, w := range map[string]hours.Week{
		"always": {},
		"a lunch break, a night and a whole day": {Spans: []hours.Span{
			{Day: 1, From: 9 * 60, To: 12 * 60}, {Day: 1, From: 13 * 60, To: 18 * 60}, {Day: 5, From: 22 * 60, To: 6 * 60}, {Day: 0, From: 0, To: 24 * 60},
		}},
		"days of their own": {
			Spans:  []hours.Span{{Day: 1, From: 9 * 60, To: 18 * 60}},
			Closed: []string{"2026-10-01"},
			Days:   []hours.Day{{Date: "2026-09-30", Times: []hours.Times{{From: 9 * 60, To: 12 * 60}, {From: 20 * 60, To: 24 * 60}}}, {Date: "2026-10-10", Times: []hours.Times{{From: 600, To: 960}}}},
		},
		"holidays in a zone": {Zone: "Europe/Berlin", Closed: []string{"2026-10-01", "2026-10-02", "2026-12-31"}},
	} {
		shown := web.ShowHours(e, "h", w, "")
		if got, err := web.HoursOf(posted(t, sends(shown)), "h"); err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, w)
		}
	}
}

func TestHoursThatCannotBeAreRefusedOnTheirField(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]url.Values{
		"no day":          {"h_mode": {"week"}},
		"no time":         {"h_mode": {"week"}, "h_day": {"1"}, "h_from_1": {""}, "h_to_1": {""}},
		"no such day":     {"h_mode": {"week"}, "h_day": {"9"}, "h_from_9": {"09:00"}, "h_to_9": {"10:00"}},
		"no clock":        {"h_mode": {"week"}, "h_day": {"1"}, "h_from_1": {"nine"}, "h_to_1": {"10:00"}},
		"empty span":      {"h_mode": {"week"}, "h_day": {"1"}, "h_from_1": {"09:00"}, "h_to_1": {"09:00"}},
		"no date":         {"h_closed": {"tomorrow"}},
		"backwards":       {"h_closed": {"2026-10-07/2026-10-01"}},
		"closed for good": {"h_closed": {"2026-10-01/2036-10-01"}},
		"no such zone":    {"h_zone": {"Moon/Crater"}},
		"no own date":     {"h_own": {"soon"}, "h_own_from_soon": {"09:00"}, "h_own_to_soon": {"10:00"}},
		"no own times":    {"h_own": {"2026-10-10"}},
	} {
		if _, err := web.HoursOf(posted(t, form), "h"); err == nil || fail.Of(err).Field != "h" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, err := web.HoursOf(posted(t, url.Values{"h_add_from": {"2026-10-01"}, "h_add_to": {"2026-10-02"}}), "h") // without scripts
	if err != nil || len(w.Closed) != 2 {
		t.Errorf("two days added: %v, %v", w.Closed, err)
	}
	w, err = web.HoursOf(posted(t, url.Values{"h_mode": {"week"}, "h_day": {"1"}, "h_from_1": {"10:00"}, "h_to_1": {"16:00"}, "h_add": {"own"}, "h_add_from": {"2026-10-10"}}), "h")
	if err != nil || len(w.Days) != 1 || len(w.Days[0].Times) != 1 || w.Days[0].Times[0].From.String() != "10:00" {
		t.Errorf("a working day added: %v, %v", w.Days, err)
	}
}

func TestWhatIsInForceIsSaidInWords(t *testing.T) {
	t.Parallel()
	w := hours.Week{
		Closed: []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"},
		Days:   []hours.Day{{Date: "2026-10-10", Times: []hours.Times{{From: 10 * 60, To: 16 * 60}}}},
	}
	for day := time.Monday; day <= time.Friday; day++ {
		w.Spans = append(w.Spans, hours.Span{Day: day, From: 9 * 60, To: 12 * 60}, hours.Span{Day: day, From: 13*60 + 30, To: 18 * 60})
	}
	for at, want := range map[string]string{
		"2026-09-30 11:00": "今天9月30日（周三） 09:00–12:00、13:30–18:00 接待。现在接待中，今天 12:00 休息。",
		"2026-09-30 12:30": "今天9月30日（周三） 09:00–12:00、13:30–18:00 接待。现在休息中，今天 13:30 上班。",
		"2026-09-30 20:00": "今天9月30日（周三） 09:00–12:00、13:30–18:00 接待。现在休息中，10月8日（周四） 09:00 上班。",
		"2026-10-03 10:00": "今天10月3日（周六）是休息日。现在休息中，10月8日（周四） 09:00 上班。",
		"2026-10-09 19:00": "今天10月9日（周五） 09:00–12:00、13:30–18:00 接待。现在休息中，明天 10:00 上班。",
		"2026-10-10 15:00": "今天10月10日（周六）特别安排，10:00–16:00 接待。现在接待中，今天 16:00 休息。",
		"2026-10-11 15:00": "今天10月11日（周日）每周休息。现在休息中，明天 09:00 上班。",
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, hours.Zone(""))
		if err != nil {
			t.Fatal(err)
		}
		if got := web.HoursToday("zh-CN", w, now); got != want {
			t.Errorf("%s: %s\nwant %s", at, got, want)
		}
	}
	if got := web.HoursToday("zh-CN", hours.Week{}, time.Now()); got != "" {
		t.Errorf("around the clock: %q", got)
	}
}

func posted(t *testing.T, form url.Values) *core.RequestEvent {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return &core.RequestEvent{App: bare.New(t), Event: router.Event{Request: r, Response: httptest.NewRecorder()}}
}

// sends is what a browser makes of the field.
func sends(h ui.Hours) url.Values {
	form := url.Values{h.Name + "_zone": {h.Zone}, h.Name + "_mode": {"always"}}
	if h.Weekly {
		form.Set(h.Name+"_mode", "week")
	}
	for _, d := range h.Days {
		day := string(rune('0' + d.Day))
		if d.Open {
			form.Add(h.Name+"_day", day)
		}
		for _, s := range d.Spans {
			form.Add(h.Name+"_from_"+day, s.From)
			form.Add(h.Name+"_to_"+day, s.To)
		}
	}
	for _, d := range h.Dates {
		if len(d.Spans) == 0 {
			form.Add(h.Name+"_closed", d.Value)
			continue
		}
		form.Add(h.Name+"_own", d.Value)
		for _, s := range d.Spans {
			form.Add(h.Name+"_own_from_"+d.Value, s.From)
			form.Add(h.Name+"_own_to_"+d.Value, s.To)
		}
	}
	return form
}
