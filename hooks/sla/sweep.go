package sla

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// sweepMost is how many conversations are brought up to date in one commit. No
// more than a handful are due in one second but after a standstill, and then the
// writer is held for some 100 ms.
const sweepMost = 500

// Sweep brings every deadline whose instant has come to its next stage, the
// earliest first, and does what belongs to that. It is done once a second.
func Sweep(app core.App) error {
	if err := of(app).rehour(); err != nil {
		return fmt.Errorf("setting deadlines by other hours: %w", err)
	}
	var all []event
	for {
		due, err := conversations.Due(app, clock.Now(app), sweepMost)
		if err == nil && len(due) > 0 {
			var seen []event
			seen, err = sweepAll(app, due)
			all = append(all, seen...)
		}
		if err != nil || len(due) < sweepMost {
			return errors.Join(err, tell(app, all))
		}
	}
}

// event is a stage that a deadline of a conversation has reached, with who it
// concerns as it was then.
type event struct {
	step
	conversation, assignee, group string
}

// sweepAll sweeps conversations in one commit, in their order. One that fails
// spoils it for none of the others: then each has a commit of its own.
func sweepAll(app core.App, ids []string) ([]event, error) {
	seen, err := sweepTogether(app, ids...)
	if err == nil || len(ids) == 1 || fail.Of(err).Kind.Passes() {
		return seen, err
	}
	slog.Error("sweeping deadlines one by one", "error", err)
	seen, err = nil, nil
	for _, id := range ids {
		events, failed := sweepTogether(app, id)
		err = errors.Join(err, failed)
		seen = append(seen, events...)
	}
	return seen, err
}

func sweepTogether(app core.App, ids ...string) ([]event, error) {
	var seen []event
	settings := Of(app)
	err := conversations.Write(app, func(tx *conversations.Tx) error {
		seen = nil
		for _, id := range ids {
			events, err := settings.sweep(tx, id)
			if err != nil {
				return fmt.Errorf("deadlines of %s: %w", id, err)
			}
			seen = append(seen, events...)
		}
		return settings.alert(tx.App, seen) // with the commit, or not at all
	})
	if err != nil {
		return nil, err
	}
	return seen, nil
}

// sweep looks again, now that nobody else can change it, at what is due of a
// conversation.
func (s Settings) sweep(tx *conversations.Tx, id string) (seen []event, err error) {
	c, err := tx.Conversation(id)
	if fail.Of(err).Kind == fail.NotFound {
		return nil, nil // erased meanwhile
	}
	if err != nil || c.Sweep.IsZero() || c.Sweep.After(tx.Now) {
		return nil, err
	}
	steps := advance(c.Deadlines, tx.Now)
	c.Sweep = next(c.Deadlines)
	tx.Save(c)
	for _, reached := range steps {
		seen = append(seen, event{step: reached, conversation: c.ID, assignee: c.Assignee, group: c.Group})
		switch reached.stage {
		case conversations.Breached:
			err = tx.Tell(c, conversations.EventData{Event: conversations.Breach, Kind: reached.kind})
		case conversations.Escalated:
			err = s.escalate(tx, c, reached.kind)
		}
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// escalate does what is set for a deadline that was breached some time ago.
func (s Settings) escalate(tx *conversations.Tx, c *conversations.Conversation, kind string) error {
	if err := tx.Tell(c, conversations.EventData{Event: conversations.Escalation, Kind: kind}); err != nil {
		return err
	}
	if s.Raise {
		if err := tx.Prioritize(c, conversations.System(), raised(c.Priority)); err != nil {
			return err
		}
	}
	if s.Experts == "" || s.Experts == c.Group {
		return nil
	}
	if _, err := access.GroupByID(tx.App, s.Experts); err != nil {
		return nil //nolint:nilerr // the group is no more, and nobody there to hand it to
	}
	if c.Assignee != "" {
		if there, err := routing.Staffed(tx.App, s.Experts, c.Assignee, tx.Now); err != nil || !there {
			return err // with whoever serves it is better off than with nobody
		}
	}
	return tx.QueueIn(c, s.Experts, conversations.OfBreach)
}

// raised is the priority above one.
func raised(priority string) string {
	all := conversations.Priorities
	return all[min(slices.Index(all, priority)+1, len(all)-1)]
}
