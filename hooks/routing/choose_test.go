package routing

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// someone is on line, of the usual weight.
func someone(id string, most, load int, groups ...string) Seat {
	return Seat{Person: &access.Person{ID: id, Cap: most, Weight: 5, Groups: groups}, Status: Online, Here: true, Load: load}
}

func (s Seat) but(change func(*Seat)) Seat {
	change(&s)
	return s
}

func waitsFor(staff, why string, until time.Time) Asking {
	return Asking{ID: "c", Group: "g", Preferred: &conversations.Preference{Staff: staff, Why: why, Until: until}}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	early, late := noon.Add(-2*time.Minute), noon.Add(-time.Minute)
	soon, past := noon.Add(time.Minute), noon.Add(-time.Second)
	inG, open := Asking{ID: "c", Group: "g"}, Asking{ID: "c"}
	back := Asking{ID: "c", Group: "g", Avoid: "a", AvoidUntil: soon}
	longBack := Asking{ID: "c", Group: "g", Avoid: "a", AvoidUntil: noon}
	given := func(at time.Time) func(*Seat) { return func(s *Seat) { s.Given = at } }
	weight := func(w int) func(*Seat) { return func(s *Seat) { p := *s.Person; p.Weight = w; s.Person = &p } }
	paused := func(s *Seat) { s.Status = OnBreak }
	away := func(s *Seat) { s.Status = Offline }
	lost := func(s *Seat) { s.Here = false }
	for name, c := range map[string]struct {
		asking Asking
		who    []Seat
		want   string
		why    string
	}{
		"nobody":               {inG, nil, "", ""},
		"not in the group":     {inG, []Seat{someone("a", 5, 0, "h")}, "", ""},
		"everybody's":          {open, []Seat{someone("a", 5, 0, "h")}, "a", ""},
		"on a break":           {inG, []Seat{someone("a", 5, 0, "g").but(paused)}, "", ""},
		"off line":             {inG, []Seat{someone("a", 5, 0, "g").but(away)}, "", ""},
		"in the grace":         {inG, []Seat{someone("a", 5, 0, "g").but(lost), someone("b", 5, 4, "g")}, "b", ""},
		"least busy":           {inG, []Seat{someone("a", 5, 2, "g"), someone("b", 5, 1, "g")}, "b", ""},
		"least by weight":      {inG, []Seat{someone("a", 9, 3, "g").but(weight(10)), someone("b", 9, 2, "g")}, "a", ""},
		"longest idle":         {inG, []Seat{someone("a", 5, 0, "g").but(given(late)), someone("b", 5, 0, "g").but(given(early))}, "b", ""},
		"never given one":      {inG, []Seat{someone("a", 5, 0, "g").but(given(early)), someone("b", 5, 0, "g")}, "b", ""},
		"at the cap":           {inG, []Seat{someone("a", 2, 2, "g"), someone("b", 9, 8, "g")}, "b", ""},
		"all at the cap":       {inG, []Seat{someone("a", 2, 2, "g")}, "", ""},
		"handed it on":         {back, []Seat{someone("a", 5, 0, "g"), someone("b", 5, 4, "g")}, "b", ""},
		"waits for another":    {back, []Seat{someone("a", 5, 0, "g"), someone("b", 5, 5, "g")}, "", ""},
		"but not for ever":     {longBack, []Seat{someone("a", 5, 0, "g"), someone("b", 5, 5, "g")}, "a", ""},
		"last for ever":        {longBack, []Seat{someone("a", 5, 0, "g"), someone("b", 5, 4, "g")}, "b", ""},
		"nobody else there":    {back, []Seat{someone("a", 5, 0, "g"), someone("b", 5, 0, "g").but(paused)}, "a", ""},
		"preferred":            {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 3, "g"), someone("b", 5, 0, "g")}, "a", "returning"},
		"preferred is full":    {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 5, "g"), someone("b", 5, 0, "g")}, "", ""},
		"preferred pauses":     {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 0, "g").but(paused), someone("b", 5, 0, "g")}, "", ""},
		"preferred is cut off": {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 0, "g").but(lost), someone("b", 5, 0, "g")}, "", ""},
		"preferred has left":   {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 0, "g").but(away), someone("b", 5, 0, "g")}, "b", ""},
		"too long for them":    {waitsFor("a", "returning", noon), []Seat{someone("a", 5, 5, "g"), someone("b", 5, 0, "g")}, "b", ""},
		"free at last":         {waitsFor("a", "returning", past), []Seat{someone("a", 5, 4, "g"), someone("b", 5, 0, "g")}, "a", "returning"},
		"no longer of theirs":  {waitsFor("a", "returning", soon), []Seat{someone("a", 5, 0, "h"), someone("b", 5, 0, "g")}, "b", ""},
		"dedicated":            {waitsFor("a", "dedicated", soon), []Seat{someone("a", 5, 0, "h"), someone("b", 5, 0, "g")}, "a", "dedicated"},
		"works here no more":   {waitsFor("x", "dedicated", soon), []Seat{someone("b", 5, 0, "g")}, "b", ""},
	} {
		s := &Snapshot{Now: noon, Seats: c.who}
		got := ""
		d := s.Choose(&c.asking)
		if d.Seat != nil {
			got = d.Seat.Person.ID
		}
		if got != c.want || d.Why != c.why {
			t.Errorf("%s: %q for %q, want %q for %q", name, got, d.Why, c.want, c.why)
		}
	}
}

