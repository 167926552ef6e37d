package customers

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/views/export"
)

// A way in, with the browsers and apps that came by it. What a session's token is
// nobody knows, and its digest is of no use to anybody.
type contactData struct {
	ID       string        `json:"id"`
	Channel  channelData   `json:"channel"`
	Name     string        `json:"name"`
	Identity string        `json:"identity,omitempty"`
	Language string        `json:"language,omitempty"`
	Avatar   string        `json:"avatar,omitempty"`
	Source   string        `json:"source,omitempty"`
	Page     *pageData     `json:"page,omitempty"` // that they are or were last on
	First    string        `json:"first"`
	Last     string        `json:"last,omitempty"`
	Sessions []sessionData `json:"sessions,omitempty"`
	Blocked  *blockData    `json:"blocked,omitempty"`
}

type channelData struct {
	Kind string `json:"kind,omitempty"`
	Name string `json:"name,omitempty"`
}

type sessionData struct {
	Began string `json:"began"`
	Last  string `json:"last"`
}

type blockData struct {
	Reason string `json:"reason"`
	Since  string `json:"since"`
	Until  string `json:"until,omitempty"`
}

type pageData struct {
	Contact string `json:"contact,omitempty"`
	Time    string `json:"time,omitempty"`
	URL     string `json:"url"`
	Title   string `json:"title,omitempty"`
	Kind    string `json:"kind,omitempty"`
	From    string `json:"referrer,omitempty"`
	Stayed  int    `json:"stayed,omitempty"` // seconds, where it is known
}

func contactsOf(e *ExportEvent) (Part, error) {
	list := make([]Row, len(e.Contacts))
	for i, c := range e.Contacts {
		sessions, err := sessionsOf(e.App, c.Id)
		if err != nil {
			return Part{}, err
		}
		list[i] = e.contact(c, sessions)
	}
	return Part{Name: Contacts, Title: e.Say.T("export.contacts"), Count: len(list), Rows: Each(list, func(r Row) Row { return r })}, nil
}

func (e *ExportEvent) contact(c *Contact, sessions []*session) Row {
	say, page := e.Say, c.Page()
	d := contactData{
		ID: c.Id, Name: c.NameIn(say.Language), Identity: c.Identity(), Language: c.Lang(), Avatar: c.picture(), Source: c.Source(),
		First: clock.Wire(c.Created().Time()), Last: clock.Wire(c.Seen().Time()),
	}
	if ch, err := channels.Known(e.App, c.Channel()); err == nil { // a deleted channel leaves its contacts
		d.Channel = channelData{string(ch.Kind()), ch.Name()}
	}
	if page.URL != "" {
		d.Page = &pageData{Time: clock.Wire(page.Since), URL: page.URL, Title: page.Title, Kind: page.Kind, From: page.Referrer}
	}
	facts := Facts(say.T("console.field_name"), d.Name, say.T("export.external_id"), d.Identity, say.T("export.first"), e.At(c.Created().Time()), say.T("export.last"), e.At(c.Seen().Time()),
		say.T("panel.source"), d.Source, say.T("export.page"), page.URL)
	for _, s := range sessions {
		d.Sessions = append(d.Sessions, sessionData{clock.Wire(s.created().Time()), clock.Wire(s.seen().Time())})
		facts = append(facts, export.Fact{Name: say.T("export.session"), Value: say.T("export.from_to", "From", e.At(s.created().Time()), "To", e.At(s.seen().Time()))})
	}
	if b := c.Block(); b != nil {
		d.Blocked = &blockData{b.Reason, clock.Wire(b.Since), clock.Wire(b.Until)}
		until := say.T("export.until_lifted")
		if !b.Until.IsZero() {
			until = e.At(b.Until)
		}
		facts = append(facts, Facts(say.T("panel.blocked"), b.Reason, say.T("export.block_time"), say.T("export.from_to", "From", e.At(b.Since), "To", until))...)
	}
	return Row{d, export.Card(export.Entry{Title: d.Channel.Name, Facts: facts})}
}

type noteData struct {
	Time string `json:"time"`
	By   string `json:"by,omitempty"` // a nickname
	Text string `json:"text"`
}

// notesOf are the notes about the customer that have not been deleted.
func notesOf(e *ExportEvent) (Part, error) {
	list, err := NotesOf(e.App, e.Customer.Id, "", -1)
	if err != nil {
		return Part{}, err
	}
	return Part{Name: Notes, Title: e.Say.T("console.notes"), Count: len(list), Rows: Each(list, func(n *Note) Row {
		d := noteData{clock.Wire(n.Created().Time()), e.Nickname(n.Staff()), n.Text()}
		return Row{d, export.Card(export.Entry{Title: d.By, Time: e.At(n.Created().Time()), Text: d.Text})}
	})}, nil
}

func trailPartOf(e *ExportEvent) (Part, error) {
	list, err := trail(e.App, e.Customer.Id, time.Time{}, -1)
	if err != nil {
		return Part{}, err
	}
	return Part{Name: "pages", Title: e.Say.T("panel.trail"), Count: len(list), Rows: Each(list, func(v Visited) Row {
		d := pageData{v.Contact, clock.Wire(v.Page.Since), v.Page.URL, v.Page.Title, v.Page.Kind, "", int(v.Stayed.Seconds())}
		stayed := ""
		if d.Stayed > 0 {
			stayed = e.Say.T("panel.stayed", "Time", fmt.Sprintf("%d:%02d", d.Stayed/60, d.Stayed%60))
		}
		return Row{d, export.Card(export.Entry{Title: d.Title, Time: e.At(v.Page.Since), Text: d.URL, Foot: stayed})}
	})}, nil
}

const goneInto = "WITH RECURSIVE gone (id, external_id) AS (SELECT id, external_id FROM customers WHERE merged = {:id} AND merged != '' " +
	"UNION SELECT c.id, c.external_id FROM customers c JOIN gone g ON c.merged = g.id AND c.merged != '') " +
	"SELECT external_id FROM gone WHERE external_id != '' ORDER BY external_id"

// mergedInto are the ids, in the shop's own data, of who was merged into a customer.
func mergedInto(app core.App, customer string) (ids []string, err error) {
	err = app.ConcurrentDB().NewQuery(goneInto).
		Bind(dbx.Params{"id": customer}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("who was merged into %s: %w", customer, err)
	}
	return ids, nil
}
