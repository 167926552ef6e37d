package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const notesPage = 20

type noteView struct {
	ID      string `json:"id"`
	Staff   named  `json:"staff"`
	Text    string `json:"text"`
	Created string `json:"created"`
}

func viewNote(app core.App, n *customers.Note) noteView {
	return noteView{ID: n.Id, Staff: nameOf(app, n.Staff()), Text: n.Text(), Created: clock.Wire(n.Created().Time())}
}

// notesView is a page of notes, newest first.
type notesView struct {
	Notes []noteView `json:"notes"`
	Next  string     `json:"notes_next,omitempty"` // "before" of the page after
}

func viewNotes(app core.App, customer, before string) (notesView, error) {
	list, err := customers.NotesOf(app, customer, before, notesPage+1)
	view := notesView{Notes: []noteView{}}
	for i, n := range list {
		if i == notesPage {
			view.Next = list[i-1].Id
			break
		}
		view.Notes = append(view.Notes, viewNote(app, n))
	}
	return view, err
}

func listNotes(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	view, err := viewNotes(e.App, c.Id, e.Request.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, view)
}

type noteSent struct {
	Text         string `json:"text"`
	Conversation string `json:"conversation"` // beside which it is written, if any
}

type noteAnswer struct {
	Note noteView `json:"note"`
}

func addNote(e *core.RequestEvent) error {
	in, err := web.Body[noteSent](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	n, err := in.add(e, c)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusCreated, noteAnswer{viewNote(e.App, n)})
}

func (in noteSent) add(e *core.RequestEvent, c *customers.Customer) (*customers.Note, error) {
	p := access.Of(e)
	if in.Conversation == "" {
		return customers.AddNote(e.App, c.Id, p.ID, in.Text)
	}
	beside, err := conversations.SeenBy(e.App, p, in.Conversation)
	if err != nil {
		return nil, err
	}
	contact, err := customers.ContactByID(e.App, beside.Contact)
	if err != nil {
		return nil, err
	}
	if contact.Customer() != c.Id { // it has turned out to be somebody else meanwhile
		return customers.AddNote(e.App, c.Id, p.ID, in.Text)
	}
	return customers.AddNoteFrom(e.App, contact, p.ID, in.Text)
}

// ofNote does something with a note of one's own.
func ofNote(do func(app core.App, customer, staff, id string) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		c, err := knownTo(e)
		if err != nil {
			return err
		}
		if err := do(e.App, c.Id, access.Of(e).ID, e.Request.PathValue("note")); err != nil {
			return err
		}
		return e.NoContent(http.StatusNoContent)
	}
}
