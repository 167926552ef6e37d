package demo

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

const (
	pastDays = 21
	shown    = 25 // of a hundred old pictures: each is fsynced as a real one is
)

// busy is how much is asked in each hour of a day, out of 100.
var busy = [24]int{2, 1, 0, 0, 0, 0, 1, 2, 4, 7, 9, 8, 5, 5, 7, 8, 7, 5, 4, 6, 8, 6, 3, 2}

// past is all that has happened so far.
type past struct {
	*furnished
	dialogues []*dialogue
	dice      *rand.Rand
	now       time.Time

	scenes []*scene
	going  []*performance // what the live visitors go on with
}

// performance is a telling that has come to a line.
type performance struct {
	*telling
	who  *person
	rest []line
}

// happen makes up the past: weeks of it, and what is under way.
func (p *past) happen() {
	for _, at := range p.starts() {
		if who := p.free(at); who != nil {
			p.served(at, who)
		}
	}
	for _, u := range underWay {
		p.start(u)
	}
}

// starts are when conversations began, in order.
func (p *past) starts() []time.Time {
	var list []time.Time
	midnight := time.Date(p.now.Year(), p.now.Month(), p.now.Day(), 0, 0, 0, 0, p.now.Location())
	for day := pastDays; day >= 0; day-- {
		date := midnight.AddDate(0, 0, -day)
		for hour, share := range busy {
			most := float64(16+p.dice.IntN(8)) * float64(share) / 100
			n := int(most)
			if p.dice.Float64() < most-float64(n) {
				n++
			}
			for range n {
				list = append(list, date.Add(time.Duration(hour*3600+p.dice.IntN(3600))*time.Second))
			}
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	recent := p.now.Add(-time.Hour) // the longest takes less
	return slices.DeleteFunc(list, func(t time.Time) bool { return t.After(recent) })
}

// free is somebody who could come at that time: some come again and again.
func (p *past) free(at time.Time) *person {
	for range 50 {
		who := pick(p.dice, p.people)
		if chance(p.dice, 30) {
			who = pick(p.dice, p.people[:len(p.people)/4])
		}
		if at.Sub(who.closed) > time.Hour {
			return who
		}
	}
	return nil
}

// fits picks a dialogue for somebody: of a group if it matters.
func (p *past) fits(who *person, group string) *dialogue {
	for {
		d := pick(p.dice, p.dialogues)
		if (group == "" || d.group == group) && slices.Contains(d.tags, "EN") == (who.lang == "en") {
			return d
		}
		if who.lang == "en" { // few are written for them
			who = &person{}
		}
	}
}

// served is a conversation from its first word to its end.
func (p *past) served(at time.Time, who *person) {
	s := p.begin(p.fits(who, ""), who, at, p.dice)
	s.shows = shown
	if chance(p.dice, 35) {
		s.play(s.enter())
	}
	s.play(s.lines)
	s.finish()
	who.seen, who.closed = s.at, s.at
	p.scenes = append(p.scenes, s)
}

// standing is how one conversation stands when the demo begins.
type standing struct {
	group           string
	by, turns       int // who serves, as an index of the staff, -1 for nobody; how often they have spoken
	ago             int // seconds since the last word
	answered, byBot bool
	aside           aside // what whoever serves has done beside
	whom            int   // whom they ask, as an index of the staff
}

// underWay is how the day stands.
var underWay = []standing{
	{group: "after-sale", by: 0, turns: 1, ago: 205},
	{group: "pre-sale", by: 0, turns: 1, ago: 95},
	{group: "complaint", by: 0, turns: 2, ago: 40, answered: true, aside: promises},
	{group: "after-sale", by: 0, turns: 1, ago: 2400, answered: true, aside: putOff},
	{group: "pre-sale", by: 0, turns: 1, ago: 3100, answered: true, aside: waits},
	{group: "after-sale", by: 2, turns: 1, ago: 150},
	{group: "pre-sale", by: 2, turns: 1, ago: 64},
	{group: "after-sale", by: 2, turns: 0, ago: 21},
	{group: "distributor", by: 2, turns: 1, ago: 330, answered: true},
	{group: "after-sale", by: 2, turns: 1, ago: 2700, answered: true, aside: putOff},
	{group: "after-sale", by: 3, turns: 1, ago: 25, aside: asks, whom: 2},
	{group: "complaint", by: 3, turns: 1, ago: 48, aside: asks, whom: 0},
	{group: "pre-sale", by: 4, turns: 1, ago: 12},
	{group: "distributor", by: -1, ago: 76},
	{group: "distributor", by: -1, ago: 18},
	{group: "complaint", by: -1, ago: 33},
	{group: "after-sale", by: -1, byBot: true, ago: 110},
	{group: "pre-sale", by: -1, byBot: true, ago: 260},
}

// goesOn reports whether the customer is still there, and does not wait to be asked.
func (u standing) goesOn() bool { return !u.byBot && u.aside != putOff && u.aside != waits }

// start brings one conversation to where it stands now.
func (p *past) start(u standing) {
	who := p.free(p.now)
	for who.identity == "" || who.lang == "en" {
		who = p.free(p.now)
	}
	d, until := p.fits(who, u.group), 0
	for ; until == 0; d = p.fits(who, u.group) {
		if until = stop(d.lines, u.turns, u.answered); until > 0 && !u.byBot {
			break
		}
		if until = 0; u.byBot && p.answers(d.lines[0]) {
			until = 1
			break
		}
	}
	s := p.begin(d, who, p.now, p.dice)
	s.shows = 100
	if u.by >= 0 {
		s.by = p.staff[u.by]
	}
	if d.lines[0].part != entry {
		s.play(s.enter())
	}
	s.play(d.lines[:until])
	if u.by >= 0 {
		s.serve(u.group)
	}
	s.shift(p.now.Add(-time.Duration(u.ago) * time.Second).UTC().Truncate(time.Millisecond).Sub(s.at))
	who.seen, who.closed = s.at, p.now.AddDate(100, 0, 0)
	p.scenes = append(p.scenes, s)
	if u.goesOn() {
		p.going = append(p.going, &performance{telling: s.telling, who: who, rest: d.lines[until:]})
	}
}

// answers reports whether a line presses a question that the bot answers: a form
// needs a person.
func (p *past) answers(l line) bool {
	e, ok := p.channel.Entry(l.said[0])
	return ok && l.part == entry && e.Answer != "" && len(e.Form) == 0
}

// enter presses the question that leads to the scene's group.
func (s *scene) enter() []line {
	for _, e := range s.Entry {
		if e.Group == s.place && e.Answer == "" && s.lines[0].part != entry {
			return []line{{entry, []string{e.ID}}}
		}
	}
	return nil
}

// stop is where a dialogue pauses after so many answers of the agent: with the
// agent's last word, or with what the customer says to it.
func stop(lines []line, turns int, answered bool) int {
	spoken, before := 0, customer
	for i, l := range lines {
		switch {
		case l.part == handOn:
			return 0
		case l.part == agent && before != agent:
			if spoken == turns && !answered {
				return i
			}
			spoken++
		case l.part == customer && before == agent && spoken == turns && answered:
			return i
		}
		if l.part != note {
			before = l.part
		}
	}
	return 0
}

const countReplies = "UPDATE quick_replies SET uses = ABS(RANDOM()) % 90 WHERE scope = 'shop'"

// write numbers all that has happened in the order of its time, and writes it in
// one transaction.
func (p *past) write(app core.App) error {
	return conversations.WritePast(app, func(to *conversations.Past) error {
		w := &writer{to: to}
		if err := p.keep(w, p.dice, p.now); err != nil {
			return err
		}
		if err := p.writeEntries(to); err != nil {
			return err
		}
		for _, s := range p.scenes {
			s.c.FirstRating = s.c.Rating
			if err := to.Conversation(s.c); err != nil {
				return err
			}
		}
		w.exec(countReplies, nil)
		return errors.Join(w.err, to.IndexLater())
	})
}

// writeEntries replays the commits. Each takes a number for every entry and one
// for the conversation's row, as the timeline's writer does.
func (p *past) writeEntries(to *conversations.Past) error {
	var commits []*commit
	for _, s := range p.scenes {
		commits = append(commits, s.past...)
	}
	slices.SortStableFunc(commits, func(a, b *commit) int { return a.at.Compare(b.at) })
	for _, one := range commits {
		for _, m := range one.entries {
			m.Seq = to.Next()
			one.c.LastSeq = m.Seq
			if err := writeEntry(to, m); err != nil {
				return err
			}
		}
		switch one.read {
		case conversations.FromStaff:
			one.c.ReadStaff = one.c.LastSeq
		case conversations.FromVisitor:
			one.c.ReadVisitor = one.c.LastSeq
		default: // nobody has
		}
		one.c.Rev = to.Next()
	}
	return nil
}

func writeEntry(to *conversations.Past, m *conversations.Message) error {
	if m.Kind == conversations.Image {
		id, err := storePicture(to.App, m)
		if err != nil {
			return err
		}
		m.File = id
	}
	return to.Entry(m)
}

// storePicture keeps the picture that m names, and binds it to m.
func storePicture(app core.App, m *conversations.Message) (string, error) {
	raw, err := draw(m.File)
	if err != nil {
		return "", err
	}
	f, err := files.Store(app, files.Upload{
		Owner: m.Sender, Contact: m.Contact, Purpose: files.ForMessage, Name: "IMG_" + strings.ToUpper(m.ID[:4]) + ".png", Body: bytes.NewReader(raw),
	})
	if err != nil {
		return "", fmt.Errorf("keep the picture %s: %w", m.File, err)
	}
	return f.ID(), files.Claim(app, f.ID(), m.Sender, m.Contact, m.ID)
}
