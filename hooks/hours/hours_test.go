package hours_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

func week(t *testing.T, text string) hours.Week {
	t.Helper()
	var w hours.Week
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	if err := w.Validate(); err != nil {
		t.Fatal(err)
	}
	return w
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

const (
	// 2026-03-02 is a Monday.
	office = `{"week":[{"day":1,"from":"09:00","to":"12:00"},{"day":1,"from":"13:30","to":"18:00"},{"day":2,"from":"09:00","to":"18:00"}],"closed":["2026-03-09"]}`
	night  = `{"zone":"UTC","week":[{"day":5,"from":"22:00","to":"06:00"},{"day":6,"from":"00:00","to":"24:00"}],"closed":["2026-03-14"]}`
	berlin = `{"zone":"Europe/Berlin","week":[{"day":0,"from":"00:00","to":"24:00"},{"day":1,"from":"02:30","to":"03:30"}]}`
	gap    = `{"zone":"Europe/Berlin","week":[{"day":0,"from":"02:30","to":"04:00"}]}`
	cairo  = `{"zone":"Africa/Cairo","week":[{"day":5,"from":"00:00","to":"02:00"}]}`
)

func TestOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		week, at string
		want     bool
	}{
		"no hours":                       {`{}`, "2026-03-02T03:00:00Z", true},
		"no hours, closed date":          {`{"closed":["2026-03-02"]}`, "2026-03-02T03:00:00+08:00", false},
		"before opening":                 {office, "2026-03-02T08:59:59+08:00", false},
		"at opening":                     {office, "2026-03-02T09:00:00+08:00", true},
		"at noon, exclusive":             {office, "2026-03-02T12:00:00+08:00", false},
		"same instant in another zone":   {office, "2026-03-02T01:00:00Z", true},
		"a day without spans":            {office, "2026-03-04T10:00:00+08:00", false},
		"closed date":                    {office, "2026-03-09T10:00:00+08:00", false},
		"night, evening":                 {night, "2026-03-06T23:00:00Z", true},
		"night, after midnight":          {night, "2026-03-07T05:59:00Z", true},
		"night into a closed date":       {night, "2026-03-14T05:00:00Z", true},
		"night over into a closed date":  {night, "2026-03-14T06:00:00Z", false},
		"night, Friday morning":          {night, "2026-03-06T05:00:00Z", false},
		"24:00 is exclusive":             {night, "2026-03-08T00:00:00Z", false},
		"the gap's hour is the next":     {gap, "2026-03-29T03:00:00+02:00", true},
		"before the gap":                 {gap, "2026-03-29T01:59:59+01:00", false},
		"midnight that does not exist":   {cairo, "2026-04-24T01:00:00+03:00", true},
		"before a midnight that jumps":   {cairo, "2026-04-23T23:59:59+02:00", false},
		"the hour after jumped midnight": {cairo, "2026-04-24T02:00:00+03:00", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := week(t, c.week).Open(at(t, c.at)); got != c.want {
				t.Errorf("open = %t", got)
			}
		})
	}
}

func TestNextOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ week, at, want string }{
		"now":                  {office, "2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00"},
		"after lunch":          {office, "2026-03-02T12:00:00+08:00", "2026-03-02T13:30:00+08:00"},
		"over a closed date":   {office, "2026-03-04T10:00:00+08:00", "2026-03-10T09:00:00+08:00"},
		"always":               {`{}`, "2026-03-04T10:00:00+08:00", "2026-03-04T10:00:00+08:00"},
		"closed without hours": {`{"closed":["2026-03-04","2026-03-05"]}`, "2026-03-04T10:00:00+08:00", "2026-03-06T00:00:00+08:00"},
		"at the end of a gap":  {gap, "2026-03-28T10:00:00+01:00", "2026-03-29T03:00:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := week(t, c.week).NextOpen(at(t, c.at)); !got.Equal(at(t, c.want)) {
				t.Errorf("next open = %s", got)
			}
		})
	}
	never := hours.Week{Zone: "UTC", Spans: []hours.Span{{Day: 9, From: 0, To: 60}}} // no such day, unvalidated
	if got := never.NextOpen(at(t, "2026-03-04T10:00:00Z")); !got.IsZero() {
		t.Errorf("never open, yet next = %s", got)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ week, from, to, want string }{
		"always":             {`{}`, "2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z", "24h"},
		"backwards":          {`{}`, "2026-03-03T10:00:00Z", "2026-03-02T10:00:00Z", "0s"},
		"over lunch":         {office, "2026-03-02T11:00:00+08:00", "2026-03-02T14:00:00+08:00", "1h30m"},
		"a week":             {office, "2026-03-02T00:00:00+08:00", "2026-03-09T00:00:00+08:00", "16h30m"},
		"with a holiday":     {office, "2026-03-09T00:00:00+08:00", "2026-03-16T00:00:00+08:00", "9h"},
		"overlap once":       {night, "2026-03-06T00:00:00Z", "2026-03-08T00:00:00Z", "26h"},
		"spring, 23 hours":   {berlin, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "23h"},
		"autumn, 25 hours":   {berlin, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "25h"},
		"an hour, after it":  {berlin, "2026-03-30T00:00:00+02:00", "2026-03-31T00:00:00+02:00", "1h"},
		"begins in the gap":  {gap, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "1h"},
		"closed, no hours":   {`{"closed":["2026-03-03"]}`, "2026-03-02T00:00:00+08:00", "2026-03-05T00:00:00+08:00", "48h"},
		"to the millisecond": {office, "2026-03-02T11:59:59.999+08:00", "2026-03-02T12:30:00+08:00", "1ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := time.ParseDuration(c.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := week(t, c.week).Between(at(t, c.from), at(t, c.to)); got != want {
				t.Errorf("between = %s, want %s", got, want)
			}
		})
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ week, at, working, want string }{
		"always":                       {`{}`, "2026-03-02T23:59:50Z", "30s", "2026-03-03T00:00:20Z"},
		"nothing passes at once":       {office, "2026-03-02T20:00:00+08:00", "0s", "2026-03-02T20:00:00+08:00"},
		"over lunch":                   {office, "2026-03-02T11:59:45+08:00", "30s", "2026-03-02T13:30:15+08:00"},
		"over the night":               {office, "2026-03-02T17:59:30+08:00", "1m", "2026-03-03T09:00:30+08:00"},
		"ends at the closing":          {office, "2026-03-02T17:59:30+08:00", "30s", "2026-03-02T18:00:00+08:00"},
		"from the middle of a night":   {office, "2026-03-03T02:00:00+08:00", "5m", "2026-03-03T09:05:00+08:00"},
		"over a week and a holiday":    {office, "2026-03-03T17:00:00+08:00", "2h", "2026-03-10T10:00:00+08:00"},
		"several weeks":                {office, "2026-03-02T00:00:00+08:00", "33h", "2026-03-16T18:00:00+08:00"},
		"overlap counts once":          {night, "2026-03-06T23:00:00Z", "24h", "2026-03-07T23:00:00Z"},
		"a day that has 23 hours":      {berlin, "2026-03-29T00:00:00+01:00", "23h30m", "2026-03-30T03:00:00+02:00"},
		"a day that has 25 hours":      {berlin, "2026-10-25T00:00:00+02:00", "25h", "2026-10-26T00:00:00+01:00"},
		"through the skipped hour":     {gap, "2026-03-29T00:00:00+01:00", "1s", "2026-03-29T03:00:01+02:00"},
		"closed days, else always":     {`{"closed":["2026-03-03"]}`, "2026-03-02T23:59:00+08:00", "2m", "2026-03-04T00:01:00+08:00"},
		"to the millisecond":           {office, "2026-03-02T11:59:59.999+08:00", "2ms", "2026-03-02T13:30:00.001+08:00"},
		"a minute a week, for an hour": {`{"zone":"UTC","week":[{"day":1,"from":"09:00","to":"09:01"}]}`, "2026-03-02T09:00:00Z", "1h", "2027-04-19T09:01:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			working, err := time.ParseDuration(c.working)
			if err != nil {
				t.Fatal(err)
			}
			if got := week(t, c.week).After(at(t, c.at), working); !got.Equal(at(t, c.want)) {
				t.Errorf("after = %s", got)
			}
		})
	}
	never := hours.Week{Zone: "UTC", Spans: []hours.Span{{Day: 9, From: 0, To: 60}}} // no such day, unvalidated
	if got := never.After(at(t, "2026-03-04T10:00:00Z"), time.Second); !got.IsZero() {
		t.Errorf("never open, yet after = %s", got)
	}
}

