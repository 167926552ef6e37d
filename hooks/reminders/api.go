package reminders

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// ahead is for how long the shop's hours are told along with what is due: a
// promise is rarely for later.
const ahead = 15 * 24 * time.Hour

func routes() []web.Route {
	const at, reply = "/api/xiaoer/reminders", access.ConversationsReply
	get, post, remove := http.MethodGet, http.MethodPost, http.MethodDelete
	return []web.Route{
		{Method: get, Path: at, Permission: reply, Handle: mine},
		{Method: post, Path: at, Permission: reply, Handle: add},
		{Method: remove, Path: at + "/{id}", Permission: reply, Handle: forget},
		{Method: post, Path: at + "/{id}/done", Permission: reply, Handle: changed(Done)},
		{Method: post, Path: at + "/{id}/undo", Permission: reply, Handle: changed(Undo)},
		{Method: post, Path: at + "/{id}/postpone", Permission: reply, Handle: postpone},
	}
}

// Named is an id with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// View is a promise as staff see it.
type View struct {
	ID           string `json:"id"`
	Conversation string `json:"conversation"` // where it was promised
	Contact      Named  `json:"contact"`
	Staff        Named  `json:"staff"` // who promised it
	Text         string `json:"text"`
	Message      string `json:"message,omitempty"`
	Due          string `json:"due"`
	Done         string `json:"done,omitempty"`
	Created      string `json:"created"`
}

// Show is r for a screen.
func Show(app core.App, r *Reminder) View {
	v := View{
		ID: r.Id, Conversation: r.Conversation(), Contact: Named{r.Contact(), nameOf(app, r)}, Staff: Named{ID: r.Staff()},
		Text: mask.Within(r.Text()), Message: r.Message(), Due: clock.Wire(r.Due()), Created: clock.Wire(r.Created()), Done: clock.Wire(r.Done()),
	}
	if p, err := access.ByID(app, r.Staff()); err == nil { // whose account is gone has no name
		v.Staff.Name = p.Nickname
	}
	return v
}

// nameOf is what staff call whom it was promised to.
func nameOf(app core.App, r *Reminder) string {
	if c, err := customers.ByID(app, r.Customer()); err == nil && c.Name() != "" {
		return c.Name()
	}
	if c, err := customers.ContactByID(app, r.Contact()); err == nil {
		return c.Name()
	}
	return ""
}

func showAll(app core.App, list []*Reminder) []View {
	views := make([]View, len(list))
	for i, r := range list {
		views[i] = Show(app, r)
	}
	return views
}

type mineAnswer struct {
	Reminders []View      `json:"reminders"`
	Open      [][2]string `json:"open"` // when the shop answers, for the coming days; nothing: around the clock
}

// mine answers what the asker has to see to, and the hours by which a moment for
// another promise is found.
func mine(e *core.RequestEvent) error {
	list, err := For(e.App, access.Of(e))
	if err != nil {
		return err
	}
	answer := mineAnswer{Reminders: showAll(e.App, list), Open: [][2]string{}}
	if ch, err := channels.Default(e.App); err == nil { // a shop without a way in has no hours
		now := clock.Now(e.App)
		for _, s := range channels.OpenHours(e.App, ch).Stretches(now, now.Add(ahead)) {
			answer.Open = append(answer.Open, [2]string{clock.Wire(s.From), clock.Wire(s.To)})
		}
	}
	return e.JSON(http.StatusOK, answer)
}

func answer(e *core.RequestEvent, status int, r *Reminder) error {
	return e.JSON(status, map[string]View{"reminder": Show(e.App, r)})
}

func add(e *core.RequestEvent) error {
	in, err := web.Body[Promise](e)
	if err != nil {
		return err
	}
	r, err := Add(e.App, access.Of(e), in)
	if err != nil {
		return err
	}
	return answer(e, http.StatusCreated, r)
}

func changed(act func(core.App, *access.Person, string) (*Reminder, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		r, err := act(e.App, access.Of(e), e.Request.PathValue("id"))
		if err != nil {
			return err
		}
		return answer(e, http.StatusOK, r)
	}
}

func postpone(e *core.RequestEvent) error {
	in, err := web.Body[struct {
		Due time.Time `json:"due"`
	}](e)
	if err != nil {
		return err
	}
	return changed(func(app core.App, p *access.Person, id string) (*Reminder, error) {
		return Postpone(app, p, id, in.Due)
	})(e)
}

func forget(e *core.RequestEvent) error {
	if err := Delete(e.App, access.Of(e), e.Request.PathValue("id")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
