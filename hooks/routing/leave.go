package routing

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// ReturnedEvent says that what somebody was serving waits again.
type ReturnedEvent struct {
	hook.Event
	App  core.App
	Back *conversations.GivenBack
}

// OnReturned is triggered once for everybody whose conversations went back to
// the queue because they have left or may no longer serve.
func OnReturned(app core.App) *hook.Hook[*ReturnedEvent] { return &of(app).returned }

// takeBack looks, after a change of rights and at the start, for those who may
// no longer serve: it says that they have left, or are not there, and puts their
// conversations back into the queue. What a crash has interrupted is found again
// by the next look, because it looks at what is, not at what has changed.
func (r *counter) takeBack(now time.Time) error {
	version, err := access.Version(r.app)
	if err != nil {
		return err
	}
	if version == r.rights {
		return nil
	}
	if err = r.part(now); err != nil {
		return fmt.Errorf("reading staff: %w", err)
	}
	list, err := conversations.Abandoned(r.app)
	if err != nil {
		return fmt.Errorf("looking for what nobody serves: %w", err)
	}
	for _, id := range list {
		back, err := conversations.GiveBack(r.app, id)
		if err != nil {
			return fmt.Errorf("from %s: %w", id, err)
		}
		if back == nil {
			continue
		}
		r.tellReturned(back)
	}
	r.rights = version // not before all of it is done
	return nil
}

func (r *counter) tellReturned(back *conversations.GivenBack) {
	if err := r.returned.Trigger(&ReturnedEvent{App: r.app, Back: back}); err != nil {
		slog.Error("telling what came back", "error", err)
	}
}

// part forgets those who work here no longer and tells of them, and of those
// whose presence is another by their rights.
func (r *counter) part(now time.Time) error {
	people, err := access.People(r.app)
	if err != nil {
		return err
	}
	grace := SettingsOf(r.app).Grace
	present := map[string]bool{}
	var other []string
	r.mu.Lock()
	for _, p := range people {
		present[p.ID] = true
		if told, known := r.told[p.ID]; known && told != r.status(p, now, grace) {
			other = append(other, p.ID)
		}
	}
	var left []string
	for id := range r.staff {
		if !present[id] {
			left = append(left, id)
			delete(r.told, id)
			delete(r.lost, id)
			delete(r.given, id)
		}
	}
	r.staff = present
	r.mu.Unlock()
	for _, id := range other {
		r.tell(id)
	}
	for _, id := range left {
		r.announce(&PresenceEvent{App: r.app, Person: &access.Person{ID: id}, Status: Offline, Gone: true})
	}
	return nil
}
