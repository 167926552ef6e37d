package routing

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

var shopLevels = settings.Levels{
	Customers: []settings.Level{{Name: "VIP", Start: 20 * time.Minute}}, Distributors: []settings.Level{{Name: "总代", Start: 50 * time.Minute}},
}

// model is a desk that has only what giving is decided by, and lives a random
// life.
type model struct {
	t     *testing.T
	r     *rand.Rand
	s     *Snapshot
	next  int
	given map[string]int // conversations, by person
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{t: t, r: rand.New(rand.NewPCG(seed, 5)), s: &Snapshot{Now: noon, Nights: map[string]*Night{}}, given: map[string]int{}}
	for i := range 1 + m.r.IntN(8) {
		groups := []string{"g", "h", "i"}[:m.r.IntN(4)]
		m.s.Seats = append(m.s.Seats, Seat{
			Person: &access.Person{ID: strconv.Itoa(i), Cap: 1 + m.r.IntN(6), Weight: 1 + m.r.IntN(10), Groups: groups}, Status: Online, Here: true,
		})
	}
	return m
}

// live does something at random.
func (m *model) live() {
	m.s.Now = m.s.Now.Add(time.Duration(m.r.IntN(20)) * time.Second)
	seat := &m.s.Seats[m.r.IntN(len(m.s.Seats))]
	switch m.r.IntN(10) {
	case 0:
		seat.Status = []Status{Online, OnBreak, Offline}[m.r.IntN(3)]
	case 1:
		seat.Here = m.r.IntN(3) > 0
	case 2, 3, 4:
		seat.Load = max(0, seat.Load-1)
	case 5:
		g := m.group()
		if m.s.Nights[g] == nil || !m.s.Now.Before(m.s.Nights[g].Until) {
			m.s.Nights[g] = &Night{Until: m.s.Now.Add(time.Minute), Share: 1 + m.r.IntN(2), Given: map[string]int{}}
		}
	default:
		m.arrive()
	}
}

func (m *model) group() string { return []string{"", "g", "h", "i"}[m.r.IntN(4)] }

func (m *model) arrive() {
	m.next++
	a := Asking{ID: strconv.Itoa(1e6 + m.next), Group: m.group(), Rank: m.s.Now.Add(-time.Duration(m.r.IntN(3)) * time.Minute), Night: m.r.IntN(4) == 0}
	someone := m.s.Seats[m.r.IntN(len(m.s.Seats))].Person.ID
	switch m.r.IntN(5) {
	case 0:
		why := []string{conversations.OfDedicated, conversations.OfReturning}[m.r.IntN(2)]
		a.Preferred = &conversations.Preference{Staff: someone, Why: why, Until: m.s.Now.Add(time.Minute)}
	case 1:
		a.Avoid, a.AvoidUntil = someone, m.s.Now.Add(backAfter)
	}
	m.s.Waiting = append(m.s.Waiting, a)
}

// decide gives away what can be given and holds that against the rules.
func (m *model) decide() {
	before := m.s.clone()
	list := m.s.Decide()
	done := map[string]bool{}
	for _, d := range list {
		done[d.Asking.ID] = true
		m.given[d.Seat.Person.ID]++
		if s := d.Seat; s.Status != Online || !s.Here {
			m.t.Fatalf("%s went to somebody who is not there: %+v", d.Asking.ID, s)
		}
		if d.Why != conversations.OfDedicated && d.Asking.Group != "" && !d.Seat.Person.InGroup(d.Asking.Group) {
			m.t.Fatalf("%s went to somebody outside of its group", d.Asking.ID)
		}
	}
	for i := range m.s.Seats {
		if s := &m.s.Seats[i]; s.Load > s.Person.Cap && s.Load > before.Seats[i].Load {
			m.t.Fatalf("%s has %d of %d", s.Person.ID, s.Load, s.Person.Cap)
		}
	}
	for g, n := range m.s.Nights {
		for who, count := range n.Given {
			if count > n.Share {
				m.t.Fatalf("%s had %d of the night of %q, the share is %d", who, count, g, n.Share)
			}
		}
	}
	m.nobodyIsPassedOver(before, done)
	m.s.Waiting = slices.DeleteFunc(m.s.Waiting, func(a Asking) bool { return done[a.ID] })
}