// Whatever the week: After finds the earliest instant between which and at there
// is as much working time as was asked for.
func TestAfterIsWhatBetweenCounts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 2))
		w := random(r)
		from := at(t, "2026-03-25T00:00:00Z").Add(time.Duration(r.Int64N(int64(7 * 24 * time.Hour)))).Truncate(time.Millisecond)
		working := time.Duration(1+r.IntN(100*3600*1000)) * time.Millisecond
		if r.IntN(2) == 0 { // exactly up to the end of some span, half of the time
			working = max(time.Millisecond, w.Between(from, from.Add(time.Duration(r.IntN(5*24*60))*time.Minute).Truncate(time.Minute)))
		}
		then := w.After(from, working)
		if got := w.Between(from, then); got != working {
			t.Fatalf("seed %d: %s after %s is %s, between them lie %s (%+v)", seed, working, from, then, got, w)
		}
		if got := w.Between(from, then.Add(-time.Millisecond)); got != working-time.Millisecond {
			t.Fatalf("seed %d: a millisecond before %s there are already %s of %s", seed, then, got, working)
		}
		if part := time.Duration(r.Int64N(int64(working))); !w.After(w.After(from, part), working-part).Equal(then) {
			t.Fatalf("seed %d: in two parts, %s and the rest, it is another instant", seed, part)
		}
	}
}

// Whatever the week: working time adds up, and agrees with asking minute by
// minute; what opens next is open, and nothing before it is.
func TestProperties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := random(r)
		if err := w.Validate(); err != nil {
			t.Fatal(err)
		}
		// Within a week of a change of Berlin's clocks, in half of the cases.
		from := at(t, "2026-03-25T00:00:00Z").Add(time.Duration(r.IntN(7*24*60)) * time.Minute)
		to := from.Add(time.Duration(r.IntN(3*24*60)) * time.Minute)
		middle := from.Add(to.Sub(from) / 2).Truncate(time.Minute)
		whole := w.Between(from, to)
		if sum := w.Between(from, middle) + w.Between(middle, to); sum != whole {
			t.Errorf("seed %d: %s + rest = %s, whole = %s", seed, middle, sum, whole)
		}
		var counted time.Duration
		for m := from; m.Before(to); m = m.Add(time.Minute) {
			if w.Open(m) {
				counted += time.Minute
			}
		}
		if counted != whole {
			t.Errorf("seed %d: counted %s, between = %s (%+v)", seed, counted, whole, w)
		}
		next := w.NextOpen(from)
		if next.IsZero() || next.Before(from) || !w.Open(next) || w.Between(from, next) != 0 {
			t.Errorf("seed %d: next open after %s = %s", seed, from, next)
		}
	}
}

func random(r *rand.Rand) hours.Week {
	w := hours.Week{Zone: []string{"", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"}[r.IntN(4)]}
	for range r.IntN(6) {
		from := hours.Clock(r.IntN(24 * 60))
		to := hours.Clock(r.IntN(24*60 + 1))
		if from == to {
			continue
		}
		w.Spans = append(w.Spans, hours.Span{Day: time.Weekday(r.IntN(7)), From: from, To: to})
	}
	for day := range r.IntN(3) {
		w.Closed = append(w.Closed, time.Date(2026, 3, 26+2*day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	return w
}

func TestJSONComesBack(t *testing.T) {
	t.Parallel()
	w := week(t, night)
	raw, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	if got := week(t, string(raw)); !reflect.DeepEqual(got, w) {
		t.Errorf("%+v came back as %+v", w, got)
	}
	if string(raw) != night {
		t.Errorf("written as %s", raw)
	}
}

func TestWrongWeeksAreRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"zone":          `{"zone":"Mars/Olympus"}`,
		"local zone":    `{"zone":"Local"}`,
		"zone as path":  `{"zone":"../../etc/passwd"}`,
		"day":           `{"week":[{"day":7,"from":"09:00","to":"10:00"}]}`,
		"empty span":    `{"week":[{"day":1,"from":"09:00","to":"09:00"}]}`,
		"late from":     `{"week":[{"day":1,"from":"24:00","to":"09:00"}]}`,
		"minute":        `{"week":[{"day":1,"from":"09:60","to":"10:00"}]}`,
		"one digit":     `{"week":[{"day":1,"from":"9:00","to":"10:00"}]}`,
		"sign":          `{"week":[{"day":1,"from":"+9:00","to":"10:00"}]}`,
		"after 24:00":   `{"week":[{"day":1,"from":"09:00","to":"24:01"}]}`,
		"not a date":    `{"closed":["2026-02-30"]}`,
		"clock as text": `{"week":[{"day":1,"from":"now","to":"10:00"}]}`,
		"clock as null": `{"week":[{"day":1,"from":"09:00","to":null}],"zone":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w hours.Week
			if err := json.Unmarshal([]byte(text), &w); err == nil && w.Validate() == nil {
				t.Errorf("%s was taken as %+v", text, w)
			}
		})
	}
}
