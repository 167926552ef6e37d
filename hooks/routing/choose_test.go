package routing

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

func someone(id string, most int, groups ...string) *access.Person {
	return &access.Person{ID: id, Cap: most, Groups: groups}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	early, late := time.Unix(100, 0), time.Unix(200, 0)
	for name, c := range map[string]struct {
		group string
		who   []Candidate
		want  string
	}{
		"nobody":            {"g", nil, ""},
		"not in the group":  {"g", []Candidate{{Person: someone("a", 5, "h")}}, ""},
		"everybody's":       {"", []Candidate{{Person: someone("a", 5, "h")}}, "a"},
		"least busy":        {"g", []Candidate{{Person: someone("a", 5, "g"), Load: 2}, {Person: someone("b", 5, "g"), Load: 1}}, "b"},
		"longest idle":      {"g", []Candidate{{Person: someone("a", 5, "g"), Idle: late}, {Person: someone("b", 5, "g"), Idle: early}}, "b"},
		"never given one":   {"g", []Candidate{{Person: someone("a", 5, "g"), Idle: early}, {Person: someone("b", 5, "g")}}, "b"},
		"at the cap":        {"g", []Candidate{{Person: someone("a", 2, "g"), Load: 2}, {Person: someone("b", 9, "g"), Load: 8}}, "b"},
		"all at the cap":    {"g", []Candidate{{Person: someone("a", 2, "g"), Load: 2}}, ""},
		"handed it on":      {"g", []Candidate{{Person: someone("a", 5, "g"), HandedOn: true}, {Person: someone("b", 5, "g"), Load: 4}}, "b"},
		"waits for another": {"g", []Candidate{{Person: someone("a", 5, "g"), HandedOn: true}, {Person: someone("b", 5, "g"), Load: 5}}, ""},
		"nobody else there": {"g", []Candidate{{Person: someone("a", 5, "g"), HandedOn: true}}, "a"},
	} {
		got := ""
		if p := Choose(c.group, c.who); p != nil {
			got = p.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Whoever is chosen is in the group and below the cap, and nobody of the group
// has less to do.
func TestChosenIsAlwaysTheLeastBusy(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		who := make([]Candidate, r.IntN(8))
		for i := range who {
			groups := []string{"g", "h"}[:r.IntN(3)]
			who[i] = Candidate{Person: someone(strconv.Itoa(i), 1+r.IntN(5), groups...), Load: r.IntN(6), Idle: time.Unix(r.Int64N(9), 0)}
		}
		chosen := Choose("g", who)
		for _, c := range who {
			fits := c.Person.InGroup("g") && c.Load < c.Person.Cap
			if chosen == nil && fits {
				t.Fatalf("%v waits although %+v could", who, c)
			}
			if c.Person == chosen && !fits {
				t.Fatalf("%+v was chosen", c)
			}
		}
		if chosen == nil {
			continue
		}
		load := map[string]int{}
		for _, c := range who {
			load[c.Person.ID] = c.Load
		}
		for _, c := range who {
			if c.Person.InGroup("g") && c.Load < c.Person.Cap && c.Load < load[chosen.ID] {
				t.Fatalf("%+v has less to do than %s", c, chosen.ID)
			}
		}
	}
}
