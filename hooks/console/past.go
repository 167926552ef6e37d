package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

const pastPage = 20

type pastView struct {
	ID       string               `json:"id"`
	Contact  string               `json:"contact"`
	Status   conversations.Status `json:"status"`
	Opened   string               `json:"opened"`
	Closed   string               `json:"closed,omitempty"`
	Assignee *named               `json:"assignee,omitempty"`
	Rating   int                  `json:"rating,omitempty"`
	Resolved string               `json:"resolved,omitempty"` // yes or no, by the customer
	Comment  string               `json:"comment,omitempty"`
	Last     *conversations.Last  `json:"last,omitempty"`
}

func viewPast(app core.App, c *conversations.Conversation) pastView {
	view := pastView{
		ID: c.ID, Contact: c.Contact, Status: c.Status, Opened: clock.Wire(c.Opened), Closed: clock.Wire(c.Closed),
		Rating: c.Rating, Resolved: c.Resolved, Comment: mask.Within(c.RatingComment), Last: c.Last,
	}
	if c.Assignee != "" {
		who := nameOf(app, c.Assignee)
		view.Assignee = &who
	}
	return view
}

// pastsView is a page of conversations, newest first.
type pastsView struct {
	Conversations []pastView `json:"conversations"`
	Next          string     `json:"conversations_next,omitempty"` // "before" of the page after
}

func viewPasts(e *core.RequestEvent, customer, before string) (pastsView, error) {
	list, err := conversations.OfCustomerSeenBy(e.App, access.Of(e), customer, before, pastPage+1)
	view := pastsView{Conversations: []pastView{}}
	for i, c := range list {
		if i == pastPage {
			view.Next = list[i-1].ID
			break
		}
		view.Conversations = append(view.Conversations, viewPast(e.App, c))
	}
	return view, err
}

func listPast(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	view, err := viewPasts(e, c.Id, e.Request.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, view)
}
