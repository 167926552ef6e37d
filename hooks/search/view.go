package search

import (
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// Hit is something that was found.
type Hit struct {
	Kind         string        `json:"kind"` // message, note, customer, customer_note
	ID           string        `json:"id"`
	Conversation string        `json:"conversation,omitempty"` // where to look at it: its own, or the customer's last that the person may see
	Contact      *named        `json:"contact,omitempty"`
	Customer     *person       `json:"customer,omitempty"`
	Channel      *channel      `json:"channel,omitempty"`
	From         *author       `json:"from,omitempty"`
	Time         string        `json:"time,omitempty"`
	Snippet      terms.Snippet `json:"snippet"`
	Field        *field        `json:"field,omitempty"` // by which a customer was found, where it was not the name
}

type named struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
}

type person struct {
	named
	Level string `json:"level,omitempty"`
	Phone string `json:"phone,omitempty"` // masked
}

type channel struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type author struct {
	Kind conversations.AuthorKind `json:"kind"`
	named
}

// field is what of a customer was found.
type field struct {
	Name    string        `json:"name"`
	Label   string        `json:"label,omitempty"` // of the shop's own
	Snippet terms.Snippet `json:"snippet"`
}

// names looks up who and where, each once an answer.
type names struct {
	a             *asked
	conversations map[string]*conversations.Conversation
	channels      map[string]*channel
	contacts      map[string]*named
	customers     map[string]*person
}

func (a *asked) names() *names {
	return &names{a, map[string]*conversations.Conversation{}, map[string]*channel{}, map[string]*named{}, map[string]*person{}}
}

// entry shows an entry of the timeline, found in text.
func (n *names) entry(m *conversations.Message, text string) *Hit {
	h := &Hit{Kind: "message", ID: m.ID, Conversation: m.Conversation, Time: clock.Wire(m.Time), From: &author{m.From.Kind, named{ID: m.From.ID, Name: m.From.Name}}}
	if m.Kind == conversations.Note {
		h.Kind = "note"
	}
	if m.Kind == conversations.Event {
		text = mask.Within(text) // as ratings are shown elsewhere
	}
	h.Snippet = n.a.query.Snippet(text)
	if p, err := access.ByID(n.a.app, m.From.ID); m.From.Kind == conversations.FromStaff && err == nil {
		h.From.Avatar = p.Avatar
	}
	h.Contact = n.contact(m.Contact)
	if c := n.conversation(m.Conversation); c != nil {
		h.Channel = n.channel(c.Channel)
		if who := n.customer(c.Customer); who != nil {
			h.Customer = who
		}
	}
	return h
}

// note shows a note about a customer.
func (n *names) note(found noteFound) *Hit {
	h := &Hit{
		Kind: "customer_note", ID: found.note.Id, Customer: n.customer(found.note.Customer()), Time: found.at,
		From: &author{conversations.FromStaff, named{ID: found.note.Staff()}}, Snippet: n.a.query.Snippet(found.note.Text()),
	}
	if p, err := access.ByID(n.a.app, found.note.Staff()); err == nil { // whose account is gone has no name
		h.From.Name, h.From.Avatar = p.Nickname, p.Avatar
	}
	if found.last != nil {
		h.Conversation, h.Channel = found.last.ID, n.channel(found.last.Channel)
	}
	return h
}

// lookup is what is known of id already, or what load makes of it.
func lookup[T any](known map[string]*T, id string, load func() *T) *T {
	if one, ok := known[id]; ok || id == "" {
		return one
	}
	known[id] = load()
	return known[id]
}

func (n *names) conversation(id string) *conversations.Conversation {
	return lookup(n.conversations, id, func() *conversations.Conversation {
		c, err := conversations.ByID(n.a.app, id)
		if err != nil {
			return nil
		}
		return c
	})
}

func (n *names) channel(id string) *channel {
	return lookup(n.channels, id, func() *channel {
		c, err := channels.ByID(n.a.app, id)
		if err != nil {
			return &channel{ID: id} // a deleted channel leaves its contacts
		}
		return &channel{ID: id, Kind: string(c.Kind()), Name: c.Name()}
	})
}

func (n *names) contact(id string) *named {
	return lookup(n.contacts, id, func() *named {
		c, err := customers.ContactByID(n.a.app, id)
		if err != nil {
			return nil
		}
		return &named{ID: id, Name: c.NameIn(n.a.lang), Avatar: c.Avatar()}
	})
}

// customer is somebody by the name that staff know them by; of who has none their
// contacts have one.
func (n *names) customer(id string) *person {
	return lookup(n.customers, id, func() *person {
		c, err := customers.ByID(n.a.app, id)
		if err != nil {
			return nil
		}
		return n.person(c)
	})
}

func (n *names) person(c *customers.Customer) *person {
	p := &person{named: named{ID: c.Id, Name: c.Name(), Avatar: c.Avatar()}, Level: c.Level(), Phone: mask.Phone(c.Phone())}
	if p.Name != "" && p.Avatar != "" {
		return p
	}
	contacts, err := customers.ContactsOf(n.a.app, c.Id)
	if err != nil || len(contacts) == 0 {
		return p
	}
	if p.Name == "" {
		p.Name = contacts[0].NameIn(n.a.lang)
	}
	if p.Avatar == "" {
		p.Avatar = contacts[0].Avatar()
	}
	return p
}
