package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

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
	} {
		if _, err := web.HoursOf(posted(t, form), "h"); err == nil || fail.Of(err).Field != "h" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w, err := web.HoursOf(posted(t, url.Values{"h_closed_from": {"2026-10-01"}, "h_closed_to": {"2026-10-02"}}), "h") // without scripts
	if err != nil || len(w.Closed) != 2 {
		t.Errorf("two days added: %v, %v", w.Closed, err)
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
	for _, c := range h.Closed {
		form.Add(h.Name+"_closed", c.Value)
	}
	return form
}
