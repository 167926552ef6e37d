package routing

import (
	"maps"
	"time"
)

// Night is how what came to a group while nobody was there is shared out when
// the first of its people come on line: until the window closes, nobody gets
// more of it than a fair share, so that there is something left for whoever
// comes a minute later. What is left then goes by load.
type Night struct {
	Until time.Time      // when the window closes
	Share int            // of each
	Given map[string]int // by person
}

// share is what each of so many people gets of a pool, rounded up.
func share(pool, people int) int {
	if people < 1 {
		return pool
	}
	return (pool + people - 1) / people
}

// night is the sharing out that a belongs to; nil where it goes by load.
func (s *Snapshot) night(a *Asking) *Night {
	if n := s.Nights[a.Group]; a.Night && n != nil && s.Now.Before(n.Until) {
		return n
	}
	return nil
}

// hadShare reports whether seat has got its share of the night that a is part
// of.
func (s *Snapshot) hadShare(a *Asking, seat *Seat) bool {
	n := s.night(a)
	return n != nil && n.Given[seat.Person.ID] >= n.Share
}

// copied keeps what is only being tried out of what is.
func copied(nights map[string]*Night) map[string]*Night {
	all := make(map[string]*Night, len(nights))
	for group, n := range nights {
		same := *n
		same.Given = maps.Clone(n.Given)
		all[group] = &same
	}
	return all
}
