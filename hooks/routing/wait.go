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
	groups := map[string]bool{}
	for i := range s.Waiting {
		groups[s.Waiting[i].Group] = true
	}
	share := map[[2]string]bool{} // groups that have somebody on line in common
	open := map[string]int{}
	for i := range s.Seats {
		seat := &s.Seats[i]
		for one := range groups {
			if !seat.there() || !seat.serves(one) {
				continue
			}
			open[one] += seat.Load
			for other := range groups {
				if seat.serves(other) {
					share[[2]string{one, other}] = true
				}
			}
		}
	}
	waits, ahead := map[string]time.Duration{}, map[string]int{}
	for i := range s.Waiting {
		a := &s.Waiting[i]
		for group := range groups {
			if share[[2]string{group, a.Group}] {
				ahead[group]++
			}
		}
		each, known := took[a.Group]
		if !known {
			each = took[""]
		}
		if wait, ok := expected(ahead[a.Group], open[a.Group], each); ok {
			waits[a.ID] = wait
		}
	}
	return waits
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
