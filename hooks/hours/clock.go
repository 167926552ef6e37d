package hours

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// day is 24:00, the end of a day as a [Clock].
const day Clock = 24 * 60

// Clock is a time on the wall in minutes since midnight, written as 09:30.
// 24:00 is the end of the day.
type Clock int

// ParseClock reads HH:MM from 00:00 to 24:00.
func ParseClock(text string) (Clock, error) {
	h, m, ok := strings.Cut(text, ":")
	hour, errHour := strconv.ParseUint(h, 10, 8)
	minute, errMinute := strconv.ParseUint(m, 10, 8)
	c := Clock(hour*60 + minute)
	if !ok || len(h) != 2 || len(m) != 2 || errHour != nil || errMinute != nil || minute > 59 || c > day {
		return 0, fmt.Errorf("clock %q is not HH:MM", text)
	}
	return c, nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes HH:MM.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads HH:MM.
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// on is the instant at which clocks show c on the day of noon, or, past 24:00,
// on the day after. Where the clocks jump over c it is the instant of the jump.
func (c Clock) on(noon time.Time) time.Time {
	at := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, int(c), 0, 0, noon.Location())
	shown, wanted := Clock(at.Hour()*60+at.Minute()), c%day
	if shown == wanted {
		return at
	}
	begin, end := at.ZoneBounds()
	if at.Sub(begin) < day.duration()/2 { // shown after the jump
		return begin
	}
	return end
}

func (c Clock) duration() time.Duration { return time.Duration(c) * time.Minute }