// nobodyIsPassedOver: of two who could have the same people, the one with the
// lower rank is served first; and who waits although somebody is free is kept
// for a reason that has an end.
func (m *model) nobodyIsPassedOver(before *Snapshot, done map[string]bool) {
	plain := func(a *Asking) bool { return a.Preferred == nil && a.Avoid == "" && !a.Night }
	slices.SortFunc(before.Waiting, func(a, b Asking) int { return cmp.Or(a.Rank.Compare(b.Rank), cmp.Compare(a.ID, b.ID)) })
	passed := map[string]string{} // groups of which somebody plain waits on
	for i := range before.Waiting {
		a := &before.Waiting[i]
		if !plain(a) {
			continue
		}
		if first, ok := passed[a.Group]; ok && done[a.ID] {
			m.t.Fatalf("%s was served before %s of the same group", a.ID, first)
		}
		if !done[a.ID] {
			passed[a.Group] = a.ID
		}
	}
	for i := range m.s.Waiting {
		a := &m.s.Waiting[i]
		if done[a.ID] {
			continue
		}
		fits := slices.ContainsFunc(m.s.Seats, func(s Seat) bool { return s.there() && s.free() && s.serves(a.Group) })
		kept := a.Preferred != nil && m.s.Now.Before(a.Preferred.Until) || m.s.Now.Before(a.AvoidUntil) || m.s.night(a) != nil
		if fits && !kept {
			m.t.Fatalf("%+v waits although somebody is free", a)
		}
	}
}

func TestWhateverHappensTheRulesHold(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		m := newModel(t, seed)
		for range 120 {
			for range m.r.IntN(4) {
				m.live()
			}
			m.decide()
		}
		// Everybody comes, all that is open ends, and time passes: nobody waits for ever.
		for round := 0; len(m.s.Waiting) > 0; round++ {
			if round > 1000 {
				t.Fatalf("seed %d: %d wait for ever: %+v", seed, len(m.s.Waiting), m.s.Waiting[0])
			}
			m.s.Now = m.s.Now.Add(time.Minute)
			for i := range m.s.Seats {
				s := &m.s.Seats[i]
				s.Status, s.Here, s.Load = Online, true, 0
			}
			m.decide()
			m.s.Waiting = slices.DeleteFunc(m.s.Waiting, func(a Asking) bool { // nobody works in its group
				return !slices.ContainsFunc(m.s.Seats, func(s Seat) bool { return s.serves(a.Group) })
			})
		}
	}
}

// Whoever is chosen without a reason has the least to do by their weight of all
// who could have been.
func TestChosenIsAlwaysTheLeastBusy(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		m := newModel(t, seed)
		for range 5 {
			m.live()
		}
		for i := range m.s.Waiting {
			a := &m.s.Waiting[i]
			d := m.s.Choose(a)
			if d.Seat == nil || d.Why != "" || d.Seat.Person.ID == a.Avoid {
				continue
			}
			for j := range m.s.Seats {
				s := &m.s.Seats[j]
				if s.there() && s.serves(a.Group) && s.free() && s.Person.ID != a.Avoid && s.Load*d.Seat.Person.Weight < d.Seat.Load*s.Person.Weight {
					t.Fatalf("seed %d: %+v has less to do than %+v", seed, s, d.Seat)
				}
			}
		}
	}
}

// Over a busy day, of which nothing else decides, somebody of weight 10 has twice
// as much as somebody of 5.
func TestWorkIsBalancedByWeight(t *testing.T) {
	t.Parallel()
	m := &model{t: t, r: rand.New(rand.NewPCG(1, 1)), s: &Snapshot{Now: noon}, given: map[string]int{}}
	for i, weight := range []int{10, 5, 5, 10, 2} {
		m.s.Seats = append(m.s.Seats, Seat{Person: &access.Person{ID: strconv.Itoa(i), Cap: 60, Weight: weight}, Status: Online, Here: true})
	}
	var open []*Seat // whose each is
	for range 20_000 {
		m.s.Now = m.s.Now.Add(time.Second)
		m.next++
		m.s.Waiting = []Asking{{ID: strconv.Itoa(m.next), Rank: m.s.Now}}
		for _, d := range m.s.Decide() {
			m.given[d.Seat.Person.ID]++
			open = append(open, d.Seat)
		}
		if len(open) > 64 { // any of them may end
			i := m.r.IntN(len(open))
			open[i].Load--
			open = slices.Delete(open, i, i+1)
		}
	}
	total := 0
	for _, n := range m.given {
		total += n
	}
	for i := range m.s.Seats {
		p := m.s.Seats[i].Person
		want := float64(total) * float64(p.Weight) / 32
		if got := float64(m.given[p.ID]); got < want*0.8 || got > want*1.2 {
			t.Errorf("weight %d was given %.0f of %d, want about %.0f", p.Weight, got, total, want)
		}
	}
}

// A whole queue is decided in a moment.
func BenchmarkDecide(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	s := &Snapshot{Now: noon}
	for i := range 50 {
		s.Seats = append(s.Seats, someone(strconv.Itoa(i), 10, r.IntN(10), []string{"g", "h", "i"}[:1+r.IntN(3)]...))
	}
	for i := range 500 {
		s.Waiting = append(s.Waiting, Asking{ID: strconv.Itoa(i), Group: []string{"g", "h", "i", ""}[r.IntN(4)], Rank: noon.Add(-time.Duration(r.IntN(3600)) * time.Second)})
	}
	for b.Loop() {
		s.clone().Decide()
	}
}
