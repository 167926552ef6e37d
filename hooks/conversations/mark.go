package conversations

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// SetPriority says how urgent a conversation is, one of [Priorities]. Errors:
// invalid, not_found, closed.
func SetPriority(app core.App, p *access.Person, id, priority string) error {
	if !slices.Contains(Priorities, priority) {
		return fail.New(fail.Invalid, "conversations.priority").On("priority")
	}
	return onOpen(app, p, id, func(tx *Tx, p *access.Person, c *Conversation) error {
		return tx.Prioritize(c, Staff(p), priority)
	})
}

// Prioritize makes priority c's own; it tells only of a change.
func (tx *Tx) Prioritize(c *Conversation, by Author, priority string) error {
	if c.Priority == priority {
		return nil
	}
	data := EventData{Event: Prioritized, Priority: priority, Was: c.Priority}
	c.Priority = priority
	tx.Save(c)
	_, err := tx.event(c, by, "", "", data)
	return err
}

// Mark says what the customer's words sound like, one of [Emotions]. Errors:
// invalid, not_found, closed.
func Mark(app core.App, p *access.Person, id string, emotion Emotion) error {
	if !slices.Contains(Emotions, emotion) {
		return fail.New(fail.Invalid, "conversations.emotion").On("emotion")
	}
	return onOpen(app, p, id, func(tx *Tx, p *access.Person, c *Conversation) error {
		return tx.Mark(c, Staff(p), emotion)
	})
}

// Mark makes emotion c's own; it tells only of a change.
func (tx *Tx) Mark(c *Conversation, by Author, emotion Emotion) error {
	if c.Emotion == emotion {
		return nil
	}
	c.Emotion = emotion
	tx.Save(c)
	_, err := tx.event(c, by, "", "", EventData{Event: Marked, Emotion: emotion})
	return err
}

// onOpen runs an act of p's on a conversation that they see and that is not
// closed.
func onOpen(app core.App, p *access.Person, id string, do func(tx *Tx, p *access.Person, c *Conversation) error) error {
	return Write(app, func(tx *Tx) (err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return err
		}
		c, err := tx.seen(p, id)
		if err != nil {
			return err
		}
		if c.Status == Closed {
			return fail.New(fail.Closed, "fail.closed")
		}
		return do(tx, p, c)
	})
}