func TestTheQueueGoesByRank(t *testing.T) {
	t.Parallel()
	s := &Snapshot{Now: noon, Seats: []Seat{someone("a", 2, 0, "g")}, Waiting: []Asking{
		{ID: "3", Group: "g", Rank: noon.Add(-time.Minute)},
		{ID: "2", Group: "g", Rank: noon.Add(-time.Hour)},
		{ID: "4", Group: "h", Rank: noon.Add(-2 * time.Hour)},
		{ID: "1", Group: "g", Rank: noon.Add(-time.Hour)},
	}}
	if list := s.Decide(); len(list) != 2 || list[0].Asking.ID != "1" || list[1].Asking.ID != "2" {
		t.Errorf("given were %v: the two with the lowest rank are", list)
	}
}

// Of a night of nine, each of four people gets three at most while it is shared
// out, however many of them they could have.
func TestTheNightIsSharedOut(t *testing.T) {
	t.Parallel()
	night := &Night{Until: noon.Add(time.Minute), Share: share(9, 4), Given: map[string]int{}}
	s := &Snapshot{Now: noon, Seats: []Seat{someone("a", 20, 0, "g"), someone("b", 20, 0, "g")}, Nights: map[string]*Night{"g": night}}
	for i := range 9 {
		s.Waiting = append(s.Waiting, Asking{ID: string(rune('a' + i)), Group: "g", Rank: noon, Night: true})
	}
	s.Waiting = append(s.Waiting, Asking{ID: "z", Group: "g", Rank: noon})
	if given := s.Decide(); len(given) != 7 || night.Given["a"] != 3 || night.Given["b"] != 3 || given[6].Asking.ID != "z" || given[6].Why != "" {
		t.Errorf("given were %d, of the night %v", len(given), night.Given)
	}
	s.Now = night.Until
	s.Waiting = s.Waiting[6:9]
	if rest := s.Decide(); len(rest) != 3 {
		t.Errorf("of the rest %d were given when the window had closed", len(rest))
	}
}

