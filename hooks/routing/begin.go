package routing

import (
	"maps"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// lately is how far back it matters who was given a conversation when.
const lately = 12 * time.Hour

// begin reads once what memory does not have: after a restart. Those who have
// said that they are there count as having lost the connection just now, and
// have their grace to come back.
func (r *counter) begin(now time.Time) error {
	if r.begun {
		return nil
	}
	people, err := access.People(r.app)
	if err != nil {
		return err
	}
	s := SettingsOf(r.app)
	events, err := conversations.Recent(r.app, now.Add(-max(lately, 2*s.NightWindow)),
		conversations.Assigned, conversations.Transferred, conversations.Queued)
	if err != nil {
		return err
	}
	nights, err := r.nightsOf(events, now, s.NightWindow)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range people {
		if _, known := r.lost[p.ID]; !known && r.connected[p.ID] == 0 && Status(p.Presence) != Offline {
			r.lost[p.ID] = now
			r.told[p.ID] = r.status(p, now, s.Grace)
		}
	}
	for _, m := range events {
		r.note(m)
	}
	r.nights, r.begun = nights, true
	return nil
}

// nightsOf are the sharings out that were under way, by what was given in them.
// A window began with the first that was given; events reach back for two of
// them, so that the first one found is no later one of a window that is over.
func (r *counter) nightsOf(events []*conversations.Message, now time.Time, window time.Duration) (map[string]*Night, error) {
	nights := map[string]*Night{}
	since := now.Add(-2 * window)
	for _, m := range events {
		e := m.Event()
		if e.Reason != conversations.OfNight || e.Staff == nil || m.Time.Before(since) {
			continue
		}
		c, err := conversations.ByID(r.app, m.Conversation)
		if err != nil {
			return nil, err
		}
		n := nights[c.Group]
		if n == nil {
			n = &Night{Until: m.Time.Add(window), Given: map[string]int{}}
			nights[c.Group] = n
		}
		n.Given[e.Staff.ID]++
	}
	return nights, nil
}

// dawn begins to share out the night of those groups whose first people are
// there, and gives each sharing out its share; it drops those that are over and
// have left nothing.
func (r *counter) dawn(s *Snapshot) {
	window := SettingsOf(r.app).NightWindow
	pool := map[string]int{}
	for i := range s.Waiting {
		if a := &s.Waiting[i]; a.Night {
			pool[a.Group]++
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for group := range pool {
		if window > 0 && r.nights[group] == nil && s.count(group).there > 0 {
			r.nights[group] = &Night{Until: s.Now.Add(window), Given: map[string]int{}}
		}
	}
	maps.DeleteFunc(r.nights, func(group string, n *Night) bool { return pool[group] == 0 && !s.Now.Before(n.Until) })
	for group, n := range r.nights {
		given := 0
		for _, count := range n.Given {
			given += count
		}
		n.Share = share(pool[group]+given, s.count(group).all)
	}
	s.Nights = copied(r.nights)
}
