package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

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
	p := access.Of(e)
	found, err := search.Find(e.Request.Context(), e.App, p, search.Asked{
		Typed: e.Request.URL.Query().Get("q"), Kind: "customers", Sort: "best", Lang: web.Language(e),
	})
	if err != nil {
		return err
	}
	answer := foundAnswer{Customers: []foundView{}}
	for _, h := range found.Hits {
		c, err := customers.ByID(e.App, h.ID)
		if err != nil {
			return err
		}
		view := foundView{Known: c.ExternalID() != "", Created: clock.Wire(c.Created().Time())}
		if view.customerView, err = viewCustomer(e.App, c); err != nil {
			return err
		}
		view.Name = h.Customer.Name // of who has none, a contact's
		if view.Conversations, err = conversations.CountOfCustomer(e.App, p, c.Id); err != nil {
			return err
		}
		answer.Customers = append(answer.Customers, view)
	}
	return e.JSON(http.StatusOK, answer)
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
