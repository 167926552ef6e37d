package conversations

import (
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Return puts a conversation that somebody serves back into the queue of its
// group, for one of the [Reasons], unless it is closed, waits already, or unless
// says so of it as it is then.
func Return(app core.App, id, why string, unless func(*Conversation) bool) error {
	return Write(app, func(tx *Tx) error {
		c, err := tx.Conversation(id)
		if err != nil || c.Assignee == "" || c.Status == Closed || unless != nil && unless(c) {
			return err
		}
		return tx.Queue(c, why)
	})
}

// Queue lets c wait for somebody of its group, for one of the [Reasons].
func (tx *Tx) Queue(c *Conversation, why string) error {
	return tx.back(c, EventData{Reason: why, FromStaff: tx.staffNamed(c.Assignee)})
}

// QueueIn lets c wait for somebody of another group, for one of the [Reasons].
func (tx *Tx) QueueIn(c *Conversation, group, why string) error {
	data := EventData{Reason: why, FromStaff: tx.staffNamed(c.Assignee), FromGroup: tx.groupNamed(c.Group)}
	c.Group = group
	return tx.back(c, data)
}

// back puts c into the queue of its group; data says from where and why.
func (tx *Tx) back(c *Conversation, data EventData) error {
	data.Event, data.Group = Queued, tx.groupNamed(c.Group)
	tx.queue(c)
	return tx.Tell(c, data)
}

// Tell adds what happened to c by itself.
func (tx *Tx) Tell(c *Conversation, data EventData) error {
	_, err := tx.event(c, System(), "", "", data)
	tx.Save(c)
	return err
}

// Note adds a note for colleagues to c. Errors: invalid, too_long.
func (tx *Tx) Note(c *Conversation, by Author, text string) error {
	if strings.TrimSpace(text) == "" {
		return fail.New(fail.Invalid, "conversations.text_needed").On("text")
	}
	if utf8.RuneCountInString(text) > TextMost {
		return fail.New(fail.TooLong, "fail.too_long", "Most", TextMost).On("text")
	}
	err := tx.add(c, &Message{Kind: Note, StaffOnly: true, Text: text, From: by})
	tx.Save(c)
	return err
}
