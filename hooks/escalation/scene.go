package escalation

import (
	"bytes"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// within is how far back a customer's conversations are counted.
const within = 24 * time.Hour

// moment is what one change of a conversation brings.
type moment struct {
	opened    bool
	said      []*text // by the customer, also as the words of a rating
	rated     bool
	breached  []string // kinds of deadlines
	regrouped bool
	felt      bool // the mark is another than before
}

func (m *moment) empty() bool {
	return !m.opened && !m.rated && !m.regrouped && !m.felt && len(m.said)+len(m.breached) == 0
}

// add takes an entry of the timeline into the moment.
func (m *moment) add(rules *engine, e *conversations.Message) {
	switch {
	case e.Kind == conversations.Text && e.From.Kind == conversations.FromVisitor && e.Text != "":
		t := rules.read(e.Text)
		t.pressed = bytes.Contains(e.Data, []byte(`"entry":`)) && !bytes.Contains(e.Data, []byte(`"form":`)) // a form is in their own words
		m.said = append(m.said, t)
	case e.Kind == conversations.Event:
		switch d := e.Event(); d.Event {
		case conversations.Opened:
			m.opened = true
		case conversations.Breach:
			m.breached = append(m.breached, d.Kind)
		case conversations.Rated:
			m.rated = true
			if d.Comment != "" {
				m.said = append(m.said, rules.read(d.Comment))
			}
		}
	}
}

// scene is a conversation at one moment, as rules look at it. What costs a query
// is a function, and asked only where everything else of a rule holds.
type scene struct {
	moment
	channel, group string
	emotion        conversations.Emotion
	rating         int
	unsolved       bool

	earlier func() (*moment, error)  // what has happened in it before
	visits  func() (int, error)      // how many conversations the customer began within a day, up to this one
	levels  func() ([]string, error) // the customer's, as one and as a distributor
}

// feeling is the worst of how the conversation is marked and how what was said
// sounds.
func (s *scene) feeling(marked conversations.Emotion) conversations.Emotion {
	for _, t := range s.said {
		if is := feeling(t); !t.pressed && !atLeast(marked, is) {
			marked = is
		}
	}
	return marked
}

// see takes c as it is into the scene, and what is another than it was; before
// is nil where it was not.
func (s *scene) see(before, c *conversations.Conversation) {
	s.channel, s.group, s.emotion, s.rating, s.unsolved = c.Channel, c.Group, c.Emotion, c.Rating, c.Resolved == unsolved
	if before == nil {
		s.felt = c.Emotion != calm
		return
	}
	s.felt, s.regrouped = c.Emotion != before.Emotion, c.Group != before.Group
}

// unsolved is how a conversation says that its customer was not helped.
const unsolved = "no"

// sceneOf is the conversation of a change as rules look at it.
func sceneOf(rules *engine, e *conversations.ChangeEvent) *scene {
	s := &scene{}
	first := e.After.LastSeq + 1
	for i, m := range e.Entries {
		if i == 0 {
			first = m.Seq
		}
		s.add(rules, m)
	}
	s.see(e.Before, e.After)
	s.ask(e.Tx.App, e.After)
	s.earlier = sync.OnceValues(func() (*moment, error) {
		m := &moment{}
		if e.Before == nil {
			return m, nil
		}
		story, err := conversations.StoryBefore(e.Tx.App, e.After.ID, first)
		for _, one := range story {
			m.add(rules, one)
		}
		return m, err
	})
	return s
}

// ask says where the facts about c's customer come from.
func (s *scene) ask(app core.App, c *conversations.Conversation) {
	s.visits = sync.OnceValues(func() (int, error) {
		n, err := conversations.Begun(app, c.Customer, c.Opened.Add(-within), c.Opened, c.ID)
		return n + 1, err
	})
	s.levels = sync.OnceValues(func() ([]string, error) {
		who, err := customers.ByID(app, c.Customer)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return []string{who.Level(), who.DistributorLevel()}, nil
	})
}
