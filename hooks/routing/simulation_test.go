package routing_test

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

var daySeed = flag.Uint64("day", 20260601, "the seed of the simulated day")

// findings is what was seen of a day.
type findings struct {
	ids, planned int
	seq          int64                    // of the timeline that was looked at
	entries      []*conversations.Message // all of it
	served       map[string]time.Time     // conversation → when the desk gave it to somebody first
	late         int
}

// look holds what has just happened against what must always hold.
func (d *day) look() {
	fresh, err := conversations.Missed(d.app, d.seq, 1000)
	d.check(err)
	if len(fresh) == 0 {
		return
	}
	d.seq = fresh[len(fresh)-1].Seq
	d.entries = append(d.entries, fresh...)
	moved := false
	for _, m := range fresh {
		e := m.Event()
		moved = moved || e.Event != ""
		if e.Event == conversations.Assigned && m.From.Kind == conversations.FromSystem {
			d.assigned(m, e)
		}
	}
	if moved {
		d.holdsNow()
	}
}

// assigned looks at one that the desk gave to somebody.
func (d *day) assigned(m *conversations.Message, e conversations.EventData) {
	p := d.personOf(e.Staff.ID)
	there := p.linked || d.now.Sub(p.left) < 30*time.Second
	if !p.on || !there || p.disabled {
		d.tb.Fatalf("%s: %s was given one, who is not there (%+v)", m.Time.Sub(opening), p.name, *p)
	}
	p.given++
	if _, known := d.served[m.Conversation]; !known {
		d.served[m.Conversation] = m.Time
	}
	d.work(p)
}

// holdsNow holds the desk as it stands against what must hold at every moment.
func (d *day) holdsNow() {
	loads, err := conversations.Load(d.app)
	d.check(err)
	queue, err := conversations.InQueue(d.app)
	d.check(err)
	for _, p := range d.people {
		if loads[p.id] > p.most {
			d.tb.Fatalf("%s: %s has %d of %d", d.now.Sub(opening), p.name, loads[p.id], p.most)
		}
		if !p.on || !p.linked || p.disabled || loads[p.id] == p.most {
			continue
		}
		who, err := access.ByID(d.app, p.id)
		d.check(err)
		for _, c := range queue {
			if who.InGroup(c.Group) && c.Preferred == nil && !c.Night {
				d.tb.Fatalf("%s: %s waits in %s although %s has %d of %d", d.now.Sub(opening), c.ID, c.Group, p.name, loads[p.id], p.most)
			}
		}
	}
}

// A day with 2,000 conversations, ten people who come and go, and six crashes:
// nothing is lost, nobody has too many, nobody is given one who is not there,
// nobody waits while somebody is free, and each deadline that passes is told once
// and to the second.
func TestADayOfTheShop(t *testing.T) {
	t.Parallel()
	began := time.Now()
	d := newDay(t, *daySeed)
	d.served = map[string]time.Time{}
	asked, night := 2000, 60
	if raced {
		asked, night = 200, 20
	}
	pre, after := d.groups[0], d.groups[1]
	h := time.Hour
	for i, one := range []struct {
		most, weight int
		from, to     time.Duration
		groups       []string
	}{
		{4, 5, 0, 9 * h, []string{pre}},
		{4, 5, 0, 9 * h, []string{after}},
		{5, 5, 0, 9 * h, []string{pre, after}},
		{6, 10, 30 * time.Minute, 10 * h, []string{pre, after}},
		{4, 5, 2 * h, 11 * h, []string{pre, after}},
		{4, 5, 4 * h, 13 * h, []string{after}},
		{4, 5, 5 * h, 14 * h, []string{pre}},
		{4, 5, 5 * h, 14 * h, []string{pre, after}},
		{6, 10, 5 * h, 14 * h, []string{pre, after}},
		{3, 2, 5 * h, 14 * h, []string{pre, after}},
	} {
		d.hire("客服-"+string([]rune("甲乙丙丁戊己庚辛壬癸")[i]), one.most, one.weight, one.from, one.to, one.groups...)
	}
	for i := range asked {
		at := opening.Add(d.arrival(i < night))
		d.at(at, func() { d.arrive(d.returning()) })
	}
	for range 6 {
		d.at(opening.Add(d.between(h, 13*h)), d.crash)
	}
	d.at(opening.Add(7*h+12*time.Minute), func() { d.dismiss(d.people[4]) })
	d.live(opening.Add(15 * h))

	d.nothingIsLost(asked)
	d.deadlinesAreExact()
	t.Logf("seed %d: %s\n%s", *daySeed, time.Since(began).Round(time.Second), d.figures())
}

// arrival is when somebody comes: in the night before, or over the day with a
// rush before and after noon and in the evening.
func (d *day) arrival(night bool) time.Duration {
	if night {
		return -d.between(time.Minute, 2*time.Hour)
	}
	for {
		at := d.between(0, 13*time.Hour+30*time.Minute)
		rush := []float64{.5, .7, 1, 1, .6, .5, .5, .6, .7, .8, .6, .9, 1, .8}[int(at.Hours())]
		if d.rand.Float64() < rush {
			return at
		}
	}
}

// returning is, now and then, somebody who was here before; nil for somebody new.
func (d *day) returning() *guest {
	if len(d.guests) == 0 || d.rand.IntN(5) > 0 {
		return nil
	}
	if g := d.guests[d.rand.IntN(len(d.guests))]; g.done && !d.here(g) {
		return g
	}
	return nil
}

