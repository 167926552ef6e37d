package console

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// profile is all that the console shows of a customer.
type profile struct {
	Customer      customerView  `json:"customer"`
	Contacts      []contactView `json:"contacts"`
	Notes         []noteView    `json:"notes"`         // newest first
	Conversations []pastView    `json:"conversations"` // newest first
}

type customerView struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	Avatar           string         `json:"avatar,omitempty"`
	Phone            string         `json:"phone"`
	Email            string         `json:"email"`
	SaidPhone        string         `json:"said_phone,omitempty"` // by the visitor; nobody has checked it
	SaidEmail        string         `json:"said_email,omitempty"`
	Region           string         `json:"region"`
	Level            string         `json:"level"`
	DistributorLevel string         `json:"distributor_level"`
	Dedicated        *dedicatedView `json:"dedicated,omitempty"`
	Tags             []string       `json:"tags"`
}

// dedicatedView is whose customer somebody is.
type dedicatedView struct {
	named
	Gone bool `json:"gone,omitempty"` // they answer nobody any more
}

type contactView struct {
	ID       string          `json:"id"`
	Channel  channelView     `json:"channel"`
	Name     string          `json:"name"`
	Online   bool            `json:"online"`
	Page     *customers.Page `json:"page,omitempty"`
	Seen     string          `json:"seen,omitempty"`
	Identity string          `json:"identity,omitempty"`
}

type noteView struct {
	ID      string `json:"id"`
	Staff   named  `json:"staff"`
	Text    string `json:"text"`
	Created string `json:"created"`
}

type pastView struct {
	ID       string               `json:"id"`
	Status   conversations.Status `json:"status"`
	Opened   string               `json:"opened"`
	Closed   string               `json:"closed,omitempty"`
	Assignee *named               `json:"assignee,omitempty"`
	Rating   int                  `json:"rating,omitempty"`
	Last     *conversations.Last  `json:"last,omitempty"`
}

func viewProfile(e *core.RequestEvent, c known) (*profile, error) {
	view := &profile{Customer: viewCustomer(e.App, c.Customer), Contacts: []contactView{}, Notes: []noteView{}, Conversations: []pastView{}}
	contacts, err := customers.ContactsOf(e.App, c.Id)
	if err != nil {
		return nil, err
	}
	for _, contact := range contacts {
		view.Contacts = append(view.Contacts, viewContact(e, contact))
	}
	notes, err := customers.NotesOf(e.App, c.Id, mostNotes)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		view.Notes = append(view.Notes, viewNote(e.App, n))
	}
	for _, past := range c.past {
		view.Conversations = append(view.Conversations, viewPast(e.App, past))
	}
	return view, nil
}

// viewCustomer masks phone and e-mail for everybody, see [reveal].
func viewCustomer(app core.App, c *customers.Customer) customerView {
	return customerView{
		ID: c.Id, Name: c.Name(), Avatar: c.Avatar(), Phone: mask.Phone(c.Phone()), Email: mask.Email(c.Email()),
		SaidPhone: mask.Phone(c.Said().Phone), SaidEmail: mask.Email(c.Said().Email),
		Region: c.Region(), Level: c.Level(), DistributorLevel: c.DistributorLevel(), Dedicated: viewDedicated(app, c.Dedicated()),
		Tags: append([]string{}, c.Tags()...),
	}
}

func viewDedicated(app core.App, id string) *dedicatedView {
	if id == "" {
		return nil
	}
	p, err := access.ByID(app, id)
	if err != nil {
		return &dedicatedView{named: named{ID: id}, Gone: true}
	}
	return &dedicatedView{named: named{ID: id, Name: p.Nickname}, Gone: p.Disabled || !p.May(access.ConversationsReply)}
}

func viewContact(e *core.RequestEvent, c *customers.Contact) contactView {
	view := contactView{
		ID: c.Id, Channel: channelView{ID: c.Channel()}, Name: c.NameIn(web.Language(e)),
		Online: protocol.Online(e.App, c.Id), Seen: protocol.Stamp(c.Seen().Time()), Identity: mask.Within(c.Identity()),
	}
	if channel, err := channels.ByID(e.App, c.Channel()); err == nil { // a deleted channel leaves its contacts
		view.Channel = viewChannel(channel)
	}
	if page := c.Page(); page != (customers.Page{}) {
		page.URL, page.Title, page.Referrer = mask.Within(page.URL), mask.Within(page.Title), mask.Within(page.Referrer)
		view.Page = &page
	}
	return view
}

func viewNote(app core.App, n *customers.Note) noteView {
	return noteView{ID: n.Id, Staff: nameOf(app, n.Staff()), Text: n.Text(), Created: protocol.Stamp(n.Created().Time())}
}

func viewPast(app core.App, c *conversations.Conversation) pastView {
	view := pastView{ID: c.ID, Status: c.Status, Opened: protocol.Stamp(c.Opened), Closed: protocol.Stamp(c.Closed), Rating: c.Rating, Last: c.Last}
	if c.Assignee != "" {
		who := nameOf(app, c.Assignee)
		view.Assignee = &who
	}
	return view
}

// nameOf is a member of staff by name; one whose account is gone has none.
func nameOf(app core.App, id string) named {
	p, err := access.ByID(app, id)
	if err != nil {
		return named{ID: id}
	}
	return named{ID: id, Name: p.Nickname}
}
