package routing

import (
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// absence is since when and how somebody is not there.
type absence struct {
	name  string
	why   string // a reason of [conversations.Reasons]
	since time.Time
}

// handOn puts back into the queue what those who have left had, as their groups
// want it: now, or when the customer writes into one that stayed. It looks at
// what is, not at what has changed, so that a restart interrupts nothing. What
// somebody was given, or has taken, after they left is theirs: they know what
// they do.
func (r *counter) handOn(now time.Time) error {
	gone, err := r.absent(now)
	if err != nil || len(gone) == 0 {
		return err
	}
	var staff []string
	for id := range gone {
		staff = append(staff, id)
	}
	open, err := conversations.OpenOfAny(r.app, staff)
	if err != nil {
		return err
	}
	leaving, err := r.leaving(open)
	if err != nil {
		return err
	}
	goes := func(c *conversations.Conversation) bool {
		how := leaving[c.Group].of(gone[c.Assignee].why)
		return how == access.HandAll || how == access.HandAwaiting && !c.WaitingSince.IsZero()
	}
	open = slices.DeleteFunc(open, func(c *conversations.Conversation) bool { return !goes(c) })
	if len(open) == 0 {
		return nil
	}
	ids := make([]string, len(open))
	for i, c := range open {
		ids[i] = c.ID
	}
	given, err := conversations.GivenAt(r.app, ids)
	if err != nil {
		return err
	}
	back := map[string]*conversations.GivenBack{}
	for _, c := range open {
		was := gone[c.Assignee]
		if !given[c.ID].Before(was.since) {
			continue
		}
		changed := func(now *conversations.Conversation) bool {
			return now.Assignee != c.Assignee || now.Status != conversations.Open || !goes(now)
		}
		if err := conversations.Return(r.app, c.ID, was.why, changed); err != nil {
			return err
		}
		now, err := conversations.ByID(r.app, c.ID)
		if err != nil {
			return err
		}
		if now.Status == conversations.Waiting {
			b := back[c.Assignee]
			if b == nil {
				b = &conversations.GivenBack{Staff: conversations.Named{ID: c.Assignee, Name: was.name}, Reason: was.why}
				back[c.Assignee] = b
			}
			b.Conversations = append(b.Conversations, now)
		}
	}
	for _, b := range back {
		r.tellReturned(b)
	}
	return nil
}

// absent are those who are not there and have not just said so for the first
// time: what an account had before anybody said anything of it, stays.
func (r *counter) absent(now time.Time) (map[string]absence, error) {
	people, err := access.People(r.app)
	if err != nil {
		return nil, err
	}
	grace := SettingsOf(r.app).Grace
	gone := map[string]absence{}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range people {
		status := r.status(p, now, grace)
		lost, isLost := r.lost[p.ID]
		switch {
		case status == Online:
		case status == OnBreak && p.PresenceReason == Finishing: // at work, but for new ones
		case status == OnBreak:
			gone[p.ID] = absence{p.Nickname, conversations.OfBreak, p.PresenceSince}
		case Status(p.Presence) == Offline:
			gone[p.ID] = absence{p.Nickname, conversations.OfOffDuty, p.PresenceSince}
		case isLost:
			gone[p.ID] = absence{p.Nickname, conversations.OfOffline, lost}
		}
	}
	return gone, nil
}

// leaving is what the groups of list say of members who leave.
func (r *counter) leaving(list []*conversations.Conversation) (map[string]rule, error) {
	shop := SettingsOf(r.app).Leaving
	rules := map[string]rule{}
	for _, c := range list {
		rules[c.Group] = rule(shop)
	}
	if len(list) == 0 {
		return rules, nil
	}
	groups, err := access.Groups(r.app)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		rules[g.Id] = rule(g.Leaving().Over(shop))
	}
	return rules, nil
}

// rule is what is handed on when somebody leaves.
type rule access.Leaving

func (l rule) of(why string) access.Handing {
	switch why {
	case conversations.OfBreak:
		return l.Break
	case conversations.OfOffDuty:
		return l.OffDuty
	}
	return l.Offline
}
