package sla

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func TestTimesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30": 30 * time.Second, "30s": 30 * time.Second, "30 秒": 30 * time.Second, "３０秒": 30 * time.Second, "1:30": 90 * time.Second,
		"1：30": 90 * time.Second, "0:45": 45 * time.Second, "1:00:00": time.Hour, "5m": 5 * time.Minute, "5分": 5 * time.Minute,
		"5 分钟": 5 * time.Minute, "1分30秒": 90 * time.Second, "2h": 2 * time.Hour, "2小时": 2 * time.Hour, "1.5": -1, "1h30m": 90 * time.Minute,
		"1 Hour 30 min": 90 * time.Minute, "1天": 24 * time.Hour, "0": 0, "无": 0, "None": 0, "不限": 0, "0s": 0, "90": 90 * time.Second,
		"-5": -1, "5x": -1, "30s5m": -1, "m": -1, "1:2": -1, "31d": -1, "9999999d": -1, "99999999": -1, "五分钟": -1, "1:30m": -1,
	} {
		got, said, err := readSpan(text)
		if want < 0 {
			if err == nil {
				t.Errorf("%q is taken as %s", text, got)
			}
			continue
		}
		if err != nil || !said || got != want {
			t.Errorf("%q is %s, %t, %v; want %s", text, got, said, err, want)
		}
	}
	if _, said, err := readSpan("  "); said || err != nil {
		t.Errorf("nothing says something: %v", err)
	}
}

// What a field shows is read as what it stands for, in every language.
func TestShownTimesAreReadBack(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		for _, span := range []time.Duration{0, time.Second, 30 * time.Second, time.Minute, 90 * time.Second, 5 * time.Minute, time.Hour, 26*time.Hour + 61*time.Second, longest} {
			shown := saySpan(locale.In(lang), span)
			if got, said, err := readSpan(shown); err != nil || !said || got != span {
				t.Errorf("%s in %s is %q, which is read as %s, %v", span, lang, shown, got, err)
			}
		}
	}
}

func FuzzReadSpan(f *testing.F) {
	f.Add("1:30")
	f.Add("5 分钟")
	f.Fuzz(func(t *testing.T, text string) {
		if span, said, err := readSpan(text); err == nil && said && span != 0 && !isSpan(span) {
			t.Errorf("%q is %s", text, span)
		}
	})
}

func TestTimesAreInherited(t *testing.T) {
	t.Parallel()
	s := Standard()
	s.Times = append(s.Times,
		Times{Group: "g", Priority: "normal", Of: map[string]time.Duration{"first": time.Minute, "urgent": 3 * time.Minute}},
		Times{Group: "g", Priority: "high", Of: map[string]time.Duration{"next": 0}},
	)
	for _, c := range []struct {
		group, priority, kind string
		want                  time.Duration
	}{
		{"", "normal", "first", 30 * time.Second},
		{"", "low", "first", 30 * time.Second},
		{"other", "low", "left", 2 * time.Hour},
		{"", "normal", "urgent", 0},
		{"", "urgent", "urgent", time.Minute},
		{"", "urgent", "next", 5 * time.Minute},
		{"", "normal", "resolution", 0},
		{"g", "normal", "first", time.Minute},
		{"g", "low", "first", time.Minute},
		{"g", "high", "next", 0},
		{"g", "normal", "next", 5 * time.Minute},
		{"g", "low", "urgent", 3 * time.Minute},
		{"g", "urgent", "urgent", time.Minute}, // a slow group is not slow with what is urgent
	} {
		if got := s.Limit(c.group, c.priority, c.kind); got != c.want {
			t.Errorf("%s of %s in %q: %s, want %s", c.kind, c.priority, c.group, got, c.want)
		}
	}
	if got := s.without("g", "high", "next").Limit("g", "high", "next"); got != 5*time.Minute {
		t.Errorf("left out, it would inherit %s", got)
	}
	if s.Limit("g", "high", "next") != 0 {
		t.Error("asking what it would inherit has changed it")
	}
}

func TestSettingsComeBackFromTheirRow(t *testing.T) {
	t.Parallel()
	s := Standard().replaced("g", []Times{{Priority: "urgent", Of: map[string]time.Duration{"first": 10 * time.Second, "next": 0}}, {Priority: "low"}})
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got := Standard()
	got.Times[0].Of["first"] = time.Hour
	if err := json.Unmarshal(raw, &got); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("%s came back as %+v, %v", raw, got, err)
	}
	for _, wrong := range []string{`""`, `"normal first"`, `"normal first=soon"`} {
		if err := json.Unmarshal([]byte(wrong), &Times{}); err == nil {
			t.Errorf("%s was taken", wrong)
		}
	}
}

func TestImpossibleSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*Settings){
		"normal_first":   func(s *Settings) { s.Times[0].Of["first"] = time.Millisecond },
		"normal_next":    func(s *Settings) { s.Times[0].Of["next"] = longest + time.Second },
		"normal_left":    func(s *Settings) { s.Times[0].Of["left"] = -time.Second },
		"normal_someday": func(s *Settings) { s.Times[0].Of["someday"] = time.Second },
		"times":          func(s *Settings) { s.Times = append(s.Times, Times{Priority: "normal"}) },
		"warn":           func(s *Settings) { s.Warn = 100 },
		"after":          func(s *Settings) { s.After = 1500 * time.Millisecond },
	} {
		s := Standard()
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		change(&s)
		if err := s.check(); fail.Of(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestClocksThatPartAreAJump(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	c := clocks{wall: start}
	wall, mono := start, time.Duration(0)
	for i, step := range []struct{ wall, mono, by time.Duration }{
		{time.Second, time.Second, 0},
		{time.Second + time.Millisecond, time.Second, 0}, // drifting
		{5*time.Second + time.Second, time.Second, 0},    // slewed
		{6*time.Second + time.Second, time.Second, 6 * time.Second},
		{time.Second, time.Second, 0}, // told once
		{time.Hour + time.Second, time.Second, time.Hour},
		{time.Second - 2*time.Hour, time.Second, -2 * time.Hour},
		{40 * time.Second, 40 * time.Second, 0}, // a machine that was busy
	} {
		wall, mono = wall.Add(step.wall), mono+step.mono
		if j := c.read(wall, mono); j.by != step.by || !j.seen.Equal(wall) || j.since != step.mono {
			t.Errorf("reading %d: %+v, want %s", i, j, step.by)
		}
	}
}
