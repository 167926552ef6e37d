package routing

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	// backAfter is how long whoever has handed a conversation on does not get it
	// back while others are there, however busy they are.
	backAfter = 2 * time.Minute
	// atOnce is how many are given in one commit.
	atOnce = 32
)

// WaitingEvent says that a conversation waits and nobody is free for it.
type WaitingEvent struct {
	hook.Event
	App          core.App
	Conversation *conversations.Conversation
}

// OnWaiting is triggered once for each conversation that nobody is free for.
func OnWaiting(app core.App) *hook.Hook[*WaitingEvent] { return &of(app).waiting }

// giveAll gives away what can be given, and looks at what still waits.
func (r *counter) giveAll(now time.Time) error {
	queue, err := conversations.InQueue(r.app)
	if err != nil {
		return err
	}
	if len(queue) == 0 {
		r.forget(nil)
		return nil
	}
	s, err := r.snapshot(now, queue)
	if err != nil {
		return err
	}
	r.dawn(s)
	given := map[string]bool{}
	var ids []string
	for _, d := range s.clone().Decide() {
		ids = append(ids, d.Asking.ID)
	}
	for some := range slices.Chunk(ids, atOnce) {
		err = errors.Join(err, r.assignAll(s, some, given))
	}
	err = errors.Join(err, r.closeNights(s, queue, given))
	r.lookAfter(s, queue, given)
	return err
}

// assignAll assigns in one commit; where that fails, each by itself, so that one
// conversation holds up nobody but itself.
func (r *counter) assignAll(s *Snapshot, ids []string, given map[string]bool) error {
	err := r.assign(s, ids, given)
	if err == nil || len(ids) == 1 || fail.Of(err).Kind.Passes() {
		return err
	}
	err = nil
	for _, id := range ids {
		if wrong := r.assign(s, []string{id}, given); wrong != nil {
			err = errors.Join(err, fmt.Errorf("conversation %s: %w", id, wrong))
		}
	}
	return err
}

// snapshot is the desk as it is, with queue waiting.
func (r *counter) snapshot(now time.Time, queue []*conversations.Conversation) (*Snapshot, error) {
	people, err := access.People(r.app)
	if err != nil {
		return nil, err
	}
	loads, err := conversations.Load(r.app)
	if err != nil {
		return nil, err
	}
	settings := SettingsOf(r.app)
	s := &Snapshot{Now: now, Waiting: make([]Asking, len(queue)), Seats: make([]Seat, 0, len(people))}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range people {
		if p.May(access.ConversationsReply) {
			seat := r.sit(p, now, settings.Grace)
			seat.Load = loads[p.ID]
			s.Seats = append(s.Seats, seat)
		}
	}
	for i, c := range queue {
		s.Waiting[i] = r.ask(c)
	}
	s.Nights = copied(r.nights)
	return s, nil
}

// sit is p's seat, but for the load; r.mu is held.
func (r *counter) sit(p *access.Person, now time.Time, grace time.Duration) Seat {
	return Seat{Person: p, Status: r.status(p, now, grace), Here: r.connected[p.ID] > 0, Given: r.given[p.ID]}
}

// ask is c as it is decided by; r.mu is held.
func (r *counter) ask(c *conversations.Conversation) Asking {
	avoid := r.avoid[c.ID]
	return Asking{ID: c.ID, Group: c.Group, Rank: c.Rank, Preferred: c.Preferred, Night: c.Night, Avoid: avoid.staff, AvoidUntil: avoid.until}
}

