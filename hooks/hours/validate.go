package hours

import (
	"errors"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // the container image has no zone database
)

// A week has at most so many spans and closed dates: three shifts a day, and
// the holidays of about three years.
const (
	mostSpans  = 21
	mostClosed = 400
)

// Validate reports the first thing that is wrong with w.
func (w Week) Validate() error {
	if len(w.Spans) > mostSpans || len(w.Closed) > mostClosed {
		return fmt.Errorf("more than %d spans or %d closed dates", mostSpans, mostClosed)
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
	return nil
}

func (s Span) validate() error {
	if s.Day < time.Sunday || s.Day > time.Saturday {
		return fmt.Errorf("day %d is not 0 to 6", s.Day)
	}
	if s.From < 0 || s.From >= day || s.To < 0 || s.To > day || s.From == s.To {
		return fmt.Errorf("span %s to %s is empty or outside of the day", s.From, s.To)
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