func TestHeadStarts(t *testing.T) {
	t.Parallel()
	h := Standard().Starts
	for name, c := range map[string]struct {
		standing Standing
		want     time.Duration
	}{
		"nothing":        {Standing{Priority: "normal"}, 0},
		"urgent":         {Standing{Priority: "urgent"}, 10 * time.Minute},
		"urgent, angry":  {Standing{Priority: "urgent", Emotion: conversations.Angry}, 13 * time.Minute},
		"low":            {Standing{Priority: "low"}, -2 * time.Minute},
		"unknown level":  {Standing{Priority: "normal", Level: "青铜"}, 0},
		"level":          {Standing{Priority: "normal", Level: " vip"}, 20 * time.Minute},
		"more than most": {Standing{Priority: "urgent", Level: "VIP", Distributor: "总代"}, MostHeadStart},
	} {
		if got := h.Of(c.standing, shopLevels); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	soon := noon.Add(time.Minute)
	inG := Asking{ID: "c", Group: "g"}
	night := inG
	night.Night = true
	paused := func(s *Seat) { s.Status = OnBreak }
	away := func(s *Seat) { s.Status = Offline }
	open, shut := noon, noon.Add(9*time.Hour)
	full := someone("b", 3, 3, "g")
	for name, c := range map[string]struct {
		asking Asking
		who    []Seat
		opens  time.Time
		want   Reason
	}{
		"being assigned":  {inG, []Seat{someone("a", 5, 0, "g")}, open, Reason{Kind: BeingAssigned}},
		"nobody works":    {inG, []Seat{someone("a", 5, 0, "h")}, open, Reason{Kind: NobodyWorks}},
		"off hours":       {inG, []Seat{someone("a", 5, 0, "g").but(away)}, shut, Reason{Kind: OffHours, Until: shut}},
		"open, but away":  {inG, []Seat{someone("a", 5, 0, "g").but(away)}, open, Reason{Kind: NobodyThere, Of: 1}},
		"all pause":       {inG, []Seat{someone("a", 5, 0, "g").but(paused), someone("b", 5, 0, "g").but(away)}, open, Reason{Kind: AllOnBreak, Of: 2}},
		"all are full":    {inG, []Seat{full, someone("d", 1, 1, "g"), someone("a", 5, 0, "g").but(paused)}, open, Reason{Kind: AllFull, Of: 2}},
		"is full in time": {inG, []Seat{full}, shut, Reason{Kind: AllFull, Of: 1}},
		"for somebody":    {waitsFor("b", "dedicated", soon), []Seat{full, someone("a", 5, 0, "g")}, open, Reason{Kind: WaitsFor, Staff: full.Person, Until: soon}},
		"the night":       {night, []Seat{someone("a", 5, 1, "g")}, open, Reason{Kind: SharedOut, Until: soon}},
		"handed on": {
			Asking{ID: "c", Group: "g", Avoid: "b", AvoidUntil: soon},
			[]Seat{someone("b", 9, 1, "g").but(func(s *Seat) { s.Person = full.Person; s.Load = 1 }), someone("a", 1, 1, "g")},
			open,
			Reason{Kind: HandedOn, Staff: full.Person, Until: soon},
		},
	} {
		s := &Snapshot{Now: noon, Seats: c.who, Nights: map[string]*Night{"g": {Until: soon, Share: 1, Given: map[string]int{"a": 1}}}}
		if got := s.Why(&c.asking, func() time.Time { return c.opens }); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestExpectedWait(t *testing.T) {
	t.Parallel()
	took := map[string]time.Duration{"": 20 * time.Minute, "g": 10 * time.Minute}
	s := &Snapshot{Now: noon, Seats: []Seat{
		someone("a", 5, 5, "g", "h"), someone("b", 5, 5, "g"), someone("c", 9, 9, "x").but(func(s *Seat) { s.Status = OnBreak }),
	}, Waiting: []Asking{{ID: "1", Group: "g"}, {ID: "2", Group: "h"}, {ID: "3", Group: "x"}, {ID: "4", Group: "g"}}}
	waits := s.Waits(took)
	for id, want := range map[string]time.Duration{
		"1": time.Minute,     // one of ten that take ten minutes each
		"2": 8 * time.Minute, // the second of those whom a could be given, of five that take twenty
		"3": 0,               // nobody is there
		"4": 3 * time.Minute, // the third of those ahead, also by a's other group
	} {
		if waits[id] != want {
			t.Errorf("%s: %v, want %v", id, waits[id], want)
		}
	}
	if waits := s.Waits(nil); len(waits) > 0 {
		t.Errorf("guessed without knowing anything: %v", waits)
	}
	handled := []conversations.Handling{{Group: "g", Took: 1}, {Group: "g", Took: 3}, {Group: "h", Took: 90}, {Group: "g", Took: 2}}
	if got := medians(handled); len(got) != 2 || got["g"] != 2 || got[""] != 3 {
		t.Errorf("medians: %v", got)
	}
}
