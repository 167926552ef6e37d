package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
)

// What those who work here have done beside answering, when the demo begins: put
// off, asked each other, promised, blocked. It is of today, so that the timeline's
// writer does it, after the past is written.

// aside is one of these, in a conversation that is under way.
type aside string

const (
	putOff   aside = "put off"  // until a time
	waits    aside = "waits"    // until the customer writes
	asks     aside = "asks"     // a colleague, in a note
	promises aside = "promises" // something, for today

	week = 7 * 24 * time.Hour
	soon = 25 * time.Minute
)

// asides does them all.
func (p *past) asides(app core.App) error {
	standing := p.scenes[len(p.scenes)-len(underWay):]
	for i, u := range underWay {
		if err := p.aside(app, u, standing[i]); err != nil {
			return fmt.Errorf("%s: %w", u.aside, err)
		}
	}
	return p.block(app)
}

func (p *past) aside(app core.App, u standing, s *scene) error {
	switch u.aside {
	case putOff:
		return conversations.PutOff(app, s.by.Person, s.c.ID, p.now.Add(soon))
	case waits:
		return conversations.PutOff(app, s.by.Person, s.c.ID, time.Time{})
	case asks:
		return p.ask(app, u, s)
	case promises:
		_, err := reminders.Add(app, s.by.Person, reminders.Promise{
			ID: core.GenerateDefaultRandomId(), Conversation: s.c.ID, Text: p.Aside.Promise, Due: p.now.Add(soon),
		})
		return err
	default:
		return nil
	}
}

// ask writes a note that names a colleague.
func (p *past) ask(app core.App, u standing, s *scene) error {
	whom := p.staff[u.whom]
	data, err := json.Marshal(map[string]any{"mentions": []string{whom.ID}})
	if err != nil {
		return fmt.Errorf("name %s: %w", whom.Nickname, err)
	}
	_, err = conversations.PostAsStaff(app, s.by.Person, conversations.Draft{
		ID: core.GenerateDefaultRandomId(), Conversation: s.c.ID, Kind: conversations.Note, Text: "@" + whom.Nickname + " " + p.Aside.Ask, Data: data,
	})
	return err
}

// block bars those who came last, but for whoever is still here: one for a week,
// one for good. Neither comes to the play any more.
func (p *past) block(app core.App) error {
	why := p.Aside.Block
	until := p.now.Add(week)
	for _, s := range slices.Backward(p.scenes[:len(p.scenes)-len(underWay)]) {
		if len(why) == 0 {
			return nil
		}
		if s.who.name == "" || s.who.closed.After(p.now) {
			continue
		}
		s.who.closed = p.now.AddDate(100, 0, 0)
		if err := conversations.Block(app, p.staff[0].Person, s.who.customer, customers.Block{Reason: why[0], Until: until}); err != nil {
			return fmt.Errorf("block: %w", err)
		}
		why, until = why[1:], time.Time{}
	}
	return nil
}
