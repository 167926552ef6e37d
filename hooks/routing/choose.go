package routing

import (
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// Candidate is somebody who is present, with what counts when choosing.
type Candidate struct {
	Person   *access.Person
	Load     int       // open conversations
	Idle     time.Time // when they were last given one; zero: never
	HandedOn bool      // they have just handed this one on
}

// Choose picks who gets a conversation of group: of those in the group and
// below their cap the least busy, and of these the one who has been idle
// longest. Whoever has just handed it on gets it back only where nobody else of
// the group is present. nil where it has to wait. An empty group is everybody's.
func Choose(group string, candidates []Candidate) *access.Person {
	var best *Candidate
	others := false
	for i := range candidates {
		c := &candidates[i]
		if group != "" && !c.Person.InGroup(group) {
			continue
		}
		others = others || !c.HandedOn
		if c.Load >= c.Person.Cap {
			continue
		}
		if best == nil || before(c, best) {
			best = c
		}
	}
	if best == nil || best.HandedOn && others {
		return nil
	}
	return best.Person
}

func before(a, b *Candidate) bool {
	switch {
	case a.HandedOn != b.HandedOn:
		return b.HandedOn
	case a.Load != b.Load:
		return a.Load < b.Load
	case !a.Idle.Equal(b.Idle):
		return a.Idle.Before(b.Idle)
	}
	return a.Person.ID < b.Person.ID
}
