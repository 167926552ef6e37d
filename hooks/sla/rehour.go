package sla

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// In one round so many conversations are set by other hours, in commits of so
// many: with 100,000 of them the sweep still comes every second.
const (
	rehourRound = 5 * rehourMost
	rehourMost  = 200
)

// stale says that what was set by hours may have to be set anew, and how far that
// has come. mu guards all but ids.
type stale struct {
	mu     sync.Mutex
	marked bool
	read   map[string]reading // by group and channel
	ids    []string           // still to be looked at; the sweep's alone
}

func (s *stale) mark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marked, s.read = true, nil
}

// fresh is how long hours that were read are taken as they are: whatever begins
// asks for them, inside of the writer.
const fresh = time.Second

// reading are hours as they were read.
type reading struct {
	week hours.Week
	at   time.Time
}

// at are the hours of a place, read anew where that is a while ago.
func (s *stale) at(place string, read func() hours.Week) hours.Week {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.read[place]
	if !ok || time.Since(known.at) > fresh {
		known = reading{read(), time.Now()}
		if s.read == nil {
			s.read = map[string]reading{}
		}
		s.read[place] = known
	}
	return known.week
}

// take reports whether everything is to be looked at anew.
func (s *stale) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	marked := s.marked
	s.marked = false
	return marked
}

// rehour sets what runs anew where the hours of its group or channel, or the
// shop's zone, are others than those it was set by. It looks at everything once
// after a change of hours, and after a start, since the program may have ended
// before it had looked. What waits without a deadline gets one: it may have
// waited since before there were any.
func (k *keeper) rehour() (err error) {
	if k.hours.take() {
		if k.hours.ids, err = k.toSetAnew(); err != nil {
			k.hours.mark()
			return err
		}
	}
	for done := 0; len(k.hours.ids) > 0 && done < rehourRound; done += rehourMost {
		some := k.hours.ids[:min(rehourMost, len(k.hours.ids))]
		if err := k.rehourSome(some); err != nil {
			return err
		}
		k.hours.ids = k.hours.ids[len(some):]
	}
	return nil
}

// outdated reports whether something runs in c that was set by other hours than
// those in force.
func (k *keeper) outdated(c *conversations.Conversation) bool {
	id := weekID(k.hoursOf(c))
	return slices.ContainsFunc(c.Deadlines, func(d conversations.Deadline) bool { return runs(d) && d.Week != id })
}

func (k *keeper) rehourSome(ids []string) error {
	return conversations.Write(k.app, func(tx *conversations.Tx) error {
		return each(tx, ids, func(c *conversations.Conversation) error {
			before := *c
			anew := k.change(tx, &before, c)
			switch {
			case len(c.Deadlines) == 0: // it waited before there were any
				anew.before = nil
			case !k.outdated(c):
				return nil
			}
			return anew.again(tx)
		})
	})
}

// toSetAnew lists what was set by other hours, and what is waited for without a
// deadline.
func (k *keeper) toSetAnew() ([]string, error) {
	ids, err := conversations.WithDeadlines(k.app, k.outdated)
	if err != nil {
		return nil, err
	}
	without, err := conversations.WithoutDeadlines(k.app)
	return append(ids, without...), err
}

// again makes the deadlines what they are to be although nothing has happened to
// the conversation.
func (c *change) again(tx *conversations.Tx) (fault error) {
	c.rehour = true
	c.answered = func() (yes bool) {
		yes, fault = tx.Answered(c.after)
		return yes
	}
	if c.plan(); len(c.after.Deadlines) > 0 {
		tx.Save(c.after)
	}
	return fault
}

// each loads conversations for change; those that are no more are left out.
func each(tx *conversations.Tx, ids []string, do func(*conversations.Conversation) error) error {
	for _, id := range ids {
		c, err := tx.Conversation(id)
		if fail.Of(err).Kind == fail.NotFound {
			continue
		}
		if err == nil {
			err = do(c)
		}
		if err != nil {
			return fmt.Errorf("deadlines of %s: %w", id, err)
		}
	}
	return nil
}
