package demo

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// scene is one conversation of the past while it is made up. It follows the
// rules of the timeline's writer, which itself knows no time but now; a test
// holds the two together.
type scene struct {
	*furnished
	*telling
	dice  *rand.Rand
	who   *person
	place string  // key of the group that serves
	by    staffer // who serves, once somebody does
	at    time.Time
	shows int // of a hundred pictures, how many are shown
	c     *conversations.Conversation
	past  []*commit
}

// commit is a change of a conversation: entries of its timeline, or a read mark.
type commit struct {
	c       *conversations.Conversation
	at      time.Time
	entries []*conversations.Message
	read    conversations.AuthorKind // who has read everything so far
}

// begin makes a scene of somebody's conversation. Nothing is said yet.
func (f *furnished) begin(d *dialogue, who *person, at time.Time, dice *rand.Rand) *scene {
	return &scene{furnished: f, telling: f.tell(d, who.name, dice), dice: dice, who: who, place: d.group, at: at.UTC().Truncate(time.Millisecond)}
}

// play does the lines from one to before another.
func (s *scene) play(lines []line) {
	for _, l := range lines {
		if l.part == picture && !chance(s.dice, s.shows) {
			continue
		}
		switch l.part {
		case customer, picture, entry:
			s.pass(6, 40)
			s.customerSays(l)
		case agent:
			s.serve(s.place)
			s.pass(4, 20)
			s.read(conversations.FromStaff)
			s.pass(4, 45)
			s.agentSays(s.words(l, s.by.Nickname))
		case note:
			s.pass(5, 25)
			s.commit(&conversations.Message{Kind: conversations.Note, StaffOnly: true, Text: s.words(l, ""), From: conversations.Staff(s.by.Person)})
		case handOn:
			s.pass(8, 30)
			s.handOn(l)
		default: // a rating is no line of its own
		}
	}
}

// pass lets some seconds go by.
func (s *scene) pass(least, most int) {
	s.at = s.at.Add(time.Duration(least*1000+s.dice.IntN((most-least)*1000)) * time.Millisecond)
}

func (s *scene) visitor() conversations.Author {
	name := s.who.name
	if name == "" {
		name = customers.Anonymous(s.who.contact, "zh-CN")
	}
	return conversations.Author{Kind: conversations.FromVisitor, ID: s.who.contact, Name: name}
}

func (s *scene) bot() conversations.Author {
	return conversations.Author{Kind: conversations.FromBot, Name: s.channel.Name()}
}

// commit adds entries to the timeline, and keeps the last that was said.
func (s *scene) commit(entries ...*conversations.Message) {
	for _, m := range entries {
		m.ID, m.Time, m.Conversation, m.Contact = core.GenerateDefaultRandomId(), s.at, s.c.ID, s.who.contact
		m.Sender = string(m.From.Kind) + ":" + m.From.ID
		if m.Kind != conversations.Event && m.Kind != conversations.Note {
			s.c.Last = &conversations.Last{Kind: m.Kind, Text: short(m.Text), From: m.From.Kind, Time: s.at}
		}
	}
	s.past = append(s.past, &commit{c: s.c, at: s.at, entries: entries})
}

func (s *scene) event(by conversations.Author, data conversations.EventData) *conversations.Message {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // a plain struct
	}
	return &conversations.Message{Kind: conversations.Event, From: by, Data: raw, StaffOnly: data.Event == conversations.Tagged}
}

// open begins the conversation, in the queue, with the greeting before
// somebody's very first word.
func (s *scene) open() []*conversations.Message {
	s.c = &conversations.Conversation{
		ID: core.GenerateDefaultRandomId(), Contact: s.who.contact, Customer: s.who.customer, Channel: s.channel.Id,
		Status: conversations.Waiting, Priority: "normal", Opened: s.at, Queued: s.at,
	}
	first := []*conversations.Message{s.event(conversations.System(), conversations.EventData{Event: conversations.Opened})}
	if !s.who.spoken {
		first = append(first, &conversations.Message{Kind: conversations.Text, Text: s.Greeting, From: s.bot()})
	}
	s.who.spoken = true
	return first
}

