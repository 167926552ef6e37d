package routing

import (
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const (
	// unsolvedFor is how long a question that the customer has called unsolved
	// stays with whose it was.
	unsolvedFor = 7 * 24 * time.Hour
	// earlierMost is how many of a customer's earlier conversations are looked at.
	earlierMost = 5
)

// place gives what begins to wait its place in the queue, and says whether it is
// part of the night, whose question it is and for whom it waits at first. It is
// part of the change, see [conversations.OnChange].
func (r *counter) place(e *conversations.ChangeEvent) error {
	was, is := e.Before, e.After
	r.notes(e.Entries) // now: a round may come before anybody is told of the commit
	waited, waits := was != nil && was.Status == conversations.Waiting, is.Status == conversations.Waiting
	if waited || waits {
		r.forgetPlaces()
	}
	if !waits {
		return e.Next()
	}
	if !waited || was.Group != is.Group {
		is.Night = r.isNight(e.Tx, is)
	}
	if waited && stands(was, is) {
		return e.Next()
	}
	// Who turns out to be somebody while they wait is led to whose they are.
	fresh := was == nil || was.Status == conversations.WithBot || was.Customer != is.Customer
	if err := r.rank(e.Tx, is, fresh); err != nil {
		return err
	}
	return e.Next()
}

// rank gives c its place, and, where it is fresh, says whose it is.
func (r *counter) rank(tx *conversations.Tx, c *conversations.Conversation, fresh bool) error {
	who, err := customers.ByID(tx.App, c.Customer)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	c.Rank = c.Queued.Add(-SettingsOf(r.app).Starts.Of(standingOf(c, who), settings.LevelsOf(r.app)))
	if !fresh {
		return nil
	}
	return r.belong(tx, c, who)
}

// stands reports whether nothing has changed that a place depends on.
func stands(was, is *conversations.Conversation) bool {
	return was.Rank.Equal(is.Rank) && was.Queued.Equal(is.Queued) && was.Priority == is.Priority && was.Emotion == is.Emotion && was.Customer == is.Customer
}

// standingOf is c's of a customer; nil where there is none.
func standingOf(c *conversations.Conversation, who *customers.Customer) Standing {
	s := Standing{Priority: c.Priority, Emotion: c.Emotion}
	if who != nil {
		s.Level, s.Distributor = who.Level(), who.DistributorLevel()
	}
	return s
}

// isNight reports whether c begins to wait while nobody answers: outside of the
// hours, and nobody who could is there all the same.
func (r *counter) isNight(tx *conversations.Tx, c *conversations.Conversation) bool {
	people, err := access.People(r.app)
	if err != nil {
		return false // it is shared out by load then
	}
	grace := SettingsOf(r.app).Grace
	r.mu.Lock()
	there := slices.ContainsFunc(people, func(p *access.Person) bool {
		return (c.Group == "" || p.InGroup(c.Group)) && r.status(p, tx.Now, grace) == Online
	})
	r.mu.Unlock()
	return !there && !tx.Hours(c).Open(tx.Now)
}

// belong says whose c is. A question that was not solved, or about which
// something is promised still, stays with whose it was. And c waits at first
// for the customer's dedicated person; else for the owner of such a question, or
// for who has served the customer last, not long ago.
func (r *counter) belong(tx *conversations.Tx, c *conversations.Conversation, who *customers.Customer) error {
	s := SettingsOf(r.app)
	var wanted []conversations.Preference
	if who != nil && who.Dedicated() != "" {
		wanted = append(wanted, conversations.Preference{Staff: who.Dedicated(), Why: conversations.OfDedicated, Until: tx.Now.Add(s.DedicatedWait)})
	}
	last, owed, err := earlier(tx, c)
	if err != nil {
		return err
	}
	if owed && c.Owner == "" && r.works(last.Owner) {
		c.Owner = last.Owner
	}
	if last != nil && s.ReturnWithin > 0 {
		back := conversations.Preference{Staff: last.Owner, Why: conversations.OfReturning, Until: tx.Now.Add(s.ReturnWait)}
		if owed {
			wanted = append(wanted, back)
		}
		if tx.Now.Sub(last.Closed) <= s.ReturnWithin {
			back.Staff = last.Assignee
			wanted = append(wanted, back)
		}
	}
	c.Preferred = r.firstOf(tx, c.Group, wanted)
	return nil
}

// earlier is the customer's last conversation before c in which somebody served
// them, nil where there was none, and whether its owner owes them something
// still: they have said that it was not solved, or something is promised.
func earlier(tx *conversations.Tx, c *conversations.Conversation) (last *conversations.Conversation, owed bool, err error) {
	list, err := conversations.OfCustomer(tx.App, c.Customer, earlierMost)
	if err != nil {
		return nil, false, err
	}
	i := slices.IndexFunc(list, func(other *conversations.Conversation) bool {
		return other.ID != c.ID && other.Status == conversations.Closed && other.Assignee != ""
	})
	if i < 0 {
		return nil, false, nil
	}
	last = list[i]
	if last.Owner == "" || last.Resolved == "no" && tx.Now.Sub(last.Closed) <= unsolvedFor {
		return last, last.Owner != "", nil
	}
	owed, err = conversations.Promised(tx.App, last)
	return last, owed, err
}

// works reports whether staff works here still and answers customers.
func (r *counter) works(staff string) bool {
	p, err := access.ByID(r.app, staff)
	return err == nil && !p.Disabled && p.May(access.ConversationsReply)
}

// firstOf is the first of wanted who can have it now or soon: who is on line, if
// with as many as they may, pauses, or has just lost the connection. nil where
// there is none. Dedicated people serve their customers whatever the group.
func (r *counter) firstOf(tx *conversations.Tx, group string, wanted []conversations.Preference) *conversations.Preference {
	grace := SettingsOf(r.app).Grace
	for _, w := range wanted {
		p, err := access.ByID(r.app, w.Staff)
		if err != nil || w.Why != conversations.OfDedicated && group != "" && !p.InGroup(group) {
			continue
		}
		r.mu.Lock()
		status := r.status(p, tx.Now, grace)
		r.mu.Unlock()
		if status != Offline {
			return &w
		}
	}
	return nil
}
