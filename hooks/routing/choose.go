package routing

import (
	"cmp"
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// Snapshot is all that giving is decided by, at one moment. What is decided
// changes it as the commit will change the desk: whoever was given one has one
// more, and was given one last.
type Snapshot struct {
	Now     time.Time
	Seats   []Seat // who may answer customers
	Waiting []Asking
	Nights  map[string]*Night // by group, where what came in the night is being shared out
}

// Seat is somebody who may answer customers, with what counts when choosing.
type Seat struct {
	Person *access.Person
	Status Status
	Here   bool      // connected at this moment, not only within the grace
	Load   int       // open conversations
	Given  time.Time // when they were last given one; zero: never
}

// Asking is a conversation that waits for somebody.
type Asking struct {
	ID, Group  string // an empty group is everybody's
	Rank       time.Time
	Preferred  *conversations.Preference
	Avoid      string    // who has just handed it on
	AvoidUntil time.Time // when they may have it back although others are there
	Night      bool
}

// Decision gives a conversation to somebody. Why is a reason of
// [conversations.Reasons], or "" where they were simply the least busy.
type Decision struct {
	Asking *Asking
	Seat   *Seat
	Why    string
}

// Decide says who gets what of all that waits, in the order of the queue. What
// is not in it has to wait.
func (s *Snapshot) Decide() (list []Decision) {
	slices.SortFunc(s.Waiting, func(a, b Asking) int {
		return cmp.Or(a.Rank.Compare(b.Rank), cmp.Compare(a.ID, b.ID))
	})
	for i := range s.Waiting {
		a := &s.Waiting[i]
		if d := s.Choose(a); d.Seat != nil {
			s.give(d)
			list = append(list, d)
		}
	}
	return list
}

// clone is s to try something out on.
func (s *Snapshot) clone() *Snapshot {
	same := *s
	same.Seats, same.Waiting, same.Nights = slices.Clone(s.Seats), slices.Clone(s.Waiting), copied(s.Nights)
	return &same
}

// Choose says who gets a: whom it waits for, if they are free; else, unless it
// goes on waiting for them, of the group's people who are there and below their
// cap the least busy by their weight, and of these the one who has been idle
// longest. Whoever has just handed it on is last, and does not get it back at
// once while others of the group are there. The seat is nil where it has to wait.
func (s *Snapshot) Choose(a *Asking) Decision {
	seat, waits := s.preferred(a)
	if seat != nil {
		return Decision{a, seat, a.Preferred.Why}
	}
	if waits {
		return Decision{Asking: a}
	}
	best, others := s.leastBusy(a)
	switch {
	case best == nil, best.Person.ID == a.Avoid && others && s.Now.Before(a.AvoidUntil):
		return Decision{Asking: a}
	case s.night(a) != nil:
		return Decision{a, best, conversations.OfNight}
	}
	return Decision{a, best, ""}
}

// leastBusy is who of a's group comes first of those who can be given one more,
// nil for nobody, and whether anybody is there but who has just handed it on.
func (s *Snapshot) leastBusy(a *Asking) (best *Seat, others bool) {
	for i := range s.Seats {
		seat := &s.Seats[i]
		if !seat.there() || !seat.serves(a.Group) {
			continue
		}
		others = others || seat.Person.ID != a.Avoid
		if seat.free() && !s.hadShare(a, seat) && (best == nil || a.before(seat, best)) {
			best = seat
		}
	}
	return best, others
}

// preferred is whom a waits for where they can have it now, and whether it goes
// on waiting for them. Dedicated people serve their customers whatever the group.
func (s *Snapshot) preferred(a *Asking) (seat *Seat, waits bool) {
	if a.Preferred == nil {
		return nil, false
	}
	seat = s.seat(a.Preferred.Staff)
	if seat == nil || seat.Status == Offline || a.Preferred.Why != conversations.OfDedicated && !seat.serves(a.Group) {
		return nil, false
	}
	if seat.there() && seat.free() {
		return seat, false
	}
	return nil, s.Now.Before(a.Preferred.Until)
}

func (s *Snapshot) seat(staff string) *Seat {
	for i := range s.Seats {
		if s.Seats[i].Person.ID == staff {
			return &s.Seats[i]
		}
	}
	return nil
}

// give counts what was decided.
func (s *Snapshot) give(d Decision) {
	if n := s.night(d.Asking); n != nil && d.Why == conversations.OfNight {
		n.Given[d.Seat.Person.ID]++
	}
	d.Seat.Load++
	d.Seat.Given = s.Now
}

// takeBack forgets decisions that came to nothing; loads are counted anew in any case.
func (s *Snapshot) takeBack(decisions map[string]Decision) {
	for _, d := range decisions {
		if n := s.night(d.Asking); n != nil && d.Why == conversations.OfNight {
			n.Given[d.Seat.Person.ID]--
		}
	}
	clear(decisions)
}

// there reports whether they can be given something at this moment.
func (s *Seat) there() bool { return s.Status == Online && s.Here }

func (s *Seat) serves(group string) bool { return group == "" || s.Person.InGroup(group) }

func (s *Seat) free() bool { return s.Load < s.Person.Cap }

// before reports whether x rather than y gets a.
func (a *Asking) before(x, y *Seat) bool {
	switch late := x.Person.ID == a.Avoid; {
	case late != (y.Person.ID == a.Avoid):
		return !late
	case x.Load*y.Person.Weight != y.Load*x.Person.Weight:
		return x.Load*y.Person.Weight < y.Load*x.Person.Weight
	case !x.Given.Equal(y.Given):
		return x.Given.Before(y.Given)
	}
	return x.Person.ID < y.Person.ID
}
