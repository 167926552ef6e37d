package routing

import (
	"errors"
	"fmt"
	"maps"
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

// left is who is not there, and what that means for what they have.
type left struct {
	gone   map[string]absence        // by staff
	shop   access.Leaving            // what is handed on
	groups map[string]access.Leaving // in groups
}

// handOn puts back into the queue what those who have left had, as their groups
// want it: now, or when the customer writes into one that stayed. It looks at
// what is, not at what has changed, so that a restart interrupts nothing.
func (r *counter) handOn(now time.Time) error {
	gone, err := r.absent(now)
	if err != nil || len(gone) == 0 {
		return err
	}
	l, err := r.leaving(gone)
	if err != nil {
		return err
	}
	due, err := r.toHandOn(l)
	if err != nil {
		return err
	}
	back := map[string]*conversations.GivenBack{}
	var wrong error
	for _, c := range due {
		waits, err := r.giveUp(c, l)
		if err != nil { // the others go all the same
			wrong = errors.Join(wrong, fmt.Errorf("conversation %s: %w", c.ID, err))
		}
		if waits == nil {
			continue
		}
		if back[c.Assignee] == nil {
			was := gone[c.Assignee]
			back[c.Assignee] = &conversations.GivenBack{Staff: conversations.Named{ID: c.Assignee, Name: was.name}, Reason: was.why}
		}
		back[c.Assignee].Conversations = append(back[c.Assignee].Conversations, waits)
	}
	for _, b := range back {
		r.tellReturned(b)
	}
	return wrong
}

// absent are those who are not there, but for those of whom nobody has ever said
// whether they are.
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
		case status == Online, p.PresenceSince.IsZero():
		case status == OnBreak && p.PresenceReason == Finishing: // at work, but for new ones
		case status == OnBreak:
			gone[p.ID] = absence{p.Nickname, conversations.OfBreak, p.PresenceSince}
		case Status(p.Presence) == Offline:
			gone[p.ID] = absence{p.Nickname, conversations.OfOffDuty, p.PresenceSince}
		case isLost:
			gone[p.ID] = absence{p.Nickname, conversations.OfOffline, lost.Add(grace)} // what came within the grace goes, too
		}
	}
	return gone, nil
}

// toHandOn lists what of theirs has to go. What somebody has taken after they left
// is theirs: they know what they do.
func (r *counter) toHandOn(l *left) ([]*conversations.Conversation, error) {
	staff := make([]string, 0, len(l.gone))
	for id := range l.gone {
		staff = append(staff, id)
	}
	open, err := conversations.OpenOfAny(r.app, staff, !l.someAll())
	if err != nil {
		return nil, err
	}
	open = slices.DeleteFunc(open, func(c *conversations.Conversation) bool { return !l.goes(c) })
	if len(open) == 0 {
		return nil, nil
	}
	ids := make([]string, len(open))
	for i, c := range open {
		ids[i] = c.ID
	}
	givings, err := conversations.Givings(r.app, ids)
	return slices.DeleteFunc(open, func(c *conversations.Conversation) bool {
		m := givings[c.ID]
		return m != nil && m.From.ID == c.Assignee && m.Time.After(l.gone[c.Assignee].since)
	}), err
}

// leaving is what it means that those are gone.
func (r *counter) leaving(gone map[string]absence) (*left, error) {
	groups, err := access.Groups(r.app)
	if err != nil {
		return nil, err
	}
	l := &left{gone: gone, shop: SettingsOf(r.app).Leaving, groups: make(map[string]access.Leaving, len(groups))}
	for _, g := range groups {
		l.groups[g.Id] = g.Leaving().Over(l.shop)
	}
	return l, nil
}

// someAll reports whether anywhere all goes, and not only what waits for a reply.
func (l *left) someAll() bool {
	all := func(rule access.Leaving) bool {
		return rule.Offline == access.HandAll || rule.OffDuty == access.HandAll || rule.Break == access.HandAll
	}
	return all(l.shop) || slices.ContainsFunc(slices.Collect(maps.Values(l.groups)), all)
}

// goes reports whether c goes to colleagues while its assignee is not there.
func (l *left) goes(c *conversations.Conversation) bool {
	rule, ok := l.groups[c.Group]
	if !ok {
		rule = l.shop
	}
	how := rule.Offline
	switch l.gone[c.Assignee].why {
	case conversations.OfBreak:
		how = rule.Break
	case conversations.OfOffDuty:
		how = rule.OffDuty
	}
	return how == access.HandAll || how == access.HandAwaiting && !c.WaitingSince.IsZero()
}

// giveUp lets c wait again, if it has not changed meanwhile, and returns it as it
// waits then; nil where it does not.
func (r *counter) giveUp(c *conversations.Conversation, l *left) (*conversations.Conversation, error) {
	changed := func(now *conversations.Conversation) bool {
		return now.Assignee != c.Assignee || now.Status != c.Status || !l.goes(now)
	}
	if err := conversations.Return(r.app, c.ID, l.gone[c.Assignee].why, changed); err != nil {
		return nil, err
	}
	now, err := conversations.ByID(r.app, c.ID)
	if err != nil || now.Status != conversations.Waiting {
		return nil, err
	}
	return now, nil
}
