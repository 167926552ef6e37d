// Package hours is working-time arithmetic: is the counter open, when does it
// open next, how much working time lies between two instants, and when so much
// of it will have passed.
//
// It is pure: every function takes the instant it asks about, and a [Week] is a
// plain value that travels as the JSON of channels.hours. Spans are wall-clock
// times of one zone; they are turned into instants a day at a time, so that a
// span keeps its wall-clock limits when the clocks change and is then an hour
// longer or shorter, as the working day really is.
package hours

import (
	"iter"
	"time"
)

// DefaultZone is where a week without a zone is kept.
const DefaultZone = "Asia/Shanghai"

// Week says when the counter is open. The zero Week is always open.
type Week struct {
	Zone   string   `json:"zone,omitempty"`   // IANA name; empty means the shop's (see In), and DefaultZone where that has none
	Spans  []Span   `json:"week,omitempty"`   // none means around the clock, but for Closed
	Closed []string `json:"closed,omitempty"` // dates such as 2026-10-01 on which no span begins
	Days   []Day    `json:"days,omitempty"`   // dates with hours of their own, whatever the rest says
}

// Day is a date that is worked in its own way: a weekend that makes up for a
// holiday, the short eve of one.
type Day struct {
	Date  string  `json:"date"` // such as 2026-10-10
	Times []Times `json:"times"`
}

// Times is open time of a day, as [Span] has it.
type Times struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Span is open time that begins on each such day of the week, From inclusive,
// To exclusive. To before From lies on the next day; the whole span belongs to
// the day that it begins on. Spans may overlap.
type Span struct {
	Day  time.Weekday `json:"day"` // 0 is Sunday, as in JavaScript
	From Clock        `json:"from"`
	To   Clock        `json:"to"`
}

var allDay = Times{From: 0, To: day}

// stretch is a span on a certain day, as instants.
type stretch struct{ from, to time.Time }

// In is w with zone where it names none itself: the shop's.
func (w Week) In(zone string) Week {
	if w.Zone == "" {
		w.Zone = zone
	}
	return w
}

// Always reports whether w has no limits at all.
func (w Week) Always() bool { return len(w.Spans) == 0 && len(w.Closed) == 0 && len(w.Days) == 0 }

// Open reports whether at is working time.
func (w Week) Open(at time.Time) bool {
	for s := range w.around(at, at) {
		if !at.Before(s.from) && at.Before(s.to) {
			return true
		}
	}
	return false
}

// NextOpen returns at itself if it is working time, else the next instant that
// is; the zero time if there is none.
func (w Week) NextOpen(at time.Time) time.Time {
	// A weekday comes back each week, and each closed date can strike out one
	// of its returns; one week more for a span that a change of clocks swallows.
	horizon := at.AddDate(0, 0, 7*(len(w.Closed)+2))
	for s := range w.around(at, horizon) {
		if at.Before(s.to) {
			return later(at, s.from)
		}
	}
	return time.Time{}
}

// Between is how much working time lies in [from, to); 0 if to is not after
// from.
func (w Week) Between(from, to time.Time) time.Duration {
	if w.Always() {
		return max(0, to.Sub(from))
	}
	var sum time.Duration
	counted := from // overlapping spans count once
	for s := range w.around(from, to) {
		begin, end := later(s.from, counted), s.to
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			sum += end.Sub(begin)
			counted = end
		}
	}
	return sum
}

// After is the instant at which so much working time has passed since at: the
// earliest one with Between(at, it) == working, so that time which ends with the
// day ends at the closing and not at the next opening. It is the zero time where
// there is never so much.
func (w Week) After(at time.Time, working time.Duration) time.Time {
	if working <= 0 {
		return at
	}
	if w.Always() {
		return at.Add(working)
	}
	if w.NextOpen(at).IsZero() {
		return time.Time{}
	}
	// A week that opens once more opens again and again: the loop ends.
	counted := at // overlapping spans count once
	for s := range w.around(at, endOfTime) {
		begin := later(s.from, counted)
		if room := s.to.Sub(begin); room >= working {
			return begin.Add(working)
		} else if room > 0 {
			working -= room
			counted = s.to
		}
	}
	return time.Time{}
}

// endOfTime is past everything that is ever asked for.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// around yields, in the order of their beginnings, all stretches that can touch
// [from, to]: those that begin from the eve of from to the day of to.
func (w Week) around(from, to time.Time) iter.Seq[stretch] {
	zone := w.location()
	from, to = from.In(zone), to.In(zone)
	return func(yield func(stretch) bool) {
		// Noon exists on every date in every zone; midnight does not.
		for noon := time.Date(from.Year(), from.Month(), from.Day()-1, 12, 0, 0, 0, zone); ; noon = noon.AddDate(0, 0, 1) {
			if first := allDay.on(noon); first.from.After(to) {
				return
			}
			for _, t := range w.plan(noon).Times {
				if !yield(t.on(noon)) {
					return
				}
			}
		}
	}
}

// on is the time on the day of noon.
func (t Times) on(noon time.Time) stretch {
	end := t.To
	if end <= t.From {
		end += day
	}
	return stretch{from: t.From.on(noon), to: end.on(noon)}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
