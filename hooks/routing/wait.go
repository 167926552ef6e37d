package routing

import (
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// fewest is how many conversations somebody must have finished lately before
// anything is concluded from them.
const fewest = 3

// Waits says how long each that waits is likely to wait yet: who is on line has
// so many open conversations, of which each takes took, so that one ends, and
// lets somebody in, every took/open. It counts all that is ahead by rank and
// could be given to one of the same people. What cannot be told is left out:
// where nobody is there, or too little is known. took is by group; "" is of all.
func (s *Snapshot) Waits(took map[string]time.Duration) map[string]time.Duration {
	groups := s.groups()
	waits, ahead := map[string]time.Duration{}, map[string]int{}
	for i := range s.Waiting {
		a := &s.Waiting[i]
		for name, g := range groups {
			if g.shares[a.Group] {
				ahead[name]++
			}
		}
		each, known := took[a.Group]
		if !known {
			each = took[""]
		}
		if wait, ok := expected(ahead[a.Group], groups[a.Group].open, each); ok {
			waits[a.ID] = wait
		}
	}
	return waits
}

// lane is what those who wait in a group depend on.
type lane struct {
	open   int             // conversations of its people who are there
	shares map[string]bool // groups that some of these people serve, too
}

// groups are the lanes of all groups that somebody waits in.
func (s *Snapshot) groups() map[string]*lane {
	lanes := map[string]*lane{}
	for i := range s.Waiting {
		lanes[s.Waiting[i].Group] = &lane{shares: map[string]bool{}}
	}
	for i := range s.Seats {
		seat := &s.Seats[i]
		for name, l := range lanes {
			if !seat.there() || !seat.serves(name) {
				continue
			}
			l.open += seat.Load
			for other := range lanes {
				if seat.serves(other) {
					l.shares[other] = true
				}
			}
		}
	}
	return lanes
}

// expected is how long whoever stands at place waits for somebody, where so many
// conversations are open and each takes took; false where that cannot be told.
func expected(place, open int, took time.Duration) (time.Duration, bool) {
	if place < 1 || open < 1 || took <= 0 {
		return 0, false
	}
	return max(time.Second, (took * time.Duration(place) / time.Duration(open)).Round(time.Second)), true
}

// medians are how long conversations take, by group and, under "", all of them,
// where enough have ended: half of them take less. One that lay open over the
// weekend does not move that.
func medians(handled []conversations.Handling) map[string]time.Duration {
	lists := map[string][]time.Duration{}
	for _, h := range handled {
		lists[""] = append(lists[""], h.Took)
		if h.Group != "" {
			lists[h.Group] = append(lists[h.Group], h.Took)
		}
	}
	took := map[string]time.Duration{}
	for group, list := range lists {
		if len(list) >= fewest {
			slices.Sort(list)
			took[group] = list[len(list)/2]
		}
	}
	return took
}

// differ reports whether two waits are so far apart that whoever waits wants to
// know: half a minute and a fifth, or known and unknown.
func differ(a, b time.Duration) bool {
	apart := (a - b).Abs()
	return (a == 0) != (b == 0) || apart >= 30*time.Second && apart*5 >= max(a, b)
}
