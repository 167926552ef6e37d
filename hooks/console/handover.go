package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

type handoverView struct {
	Served *saidView `json:"served,omitempty"` // who served the customer before, and until when
	Note   *saidView `json:"note,omitempty"`   // what whoever handed it on has left word of
	Why    *whyView  `json:"why,omitempty"`    // it waits
}

type saidView struct {
	Staff staffView `json:"staff"`
	Time  string    `json:"time"`
	Text  string    `json:"text,omitempty"`
}

type staffView struct {
	named
	Avatar string `json:"avatar,omitempty"`
}

// handover answers what one should know who goes on with a conversation.
func handover(e *core.RequestEvent) error {
	p := access.Of(e)
	c, err := conversations.SeenBy(e.App, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	h, err := conversations.HandoverOf(e.App, p, c)
	if err != nil {
		return err
	}
	view := handoverView{Served: saidBy(e.App, h.Served), Note: saidBy(e.App, h.Note)}
	if view.Served != nil {
		view.Served.Text = "" // it stands in the thread
	}
	reasons, err := routing.Why(e.App, c)
	if err != nil {
		return err
	}
	view.Why = viewWhy(reasons, c.ID)
	return e.JSON(http.StatusOK, view)
}

// saidBy is an entry by its author as they are called now; nil for none.
func saidBy(app core.App, m *conversations.Message) *saidView {
	if m == nil {
		return nil
	}
	view := &saidView{Staff: staffView{named: named{ID: m.From.ID, Name: m.From.Name}}, Time: clock.Wire(m.Time), Text: m.Text}
	if p, err := access.ByID(app, m.From.ID); err == nil {
		view.Staff.Name, view.Staff.Avatar = p.Nickname, p.Avatar
	}
	return view
}
