package sla

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

type unit struct {
	of    time.Duration
	words []string
}

// units are those of time with the words that people type for them, in either
// language, the larger first.
var units = []unit{
	{24 * time.Hour, []string{"d", "day", "days", "天", "日"}},
	{time.Hour, []string{"h", "hr", "hour", "hours", "小时", "个小时", "时", "钟头"}},
	{time.Minute, []string{"m", "min", "mins", "minute", "minutes", "分钟", "分"}},
	{time.Second, []string{"", "s", "sec", "secs", "second", "seconds", "秒", "秒钟"}},
}

var (
	nothing = []string{"0", "-", "–", "—", "none", "off", "no", "never", "无", "不限", "关", "关闭"}
	colons  = regexp.MustCompile(`^(?:(\d{1,4}):)?(\d{1,4}):(\d{2})$`)
	amount  = regexp.MustCompile(`^(\d{1,7})([^\d]*)`)
)

// readSpan reads a time as people write it: 30, 30s, 30 秒, 1:30, 5m, 5 分钟,
// 1h30m, 2 小时; a bare number is seconds. "" says nothing; 0, 无 and none say
// that there is no time.
func readSpan(text string) (span time.Duration, said bool, err error) {
	text = plain(text)
	switch {
	case text == "":
		return 0, false, nil
	case slices.Contains(nothing, text):
		return 0, true, nil
	}
	if m := colons.FindStringSubmatch(text); m != nil {
		span = times(m[1], time.Hour) + times(m[2], time.Minute) + times(m[3], time.Second)
	} else if span, err = readAmounts(text); err != nil {
		return 0, true, err
	}
	if span != 0 && !isSpan(span) {
		return 0, true, errSpan
	}
	return span, true, nil
}

var errSpan = fail.New(fail.Invalid, "sla.span_wrong")

// readAmounts reads numbers with their units, the larger units first.
func readAmounts(text string) (span time.Duration, err error) {
	from := 0
	for text != "" {
		m := amount.FindStringSubmatch(text)
		if m == nil {
			return 0, errSpan
		}
		at := slices.IndexFunc(units, func(u unit) bool { return slices.Contains(u.words, m[2]) })
		if at < from {
			return 0, errSpan
		}
		span += times(m[1], units[at].of)
		from, text = at+1, text[len(m[0]):]
	}
	return span, nil
}

// plain is text in small letters without spaces, with the digits and the colon
// of a Chinese keyboard made usual ones.
func plain(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r == '：':
			return ':'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == ' ', r == '\u3000', r == '\u00a0', r == '\t':
			return -1
		}
		return r
	}, text))
}

// times is so many of a unit, and more than there can be where that is too many.
func times(digits string, unit time.Duration) time.Duration {
	n, _ := strconv.ParseInt(digits, 10, 64) // digits alone, at most seven
	seconds := min(n*int64(unit/time.Second), int64(2*longest/time.Second))
	return time.Duration(seconds * int64(time.Second))
}

// saySpan is a time in words that [readSpan] reads again.
func saySpan(say locale.Speaker, span time.Duration) string {
	if span == 0 {
		return say.T("sla.none")
	}
	var words []string
	for _, u := range []struct {
		of  time.Duration
		key string
	}{{time.Hour, "sla.hours"}, {time.Minute, "sla.minutes"}, {time.Second, "sla.seconds"}} {
		if n := span / u.of; n > 0 {
			words = append(words, say.T(u.key, "Count", int(n)))
			span %= u.of
		}
	}
	return strings.Join(words, " ")
}
