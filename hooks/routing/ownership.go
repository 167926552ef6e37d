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

// unsolvedFor is how long a question that the customer has called unsolved stays
// with whose it was.
const unsolvedFor = 7 * 24 * time.Hour

// earlierMost is how many of a customer's earlier conversations are looked at.
const earlierMost = 5

// place gives what begins to wait its place in the queue, and says whether it is
// part of the night, whose question it is and for whom it waits at first. It is
// part of the change, see [conversations.OnChange].
func (r *counter) place(e *conversations.ChangeEvent) error {
	was, is := e.Before, e.After
	if is.Status != conversations.Waiting {
		return e.Next()
	}
	begins := was == nil || was.Status != conversations.Waiting
	if begins || was.Group != is.Group {
		is.Night = r.isNight(e.Tx, is)
	}
	fresh := was == nil || was.Status == conversations.WithBot
	if !fresh && !begins && was.Rank.Equal(is.Rank) && was.Queued.Equal(is.Queued) &&
		was.Priority == is.Priority && was.Emotion == is.Emotion && was.Customer == is.Customer {
		return e.Next()
	}
	s, standing, dedicated := SettingsOf(r.app), Standing{Priority: is.Priority, Emotion: is.Emotion}, ""
	who, err := customers.ByID(e.Tx.App, is.Customer)
	switch {
	case err == nil:
		standing.Level, standing.Distributor, dedicated = who.Level(), who.DistributorLevel(), who.Dedicated()
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	is.Rank = is.Queued.Add(-s.Starts.Of(standing, settings.LevelsOf(r.app)))
	if fresh {
		if err := r.belong(e.Tx, is, dedicated, s); err != nil {
			return err
		}
	}
	return e.Next()
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
func (r *counter) belong(tx *conversations.Tx, c *conversations.Conversation, dedicated string, s Settings) error {
	list, err := conversations.OfCustomer(tx.App, c.Customer, earlierMost)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(other *conversations.Conversation) bool {
		return other.ID != c.ID && other.Status == conversations.Closed && other.Assignee != ""
	})
	var last *conversations.Conversation
	if i >= 0 {
		last = list[i]
	}
	owed := false
	if last != nil && last.Owner != "" {
		if owed, err = unsolved(tx, last); err != nil {
			return err
		}
	}
	if owed && c.Owner == "" && r.serves(last.Owner) {
		c.Owner = last.Owner
	}
	wanted := []conversations.Preference{{Staff: dedicated, Why: conversations.OfDedicated, Until: tx.Now.Add(s.DedicatedWait)}}
	if last != nil && s.ReturnWithin > 0 {
		back := conversations.Preference{Why: conversations.OfReturning, Until: tx.Now.Add(s.ReturnWait)}
		if owed {
			back.Staff = last.Owner
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

// unsolved reports whether the customer has said of c that it was not solved, or
// something is promised in it still.
func unsolved(tx *conversations.Tx, c *conversations.Conversation) (bool, error) {
	if c.Resolved == "no" && tx.Now.Sub(c.Closed) <= unsolvedFor {
		return true, nil
	}
	return conversations.Promised(tx.App, c.ID)
}

// serves reports whether staff works here still and answers customers.
func (r *counter) serves(staff string) bool {
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
		if w.Staff == "" || err != nil || w.Why != conversations.OfDedicated && group != "" && !p.InGroup(group) {
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
