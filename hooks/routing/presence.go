package routing

import (
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// Status is whether somebody may be given conversations.
type Status string

// The protocol's values of presence.
const (
	Online  Status = access.Online
	OnBreak Status = access.Break
	Offline Status = access.Offline
)

// Check refuses what nobody can be.
func (s Status) Check() error {
	switch s {
	case Online, OnBreak, Offline:
		return nil
	}
	return fail.New(fail.Invalid, "fail.invalid").On("status")
}

// Finishing is the reason of a break for new conversations alone: whoever is on it
// finishes those that they have, and none of them is handed on.
const Finishing = "finish"

// PresenceEvent says that somebody's presence has changed.
type PresenceEvent struct {
	hook.Event
	App    core.App
	Person *access.Person
	Status Status
	Gone   bool // they work here no longer
}

// OnPresence is triggered when somebody's presence has changed, by their word
// or by their connection.
func OnPresence(app core.App) *hook.Hook[*PresenceEvent] { return &of(app).changed }

// Presence is p's presence now: what they have said, or offline without a
// connection. For a grace that the shop sets one that is lost still counts, so
// that a reload or a tunnel costs nobody their conversations; what comes in
// meanwhile is given to others.
func Presence(app core.App, p *access.Person) Status { return PresenceAt(app, p, clock.Now(app)) }

// PresenceAt is p's presence at now, if nothing happens until then.
func PresenceAt(app core.App, p *access.Person, now time.Time) Status {
	r := of(app)
	grace := SettingsOf(app).Grace
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status(p, now, grace)
}

// status is [PresenceAt]; r.mu is held.
func (r *counter) status(p *access.Person, now time.Time, grace time.Duration) Status {
	if p.Disabled || !p.May(access.ConversationsReply) {
		return Offline
	}
	if r.connected[p.ID] == 0 {
		if lost, ok := r.lost[p.ID]; !ok || now.Sub(lost) >= grace {
			return Offline
		}
	}
	switch s := Status(p.Presence); s {
	case Online, OnBreak:
		return s
	default:
		return Offline
	}
}

// SetPresence records what p says of themselves, for all their tabs and across
// restarts. Nobody is refused to leave, however much they still have: see
// [Serving].
func SetPresence(app core.App, p *access.Person, status Status, reason string) error {
	if err := access.SetPresence(app, p.ID, string(status), reason); err != nil {
		return err
	}
	of(app).said(p.ID)
	return nil
}

// SetPresenceOf is [SetPresence] for a colleague, who is told of it. Errors:
// unauthorized, forbidden, not_found, invalid.
func SetPresenceOf(app core.App, by *access.Person, id string, status Status, reason string) error {
	if err := status.Check(); err != nil {
		return err
	}
	if err := access.SetPresenceOf(app, by, id, string(status), reason); err != nil {
		return err
	}
	of(app).said(id)
	return notices.Tell(app, notices.Notice{
		Level: notices.Info, Code: notices.PresenceSet, Key: "routing.set_" + string(status), Args: []any{"Name", by.Nickname}, To: []string{id},
	})
}

// Serving is how many open conversations somebody has.
func Serving(app core.App, id string) (int, error) {
	loads, err := conversations.Load(app)
	return loads[id], err
}

func (r *counter) said(id string) {
	r.tell(id)
	r.nudge()
}

// Connected counts a socket of a staff member.
func Connected(app core.App, id string) {
	r := of(app)
	r.mu.Lock()
	r.connected[id]++
	delete(r.lost, id)
	r.mu.Unlock()
	r.said(id)
}

// Disconnected takes it off again.
func Disconnected(app core.App, id string) {
	r := of(app)
	now, grace := clock.Now(app), SettingsOf(app).Grace
	r.mu.Lock()
	if r.connected[id]--; r.connected[id] <= 0 {
		delete(r.connected, id)
		r.lost[id] = now
	}
	r.mu.Unlock()
	r.by(now.Add(grace))
}

// expire tells of those whose grace has ended.
func (r *counter) expire(now time.Time) error {
	grace := SettingsOf(r.app).Grace
	r.mu.Lock()
	var gone []string
	next := now.Add(longest)
	for id, lost := range r.lost {
		switch end := lost.Add(grace); {
		case now.Before(end):
			next = sooner(next, end)
		case r.told[id] != Offline:
			gone = append(gone, id)
		}
	}
	r.mu.Unlock()
	for _, id := range gone {
		r.tell(id)
	}
	r.by(next)
	return nil
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// tell triggers OnPresence where p's presence is another than last told.
func (r *counter) tell(id string) {
	p, err := access.ByID(r.app, id)
	if err != nil || p.Disabled {
		return // everybody is told that they have left, see part
	}
	now, grace := clock.Now(r.app), SettingsOf(r.app).Grace
	r.mu.Lock()
	status := r.status(p, now, grace)
	same := r.told[id] == status
	r.told[id] = status
	r.mu.Unlock()
	if same {
		return
	}
	r.announce(&PresenceEvent{App: r.app, Person: p, Status: status})
}

func (r *counter) announce(e *PresenceEvent) {
	if err := r.changed.Trigger(e); err != nil {
		slog.Error("telling presence", "error", err)
	}
}
