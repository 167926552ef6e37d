package console

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const foundMost = 20

// foundView is a customer who may be meant.
type foundView struct {
	customerView
	Known         bool   `json:"known"` // in the shop's own data
	Conversations int    `json:"conversations"`
	Created       string `json:"created"`
}

type foundAnswer struct {
	Customers []foundView `json:"customers"`
}

// findCustomers is for choosing with whom a customer is merged.
func findCustomers(e *core.RequestEvent) error {
	answer := foundAnswer{Customers: []foundView{}}
	list, err := customers.Find(e.App, strings.TrimSpace(e.Request.URL.Query().Get("q")), foundMost)
	if err != nil {
		return err
	}
	for _, c := range list {
		if _, err := known(e, c.Id); fail.Of(err).Kind == fail.NotFound && err != nil {
			continue
		}
		view, err := viewCustomer(e.App, c)
		if err != nil {
			return err
		}
		n, err := conversations.CountOfCustomer(e.App, access.Of(e), c.Id)
		if err != nil {
			return err
		}
		if view.Name == "" {
			view.Name = callable(e, c.Id)
		}
		answer.Customers = append(answer.Customers, foundView{customerView: view, Known: c.ExternalID() != "", Conversations: n, Created: clock.Wire(c.Created().Time())})
	}
	return e.JSON(http.StatusOK, answer)
}

// callable is what a customer without a name is called by: the name of their
// first contact.
func callable(e *core.RequestEvent, customer string) string {
	contacts, err := customers.ContactsOf(e.App, customer)
	if err != nil || len(contacts) == 0 {
		return ""
	}
	return contacts[0].NameIn(web.Language(e))
}

type mergeView struct {
	ID    string `json:"id"`
	Gone  named  `json:"gone"`
	Staff named  `json:"staff"`
	At    string `json:"at"`
	Until string `json:"until"` // it can be undone
}

func viewMerge(app core.App, m *customers.Merge) mergeView {
	view := mergeView{
		ID: m.Id, Gone: named{ID: m.Gone()}, Staff: nameOf(app, m.Staff()),
		At: clock.Wire(m.At()), Until: clock.Wire(m.At().Add(customers.Undo)),
	}
	if gone, err := customers.ByID(app, m.Gone()); err == nil {
		view.Gone.Name = gone.Name()
	}
	return view
}

type merging struct {
	With string   `json:"with"`
	Take []string `json:"take"` // fields that are to be the other one's
}

type mergeAnswer struct {
	Customer string    `json:"customer"` // whom both are now
	Merge    mergeView `json:"merge"`
}

// mergeCustomers says that the request's customer and another one are one. Both
// have to be the asker's to see.
func mergeCustomers(e *core.RequestEvent) error {
	in, err := web.Body[merging](e)
	if err != nil {
		return err
	}
	into, err := knownTo(e)
	if err != nil {
		return err
	}
	from, err := known(e, in.With)
	if err != nil {
		return err
	}
	m, err := customers.MergeCustomers(e.App, customers.Merging{Into: into.Id, From: from.Id, Take: in.Take, Staff: access.Of(e).ID})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, mergeAnswer{Customer: m.Kept(), Merge: viewMerge(e.App, m)})
}

func undoMerge(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	list, err := customers.MergesOf(e.App, c.Id)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Id != e.Request.PathValue("merge") {
			continue
		}
		if _, err := customers.UndoMerge(e.App, m.Id); err != nil {
			return err
		}
		return e.NoContent(http.StatusNoContent)
	}
	return fail.New(fail.NotFound, "customers.merge_settled")
}
