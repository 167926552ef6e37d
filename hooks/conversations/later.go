package conversations

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// LaterMost is how far ahead a conversation can be put aside.
const LaterMost = 366 * 24 * time.Hour

// PutOff puts a conversation aside: until a time, or with a zero one until the
// customer writes. Whoever serves it keeps it, the customer sees no difference,
// and their next word brings it back at once in any case. What they have asked and
// nobody has answered is still owed: its deadlines run on. Errors: invalid,
// not_found, closed, taken, unavailable (nobody serves it yet).
func PutOff(app core.App, p *access.Person, id string, until time.Time) error {
	until = until.UTC().Truncate(time.Millisecond)
	return Write(app, func(tx *Tx) (err error) {
		c, by, err := tx.served(p, id)
		if err != nil {
			return err
		}
		switch {
		case until.IsZero():
		case !until.After(tx.Now):
			return fail.New(fail.Invalid, "conversations.later_past").On("until")
		case until.Sub(tx.Now) > LaterMost:
			return fail.New(fail.Invalid, "conversations.later_far").On("until")
		}
		if c.Status == Later && c.LaterUntil.Equal(until) {
			return nil
		}
		c.Status, c.LaterUntil = Later, until
		tx.Save(c)
		_, err = tx.event(c, by, "", "", EventData{Event: Snoozed, Until: clock.Wire(until)})
		return err
	})
}

// Wake brings back what was put aside before its time. What was not stays as it
// is. Errors: not_found, closed, taken, unavailable.
func Wake(app core.App, p *access.Person, id string) error {
	return Write(app, func(tx *Tx) error {
		c, by, err := tx.served(p, id)
		if err != nil {
			return err
		}
		return tx.wake(c, by, OfStaff)
	})
}

// served loads a conversation that somebody serves, for p to act on.
func (tx *Tx) served(p *access.Person, id string) (*Conversation, Author, error) {
	p, err := access.Still(tx.App, p, access.ConversationsReply)
	if err != nil {
		return nil, Author{}, err
	}
	c, err := tx.mine(p, id)
	if err == nil && c.Assignee == "" {
		err = fail.New(fail.Unavailable, "conversations.later_nobody")
	}
	return c, Staff(p), err
}

// wake brings c back to whoever serves it if it was put aside, for one of the
// [Reasons]. Whether they have room is not asked: it was theirs all the time, only
// it did not count as load while there was nothing to do for it.
func (tx *Tx) wake(c *Conversation, by Author, why string) error {
	if c.Status != Later {
		return nil
	}
	_, err := tx.rouse(c, &Message{From: by}, why)
	return err
}

// rouse brings c back. Of asked it takes who wants that, and by which id.
func (tx *Tx) rouse(c *Conversation, asked *Message, why string) (*Message, error) {
	c.Status, c.LaterUntil = Open, noTime
	tx.Save(c)
	return tx.event(c, asked.From, asked.ClientID, asked.Hash, EventData{Event: Woken, Reason: why})
}

// wakeMost is how many are brought back in one round; after a standstill the next
// rounds go on.
const wakeMost = 200

// WakeDue brings back what was put aside until now, the earliest first, and lets
// tell say so in the same commit. One that fails holds up none of the others.
func WakeDue(app core.App, now time.Time, tell func(tx *Tx, c *Conversation) error) error {
	var ids []string
	err := app.ConcurrentDB().NewQuery("SELECT id FROM conversations WHERE status = 'later' AND later_until != '' AND later_until <= {:now} ORDER BY later_until LIMIT {:most}").
		Bind(dbx.Params{"now": clock.Stored(now), "most": wakeMost}).Column(&ids)
	if err != nil {
		return fmt.Errorf("what was put aside until now: %w", err)
	}
	var failed error
	for _, id := range ids {
		if err := wakeOne(app, id, tell); err != nil {
			slog.Error("bringing back what was put aside", "conversation", id, "error", err)
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func wakeOne(app core.App, id string, tell func(tx *Tx, c *Conversation) error) error {
	return Write(app, func(tx *Tx) error {
		c, err := tx.Conversation(id)
		if err != nil || c.Status != Later || c.LaterUntil.IsZero() || c.LaterUntil.After(tx.Now) {
			return err // somebody was quicker
		}
		if err := tx.wake(c, System(), OfTime); err != nil {
			return err
		}
		return tell(tx, c)
	})
}
