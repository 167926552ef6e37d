package routing

import (
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// ReasonKind is why somebody waits.
type ReasonKind string

// Why somebody waits.
const (
	BeingAssigned ReasonKind = "assigning"  // somebody is free: it is a matter of moments
	WaitsFor      ReasonKind = "preferred"  // for Staff, until Until
	NobodyWorks   ReasonKind = "no_members" // nobody in the group answers customers
	OffHours      ReasonKind = "off_hours"  // until Until; zero: for ever
	NobodyThere   ReasonKind = "nobody"     // none of the Of who could is on line
	AllOnBreak    ReasonKind = "break"      // of the Of who could some pause, and nobody else is on line
	AllFull       ReasonKind = "full"       // the Of who are on line have as many as they may
	SharedOut     ReasonKind = "night"      // the night is shared out: it is kept for who comes until Until
	HandedOn      ReasonKind = "handed_on"  // only Staff, who has just handed it on, is free; they get it back at Until
)

// Reason is why somebody waits, for those who watch over the queue.
type Reason struct {
	Kind  ReasonKind
	Of    int            // people, see the kinds
	Staff *access.Person // nil where nobody in particular counts
	Until time.Time
}

// Why says why a waits. hours is asked, where nobody is there, for when somebody
// will be: at Now itself where somebody ought to be.
func (s *Snapshot) Why(a *Asking, opens func() time.Time) Reason {
	if _, waits := s.preferred(a); waits {
		return Reason{Kind: WaitsFor, Staff: s.seat(a.Preferred.Staff).Person, Until: a.Preferred.Until}
	}
	if s.Choose(a).Seat != nil {
		return Reason{Kind: BeingAssigned}
	}
	n := s.count(a.Group)
	switch {
	case n.all == 0:
		return Reason{Kind: NobodyWorks}
	case n.there == 0:
		return s.whyNobody(n, opens())
	case n.free == 0:
		return Reason{Kind: AllFull, Of: n.there}
	}
	if n := s.night(a); n != nil {
		return Reason{Kind: SharedOut, Until: n.Until}
	}
	r := Reason{Kind: HandedOn, Until: a.AvoidUntil}
	if seat := s.seat(a.Avoid); seat != nil {
		r.Staff = seat.Person
	}
	return r
}

// counted is how many people could serve a group, are there, pause, and are free.
type counted struct{ all, there, paused, free int }

func (s *Snapshot) count(group string) (n counted) {
	for i := range s.Seats {
		seat := &s.Seats[i]
		if !seat.serves(group) {
			continue
		}
		n.all++
		switch {
		case seat.there():
			n.there++
			if seat.free() {
				n.free++
			}
		case seat.Status == OnBreak:
			n.paused++
		}
	}
	return n
}

func (s *Snapshot) whyNobody(n counted, opens time.Time) Reason {
	switch {
	case !opens.Equal(s.Now):
		return Reason{Kind: OffHours, Until: opens}
	case n.paused > 0:
		return Reason{Kind: AllOnBreak, Of: n.all}
	}
	return Reason{Kind: NobodyThere, Of: n.all}
}