// customerSays posts what the customer says, presses or sends.
func (s *scene) customerSays(l line) {
	var entries []*conversations.Message
	if s.c == nil {
		entries = s.open()
	}
	m := &conversations.Message{Kind: conversations.Text, Text: s.words(l, ""), From: s.visitor()}
	var answer string
	switch l.part {
	case picture:
		m.Kind, m.Text, m.File = conversations.Image, "", l.said[0] // a picture's name, until there is a file
	case entry:
		answer = s.press(m, l)
	default: // words
	}
	entries = append(entries, m)
	s.c.Unread++
	if answer != "" {
		s.c.Status, s.c.Queued = conversations.WithBot, time.Time{}
		entries = append(entries, &conversations.Message{Kind: conversations.Text, Text: answer, From: s.bot()})
	} else {
		if s.c.Status == conversations.WithBot {
			s.c.Status, s.c.Queued = conversations.Waiting, s.at
		}
		if s.c.WaitingSince.IsZero() {
			s.c.WaitingSince = s.at
		}
	}
	s.commit(entries...)
}

// press makes m the pressing of an entry question, or its form, and returns what
// is answered while nobody serves.
func (s *scene) press(m *conversations.Message, l line) string {
	e, ok := s.channel.Entry(l.said[0])
	if !ok {
		return ""
	}
	if e.Group != "" {
		s.c.Group = e.Group
	}
	if len(e.Form) == 0 {
		m.Text, m.Data = e.Text, json.RawMessage(`{"entry":"`+e.ID+`"}`)
		return e.Answer
	}
	form := conversations.Filled{Entry: e.ID, Fields: s.filled(e, l)}
	raw, err := json.Marshal(map[string]any{"entry": e.ID, "form": form})
	if err != nil {
		panic(err) // plain words
	}
	m.Text, m.Data = form.Words(e.Text), raw
	return ""
}

// serve gives the conversation to somebody of the group, where nobody has it.
func (s *scene) serve(group string) {
	if s.c.Assignee != "" {
		return
	}
	if s.by.Person == nil || !slices.Contains(s.mayServe(group), s.by.ID) {
		s.by = pick(s.dice, s.serves(group))
	}
	s.pass(1, 25)
	s.c.Assignee, s.c.Status, s.c.Queued = s.by.ID, conversations.Open, time.Time{}
	s.commit(s.event(conversations.System(), conversations.EventData{Event: conversations.Assigned, Staff: named(s.by.Person)}))
}