// assign gives what the commit's own count lets it give of ids, and notes it in
// given.
func (r *counter) assign(s *Snapshot, ids []string, given map[string]bool) error {
	why := map[string]Decision{}
	done, err := conversations.Assign(r.app, ids, func(c *conversations.Conversation, loads map[string]int) (*access.Person, string) {
		if err := r.refresh(s, loads); err != nil {
			slog.Error("reading staff", "error", err)
			return nil, ""
		}
		r.mu.Lock()
		a := r.ask(c)
		r.mu.Unlock()
		if _, again := why[c.ID]; again { // the commit is tried once more
			s.takeBack(why)
		}
		d := s.Choose(&a)
		if d.Seat == nil {
			return nil, ""
		}
		s.give(d)
		why[c.ID] = d
		return d.Seat.Person, d.Why
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, staff := range done {
		given[id] = true
		r.given[staff] = s.Now
		if n := r.nights[why[id].Asking.Group]; n != nil && why[id].Why == conversations.OfNight {
			n.Given[staff]++
		}
	}
	return nil
}

// refresh brings s up to who is there now, and to loads.
func (r *counter) refresh(s *Snapshot, loads map[string]int) error {
	people, err := access.People(r.app)
	if err != nil {
		return err
	}
	now := make(map[string]*access.Person, len(people))
	for _, p := range people {
		now[p.ID] = p
	}
	grace := SettingsOf(r.app).Grace
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range s.Seats {
		seat := &s.Seats[i]
		p := now[seat.Person.ID]
		if p == nil { // they work here no longer
			seat.Status = Offline
			continue
		}
		given := seat.Given
		*seat = r.sit(p, s.Now, grace)
		seat.Given, seat.Load = later(given, seat.Given), loads[p.ID]
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// closeNights lets what is left of a night whose window has closed be like
// everything else that waits. Where nobody is there any more, somebody had only
// looked in: the night goes on, to be shared out by whoever comes.
func (r *counter) closeNights(s *Snapshot, queue []*conversations.Conversation, given map[string]bool) error {
	over := map[string]bool{}
	r.mu.Lock()
	for group, n := range r.nights {
		over[group] = !s.Now.Before(n.Until)
	}
	r.mu.Unlock()
	var left []string
	for _, c := range queue {
		if c.Night && over[c.Group] && !given[c.ID] && s.count(c.Group).there > 0 {
			left = append(left, c.ID)
		}
	}
	if err := r.endNight(left); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.nights, func(group string, _ *Night) bool { return over[group] })
	return nil
}

func (r *counter) endNight(ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return conversations.Write(r.app, func(tx *conversations.Tx) error {
		for _, id := range ids {
			c, err := tx.Conversation(id)
			if err != nil {
				return err
			}
			if c.Night {
				c.Night = false
				tx.Save(c)
			}
		}
		return nil
	})
}

// lookAfter tells, once each, that somebody waits whom nobody is free for, and
// offers those who have waited long to leave a message; and it sees to it that
// there is a round when the next of them may be given.
func (r *counter) lookAfter(s *Snapshot, queue []*conversations.Conversation, given map[string]bool) {
	still := map[string]bool{}
	next := s.Now.Add(longest)
	soon := func(at time.Time) {
		if at.After(s.Now) {
			next = sooner(next, at)
		}
	}
	asking := map[string]*Asking{}
	for i := range s.Waiting {
		asking[s.Waiting[i].ID] = &s.Waiting[i]
	}
	offerAfter := SettingsOf(r.app).OfferAfter
	for _, c := range queue {
		if given[c.ID] {
			continue
		}
		still[c.ID] = true
		a := asking[c.ID]
		if a.Preferred != nil {
			soon(a.Preferred.Until)
		}
		soon(a.AvoidUntil)
		if _, waits := s.preferred(a); !waits && s.night(a) == nil {
			r.alert(c)
		}
		if at, ok := offerAt(c, offerAfter); ok {
			soon(at)
			if !s.Now.Before(at) {
				r.offer(c)
			}
		}
	}
	for _, n := range s.Nights {
		soon(n.Until)
	}
	r.by(next)
	r.forget(still)
}

// isFirst notes in one of the maps that somebody is told of a conversation, and
// reports whether they had not been.
func (r *counter) isFirst(told map[string]bool, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := told[id]
	told[id] = true
	return !known
}

// alert tells everybody, once, that c waits and nobody is free.
func (r *counter) alert(c *conversations.Conversation) {
	if !r.isFirst(r.alerted, c.ID) {
		return
	}
	if err := r.waiting.Trigger(&WaitingEvent{App: r.app, Conversation: c}); err != nil {
		slog.Error("telling that somebody waits", "error", err)
	}
}

// forget drops what was kept of conversations that wait no longer. Who has handed
// one on is kept a little longer: it may wait again since the queue was read.
func (r *counter) forget(still map[string]bool) {
	gone := func(id string) bool { return !still[id] }
	now := clock.Now(r.app)
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.alerted, func(id string, _ bool) bool { return gone(id) })
	maps.DeleteFunc(r.offers, func(id string, _ bool) bool { return gone(id) })
	maps.DeleteFunc(r.avoid, func(id string, h handover) bool { return gone(id) && now.After(h.until) })
}
