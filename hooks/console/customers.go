package console

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	mostNotes = 100
	mostPast  = 100
)

// known is a customer whom the asker may see, with the conversations of theirs
// that the asker may see.
type known struct {
	*customers.Customer
	past []*conversations.Conversation // newest first
}

// knownTo finds the request's customer for who asks. One whom they may not see
// is not there: that takes a conversation that they may see, or the permission.
func knownTo(e *core.RequestEvent) (known, error) {
	p, id := access.Of(e), e.Request.PathValue("id")
	past, err := conversations.OfCustomer(e.App, id, mostPast)
	if err != nil {
		return known{}, err
	}
	past = slices.DeleteFunc(past, func(c *conversations.Conversation) bool { return !conversations.Visible(p, c) })
	if len(past) == 0 && !p.May(access.CustomersSee) {
		return known{}, fail.New(fail.NotFound, "fail.not_found")
	}
	c, err := customers.ByID(e.App, id)
	if err != nil {
		return known{}, err
	}
	return known{Customer: c, past: past}, nil
}

func showCustomer(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	view, err := viewProfile(e, c)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, view)
}

type customerAnswer struct {
	Customer customerView `json:"customer"`
}

func editCustomer(e *core.RequestEvent) error {
	to, err := web.Body[customers.Change](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	changed, err := customers.Edit(e.App, c.Id, to)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, customerAnswer{viewCustomer(e.App, changed)})
}

type noteSent struct {
	Text string `json:"text"`
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
	n, err := customers.AddNote(e.App, c.Id, access.Of(e).ID, in.Text)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusCreated, noteAnswer{viewNote(e.App, n)})
}

func deleteNote(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	if err := customers.DeleteNote(e.App, c.Id, access.Of(e).ID, e.Request.PathValue("note")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
