package console

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// profile is all that the console shows of a customer.
type profile struct {
	Customer customerView  `json:"customer"`
	Contacts []contactView `json:"contacts"`
	Merges   []mergeView   `json:"merges"` // that can be undone
	Times    int           `json:"times"`  // conversations in all
	notesView
	pastsView
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

	Custom map[string]string `json:"custom"` // of the shop's own fields, by id
	Masked []string          `json:"masked"` // those of them that are told masked
}

// dedicatedView is whose customer somebody is.
type dedicatedView struct {
	named
	Gone bool `json:"gone,omitempty"` // they answer nobody any more
}

type contactView struct {
	ID       string      `json:"id"`
	Channel  channelView `json:"channel"`
	Name     string      `json:"name"`
	Lang     string      `json:"lang,omitempty"`
	Online   bool        `json:"online"`
	Page     *pageView   `json:"page,omitempty"`
	Source   string      `json:"source,omitempty"` // the page that led to the first visit
	Seen     string      `json:"seen,omitempty"`
	Identity string      `json:"identity,omitempty"`
	Blocked  *blockView  `json:"blocked,omitempty"`

	Conversation string `json:"conversation,omitempty"` // the newest, where the asker may see it
}

func viewProfile(e *core.RequestEvent, c *customers.Customer) (*profile, error) {
	view := &profile{Contacts: []contactView{}, Merges: []mergeView{}}
	var err error
	if view.Customer, err = viewCustomer(e.App, c); err != nil {
		return nil, err
	}
	contacts, err := customers.ContactsOf(e.App, c.Id)
	if err != nil {
		return nil, err
	}
	for _, contact := range contacts {
		shown, failed := viewContact(e, contact)
		if failed != nil {
			return nil, failed
		}
		view.Contacts = append(view.Contacts, shown)
	}
	merges, err := customers.MergesOf(e.App, c.Id)
	if err != nil {
		return nil, err
	}
	for _, m := range merges {
		view.Merges = append(view.Merges, viewMerge(e.App, m))
	}
	if view.notesView, err = viewNotes(e.App, c.Id, ""); err != nil {
		return nil, err
	}
	if view.pastsView, err = viewPasts(e, c.Id, ""); err != nil {
		return nil, err
	}
	view.Times, err = conversations.CountOfCustomer(e.App, access.Of(e), c.Id)
	return view, err
}

// viewCustomer masks phone and e-mail for everybody, and what the shop holds for
// personal, see [reveals].
func viewCustomer(app core.App, c *customers.Customer) (customerView, error) {
	view := customerView{
		ID: c.Id, Name: c.Name(), Avatar: c.Avatar(), Phone: mask.Phone(c.Phone()), Email: mask.Email(c.Email()),
		SaidPhone: mask.Phone(c.Said().Phone), SaidEmail: mask.Email(c.Said().Email),
		Region: c.Region(), Level: c.Level(), DistributorLevel: c.DistributorLevel(), Dedicated: viewDedicated(app, c.Dedicated()),
		Tags: append([]string{}, c.Tags()...), Custom: map[string]string{}, Masked: []string{},
	}
	fields, err := customers.AllFields(app)
	if err != nil {
		return view, err
	}
	custom := c.Custom()
	for _, f := range fields {
		value, ok := custom[f.Id]
		if !ok {
			continue
		}
		shown := mask.Within(value)
		if f.Personal() {
			shown = mask.Text(value)
		}
		if view.Custom[f.Id] = shown; shown != value {
			view.Masked = append(view.Masked, f.Id)
		}
	}
	return view, nil
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

func viewContact(e *core.RequestEvent, c *customers.Contact) (contactView, error) {
	view := contactView{
		ID: c.Id, Channel: channelView{ID: c.Channel()}, Name: c.NameIn(web.Language(e)), Lang: c.Lang(), Page: viewPage(c.Page()), Source: mask.Within(c.Source()),
		Online: protocol.Online(e.App, c.Id), Seen: clock.Wire(c.Seen().Time()), Identity: mask.Within(c.Identity()), Blocked: viewBlock(e.App, c.Block()),
	}
	if channel, err := channels.ByID(e.App, c.Channel()); err == nil { // a deleted channel leaves its contacts
		view.Channel = viewChannel(channel)
	}
	latest, err := conversations.Latest(e.App, c.Id)
	if err != nil {
		return view, err
	}
	if latest != nil && conversations.Visible(access.Of(e), latest) {
		view.Conversation = latest.ID
	}
	return view, nil
}

// nameOf is a member of staff by name; one whose account is gone has none.
func nameOf(app core.App, id string) named {
	p, err := access.ByID(app, id)
	if err != nil {
		return named{ID: id}
	}
	return named{ID: id, Name: p.Nickname}
}
