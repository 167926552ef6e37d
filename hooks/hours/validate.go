package hours

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // the container image has no zone database
)

// A week has at most so many spans and closed dates: three shifts a day, and
// the holidays of about three years.
const (
	mostTimes  = 3 // a day
	mostSpans  = 7 * mostTimes
	mostClosed = 400
	mostDays   = 100
)

// Validate reports the first thing that is wrong with w.
func (w Week) Validate() error {
	if len(w.Spans) > mostSpans || len(w.Closed) > mostClosed || len(w.Days) > mostDays {
		return fmt.Errorf("more than %d spans, %d closed dates or %d days", mostSpans, mostClosed, mostDays)
	}
	if _, err := load(w.Zone); err != nil {
		return err
	}
	for _, s := range w.Spans {
		if err := s.validate(); err != nil {
			return err
		}
	}
	for _, date := range w.Closed {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("closed date: %w", err)
		}
	}
	for i, d := range w.Days {
		if slices.ContainsFunc(w.Days[:i], func(o Day) bool { return o.Date == d.Date }) {
			return fmt.Errorf("day %s is there twice", d.Date)
		}
		if err := d.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (d Day) validate() error {
	if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
		return fmt.Errorf("day: %w", err)
	}
	if len(d.Times) == 0 || len(d.Times) > mostTimes {
		return fmt.Errorf("day %s has %d times and not 1 to %d", d.Date, len(d.Times), mostTimes)
	}
	for _, t := range d.Times {
		if err := t.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (s Span) validate() error {
	if s.Day < time.Sunday || s.Day > time.Saturday {
		return fmt.Errorf("day %d is not 0 to 6", s.Day)
	}
	return Times{From: s.From, To: s.To}.validate()
}

func (t Times) validate() error {
	if t.From < 0 || t.From >= day || t.To < 0 || t.To > day || t.From == t.To {
		return fmt.Errorf("%s to %s is empty or outside of the day", t.From, t.To)
	}
	return nil
}

// zones keeps parsed zones, since each load reads and parses a file.
var zones sync.Map // name → *time.Location

func load(name string) (*time.Location, error) {
	if name == "" {
		name = DefaultZone
	}
	if zone, ok := zones.Load(name); ok {
		if loaded, ok := zone.(*time.Location); ok {
			return loaded, nil
		}
	}
	if name == "Local" {
		return nil, errors.New("zone Local would change with the machine")
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	zones.Store(name, zone)
	return zone, nil
}

// Zone is the time zone of an IANA name, [DefaultZone]'s where it is empty. One
// that there is not is UTC.
func Zone(name string) *time.Location { return Week{Zone: name}.location() }

// IsZone reports whether there is a time zone of that name.
func IsZone(name string) bool {
	_, err := load(name)
	return name != "" && err == nil
}

// location is w's zone. One that [Week.Validate] would refuse is UTC.
func (w Week) location() *time.Location {
	zone, err := load(w.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
