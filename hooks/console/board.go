package console

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// boardView is what a supervisor's board shows beside what the page hears live.
type boardView struct {
	Queue  []waitingView `json:"queue"` // in order
	People []presentView `json:"people"`
	Today  todayView     `json:"today"`
}

type waitingView struct {
	Conversation string   `json:"conversation"`
	Why          *whyView `json:"why,omitempty"`
}

// whyView is why a conversation waits; the words are the page's.
type whyView struct {
	Kind  routing.ReasonKind `json:"kind"`
	Of    int                `json:"of,omitempty"`
	Staff *named             `json:"staff,omitempty"`
	Until string             `json:"until,omitempty"`
}

type presentView struct {
	Staff    string         `json:"staff"`
	Presence routing.Status `json:"presence"`
	Since    string         `json:"since,omitempty"` // they have said so
}

// todayView is what has happened since midnight in the shop's zone.
type todayView struct {
	Breached int                  `json:"breached"`
	Groups   map[string]todayView `json:"groups,omitempty"`
}

// board answers what the page cannot know by itself. The board shows all that is
// waited for, so it takes the right to see it.
func board(e *core.RequestEvent) error {
	if !access.Of(e).May(access.ConversationsSeeAll) {
		return fail.New(fail.Forbidden, "fail.forbidden")
	}
	var view boardView
	for _, fill := range []func(core.App) error{view.fillQueue, view.fillPeople, view.fillToday} {
		if err := fill(e.App); err != nil {
			return err
		}
	}
	return e.JSON(http.StatusOK, view)
}

func (v *boardView) fillQueue(app core.App) error {
	queue, err := conversations.InQueue(app)
	if err != nil {
		return err
	}
	reasons, err := routing.Why(app, queue...)
	if err != nil {
		return err
	}
	v.Queue = make([]waitingView, len(queue))
	for i, c := range queue {
		v.Queue[i] = waitingView{Conversation: c.ID, Why: viewWhy(reasons, c.ID)}
	}
	return nil
}

func viewWhy(reasons map[string]routing.Reason, conversation string) *whyView {
	r, known := reasons[conversation]
	if !known {
		return nil
	}
	view := &whyView{Kind: r.Kind, Of: r.Of, Until: clock.Wire(r.Until)}
	if r.Staff != nil {
		view.Staff = &named{ID: r.Staff.ID, Name: r.Staff.Nickname}
	}
	return view
}

func (v *boardView) fillPeople(app core.App) error {
	people, err := access.People(app)
	if err != nil {
		return err
	}
	v.People = make([]presentView, len(people))
	for i, p := range people {
		v.People[i] = presentView{Staff: p.ID, Presence: routing.Presence(app, p)}
		if string(v.People[i].Presence) == p.Presence { // and not offline for want of a connection
			v.People[i].Since = clock.Wire(p.PresenceSince)
		}
	}
	return nil
}

func (v *boardView) fillToday(app core.App) error {
	now := clock.Now(app).In(hours.Zone(settings.ShopOf(app).Zone))
	counts, err := conversations.BreachesSince(app, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	if err != nil {
		return err
	}
	v.Today.Groups = map[string]todayView{}
	for group, n := range counts {
		v.Today.Breached += n
		v.Today.Groups[group] = todayView{Breached: n}
	}
	return nil
}
