package sla

import (
	"fmt"
	"slices"
	"sync"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// In one round so many conversations are looked at whose hours may be others, in
// commits of so many: with 100,000 of them the sweep still comes every second.
const (
	rehourRound = 5 * rehourMost
	rehourMost  = 200
)

// stale says that what was set by hours may have to be set anew, and how far that
// has come.
type stale struct {
	mu     sync.Mutex
	marked bool
	ids    []string // still to be looked at; the sweep's alone
}

func (s *stale) mark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marked = true
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
// shop's zone, are others than those it was set by. After a start it learns by
// which hours things were set.
func (k *keeper) rehour() (err error) {
	if k.hours.take() {
		if k.hours.ids, err = conversations.WithDeadlines(k.app); err != nil {
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

func (k *keeper) rehourSome(ids []string) error {
	return conversations.Write(k.app, func(tx *conversations.Tx) error {
		current := map[string]hours.Week{} // by group and channel
		return each(tx, ids, func(c *conversations.Conversation) error {
			place := c.Group + "/" + c.Channel
			week, known := current[place]
			if !known {
				week = k.remember(tx.Hours(c))
				current[place] = week
			}
			id := weekID(week)
			if !slices.ContainsFunc(c.Deadlines, func(d conversations.Deadline) bool { return runs(d) && d.Week != id }) {
				return nil
			}
			before := *c
			anew := k.change(tx, &before, c)
			anew.rehour = true
			anew.plan()
			tx.Save(c)
			return nil
		})
	})
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
