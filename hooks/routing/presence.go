package routing

import (
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// Status is whether somebody may be given conversations.
type Status string

// The protocol's values of presence.
const (
	Online  Status = access.Online
	OnBreak Status = access.Break
	Offline Status = access.Offline
)

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

// Presence is p's presence now.
func Presence(app core.App, p *access.Person) Status { return PresenceAt(app, p, time.Now()) }

// PresenceAt is p's presence at now, if nothing happens until then.
func PresenceAt(app core.App, p *access.Person, now time.Time) Status {
	r := of(app)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status(p, now)
}

// status is what p has said, or offline without a connection; r.mu is held.
func (r *counter) status(p *access.Person, now time.Time) Status {
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
// restarts.
func SetPresence(app core.App, p *access.Person, status Status, reason string) error {
	if err := access.SetPresence(app, p.ID, string(status), reason); err != nil {
		return err
	}
	r := of(app)
	r.tell(p.ID)
	r.nudge()
	return nil
}

// Connected counts a socket of a staff member.
func Connected(app core.App, id string) {
	r := of(app)
	r.mu.Lock()
	r.connected[id]++
	delete(r.lost, id)
	r.mu.Unlock()
	r.tell(id)
	r.nudge()
}

// Disconnected takes it off again.
func Disconnected(app core.App, id string) {
	r := of(app)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.connected[id]--; r.connected[id] <= 0 {
		delete(r.connected, id)
		r.lost[id] = time.Now()
	}
}

// expire tells of those whose grace has ended, and reports whether any had.
func (r *counter) expire(now time.Time) bool {
	defer recovered()
	r.mu.Lock()
	var gone []string
	for id, lost := range r.lost {
		if now.Sub(lost) >= grace {
			delete(r.lost, id)
			gone = append(gone, id)
		}
	}
	r.mu.Unlock()
	for _, id := range gone {
		r.tell(id)
	}
	return len(gone) > 0
}

// tell triggers OnPresence where p's presence is another than last told.
func (r *counter) tell(id string) {
	p, err := access.ByID(r.app, id)
	if err != nil || p.Disabled {
		return // everybody is told that they have left, see part
	}
	r.mu.Lock()
	status := r.status(p, time.Now())
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