// here is whether the customer of g has a conversation that is not closed.
func (d *day) here(g *guest) bool {
	return slices.ContainsFunc(d.guests, func(other *guest) bool { return other.contact == g.contact && !other.done })
}

// dismiss disables somebody in the middle of the day.
func (d *day) dismiss(p *person) {
	d.check(access.Disable(d.app, nil, p.id))
	p.disabled, p.on = true, false
	d.unlink(p)
}

// nothingIsLost counts what customers have said against what the timeline has,
// and holds each conversation against its end.
func (d *day) nothingIsLost(asked int) {
	said, ends := map[string]int{}, map[string]int{}
	for i, m := range d.entries {
		if i > 0 && m.Seq <= d.entries[i-1].Seq {
			d.tb.Fatalf("entry %d stands behind %d", m.Seq, d.entries[i-1].Seq)
		}
		if m.From.Kind == conversations.FromVisitor && m.Kind == conversations.Text {
			said[m.Conversation]++
		}
		if m.Event().Event == conversations.Ended {
			ends[m.Conversation]++
		}
	}
	if len(d.guests) != asked {
		d.tb.Fatalf("%d have asked", len(d.guests))
	}
	for _, g := range d.guests {
		if said[g.conversation] != g.posts || ends[g.conversation] != 1 {
			c, _ := conversations.ByID(d.app, g.conversation)
			d.tb.Errorf("%s, which came at %s: said %d, stored %d, ended %d times; it is %+v", g.conversation, g.came.Sub(opening), g.posts, said[g.conversation], ends[g.conversation], c)
		}
	}
}

// deadlinesAreExact works out from the timeline alone when customers had waited
// too long, and holds what was told of that against it.
func (d *day) deadlinesAreExact() {
	told := map[string][]time.Time{}
	for _, m := range d.entries {
		if e := m.Event(); e.Event == conversations.Breach {
			told[m.Conversation+" "+e.Kind] = append(told[m.Conversation+" "+e.Kind], m.Time)
		}
	}
	late := 0
	for _, g := range d.guests {
		for _, due := range d.passed(g) {
			late++
			key := g.conversation + " " + due.kind
			i := slices.IndexFunc(told[key], func(at time.Time) bool { return !at.Before(due.at) && at.Sub(due.at) <= time.Second })
			if i < 0 {
				d.tb.Errorf("%s was due at %s: told at %v", key, due.at.Sub(opening), told[key])
				continue
			}
			told[key] = slices.Delete(told[key], i, i+1)
		}
	}
	for key, rest := range told {
		for _, at := range rest {
			d.tb.Errorf("%s was told at %s, although nothing was due", key, at.Sub(opening))
		}
	}
	d.late = late
}

type due struct {
	kind string
	at   time.Time
}

// passed are the deadlines of g that passed, from what was said in it.
func (d *day) passed(g *guest) (list []due) {
	var since time.Time
	answered := false
	end := func(at time.Time) {
		if since.IsZero() {
			return
		}
		kind, limit := conversations.FirstResponse, 30*time.Second
		if answered {
			kind, limit = conversations.NextResponse, 5*time.Minute
		}
		begin := later(since, opening) // when working time begins
		if at.Sub(begin) > limit {
			list = append(list, due{kind, begin.Add(limit)})
		}
		since = time.Time{}
	}
	for _, m := range d.entries {
		if m.Conversation != g.conversation || m.Kind != conversations.Text {
			continue
		}
		switch m.From.Kind { //nolint:exhaustive // others do not talk with each other
		case conversations.FromVisitor:
			if since.IsZero() {
				since = m.Time
			}
		case conversations.FromStaff:
			end(m.Time)
			answered = true
		}
	}
	end(d.now)
	if begin := later(g.came, opening); g.urgent && d.served[g.conversation].Sub(begin) > time.Minute {
		list = append(list, due{conversations.UrgentToStaff, begin.Add(time.Minute)})
	}
	return list
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// figures are what an owner would like to know of the day.
func (d *day) figures() string {
	waits, first := make([]time.Duration, 0, len(d.guests)), 0
	for _, g := range d.guests {
		waits = append(waits, max(0, d.served[g.conversation].Sub(later(g.came, opening))))
	}
	slices.Sort(waits)
	for _, w := range waits {
		if w <= 30*time.Second {
			first++
		}
	}
	at := func(share float64) time.Duration { return waits[int(share*float64(len(waits)-1))].Round(time.Second) }
	var text strings.Builder
	fmt.Fprintf(&text, "%d conversations, %d entries, %d crashes; waits for a person: p50 %s, p90 %s, p99 %s, longest %s; within 30 s %d %%; deadlines passed %d\n",
		len(d.guests), len(d.entries), d.lost, at(.5), at(.9), at(.99), at(1), 100*first/len(waits), d.late)
	people := slices.Clone(d.people)
	slices.SortFunc(people, func(a, b *person) int { return cmp.Compare(a.name, b.name) })
	for _, p := range people {
		fmt.Fprintf(&text, "%s weight %2d, at most %d, %4.1f h: %3d given\n", p.name, p.weight, p.most, (p.shift[1] - p.shift[0]).Hours(), p.given)
	}
	return text.String()
}