// mayServe lists the ids of those who may serve a group.
func (s *scene) mayServe(group string) (ids []string) {
	for _, one := range s.staff {
		if g := s.groups[group]; g == nil || one.InGroup(g.Id) {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

func named(p *access.Person) *conversations.Named {
	return &conversations.Named{ID: p.ID, Name: p.Nickname}
}

func (s *scene) agentSays(text string) {
	s.c.WaitingSince = time.Time{}
	s.commit(&conversations.Message{Kind: conversations.Text, Text: text, From: conversations.Staff(s.by.Person)})
	if chance(s.dice, 90) {
		s.pass(1, 5)
		s.read(conversations.FromVisitor)
	}
}

// handOn lets the one who serves hand the conversation on to a group, where
// somebody else takes it up.
func (s *scene) handOn(l line) {
	key, text, _ := strings.Cut(l.said[0], " ")
	group, from := s.groups[key], s.by
	data := conversations.EventData{Event: conversations.Transferred, FromStaff: named(from.Person), Group: &conversations.Named{ID: group.Id, Name: group.Name()}}
	if before := s.groupNamed(s.c.Group); before != "" {
		data.FromGroup = &conversations.Named{ID: s.c.Group, Name: before}
	}
	s.c.Group, s.c.Assignee, s.c.Status, s.c.Queued = group.Id, "", conversations.Waiting, s.at
	if !s.c.WaitingSince.IsZero() {
		s.c.Queued = s.c.WaitingSince
	}
	s.commit(s.event(conversations.Staff(from.Person), data),
		&conversations.Message{Kind: conversations.Note, StaffOnly: true, Text: text, From: conversations.Staff(from.Person)})
	others := slices.DeleteFunc(s.serves(key), func(one staffer) bool { return one.ID == from.ID })
	if len(others) > 0 {
		s.by = pick(s.dice, others)
	}
	s.place = key
	s.serve(key)
}

func (s *scene) groupNamed(id string) string {
	for _, g := range s.groups {
		if g.Id == id {
			return g.Name()
		}
	}
	return ""
}

// read moves a read mark to the end. The assignee's leaves nothing unread.
func (s *scene) read(by conversations.AuthorKind) {
	if by == conversations.FromStaff {
		s.c.Unread = 0
	}
	s.past = append(s.past, &commit{c: s.c, at: s.at, read: by})
}

// finish tags, closes and perhaps rates the conversation.
func (s *scene) finish() {
	s.pass(5, 30)
	s.read(conversations.FromStaff)
	if chance(s.dice, 45) {
		s.agentSays(s.words(line{agent, s.Say.Bye}, s.by.Nickname))
	}
	if chance(s.dice, 70) {
		s.pass(2, 15)
		s.tag()
	}
	s.pass(10, 150)
	s.c.Status, s.c.Closed, s.c.WaitingSince, s.c.Queued = conversations.Closed, s.at, time.Time{}, time.Time{}
	s.commit(s.event(conversations.Staff(s.by.Person), conversations.EventData{Event: conversations.Ended}))
	if chance(s.dice, 48) {
		s.pass(8, 200)
		s.rate()
	}
}

func (s *scene) tag() {
	var list []conversations.Named
	for _, name := range s.telling.tags {
		if id := s.furnished.tags[name]; id != "" {
			list = append(list, conversations.Named{ID: id, Name: name})
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b conversations.Named) int { return strings.Compare(a.ID, b.ID) })
	for _, t := range list {
		s.c.Tags = append(s.c.Tags, t.ID)
	}
	s.commit(s.event(conversations.Staff(s.by.Person), conversations.EventData{Event: conversations.Tagged, Tags: list}))
}

func (s *scene) rate() {
	score, resolved, comment := opinion(s.mood, s.Comments, s.dice)
	s.c.Rating, s.c.RatingComment, s.c.Rated = score, comment, s.at
	s.c.Resolved = map[bool]string{true: "yes", false: "no"}[resolved]
	s.commit(s.event(s.visitor(), conversations.EventData{Event: conversations.Rated, Score: score, Resolved: &resolved, Comment: comment}))
}

// shift moves the whole scene in time.
func (s *scene) shift(by time.Duration) {
	for _, t := range []*time.Time{&s.at, &s.c.Opened, &s.c.WaitingSince, &s.c.Queued, &s.c.Last.Time} {
		if !t.IsZero() {
			*t = t.Add(by)
		}
	}
	for _, one := range s.past {
		one.at = one.at.Add(by)
		for _, m := range one.entries {
			m.Time = one.at
		}
	}
}

// opinion is a rating that fits a mood.
func opinion(mood string, c comments, dice *rand.Rand) (score int, resolved bool, comment string) {
	score, resolved, words := 4+min(1, dice.IntN(4)), true, c.Good
	switch mood {
	case "中":
		score, words = 3+dice.IntN(2), c.Fair
	case "差":
		score, resolved, words = 1+dice.IntN(3), chance(dice, 30), c.Poor
	}
	if chance(dice, 45) {
		comment = pick(dice, words)
	}
	return score, resolved, comment
}

// short is what a conversation's row shows of a text.
func short(text string) string {
	const most = 80
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
