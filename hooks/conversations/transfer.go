package conversations

import (
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Destination is where a conversation is handed on to: a colleague or a group.
type Destination struct {
	Staff     *access.Person
	Available func() bool // asked where Staff is set: may they be given one now?
	Group     string
	Note      string // for the one who takes over; customers never see it
}

func (d Destination) what() string {
	if d.Staff != nil {
		return "staff " + d.Staff.ID + " " + d.Note
	}
	return "group " + d.Group + " " + d.Note
}

// Transfer hands a conversation on. To a colleague it is theirs at once; whether
// they are available is the caller's to check. To a group it waits there for
// somebody. Errors: invalid, not_found, closed, taken, at_capacity, too_long.
func Transfer(app core.App, p *access.Person, id, conversation string, to Destination) (*Message, error) {
	if utf8.RuneCountInString(to.Note) > TextMost {
		return nil, fail.New(fail.TooLong, "fail.too_long", "Most", TextMost).On("note")
	}
	return act(app, Staff(p), id, "transfer "+conversation+" "+to.what(), func(tx *Tx, hash string) (_ *Message, err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsTransfer); err != nil {
			return nil, err
		}
		c, err := tx.mine(p, conversation)
		if err != nil {
			return nil, err
		}
		data := EventData{Event: Transferred, FromStaff: tx.staffNamed(c.Assignee), FromGroup: tx.groupNamed(c.Group)}
		if err = tx.hand(c, to, &data); err != nil {
			return nil, err
		}
		m, err := tx.event(c, Staff(p), id, hash, data)
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(to.Note) != "" {
			note := &Message{Kind: Note, StaffOnly: true, Text: to.Note, From: Staff(p)}
			if err := tx.add(c, note); err != nil {
				return nil, err
			}
		}
		tx.Save(c)
		return m, nil
	})
}

// hand changes c for its destination, and tells the event.
func (tx *Tx) hand(c *Conversation, to Destination, data *EventData) error {
	switch {
	case to.Staff != nil && to.Group == "":
		if to.Available != nil && !to.Available() {
			return fail.New(fail.Unavailable, "fail.unavailable")
		}
		if _, err := access.Still(tx.App, to.Staff, access.ConversationsReply); err != nil {
			return fail.New(fail.Unavailable, "fail.unavailable").Because(err)
		}
		if err := tx.room(to.Staff); err != nil {
			return err
		}
		c.serve(to.Staff.ID)
		data.Staff = &Named{ID: to.Staff.ID, Name: to.Staff.Nickname}
		return nil
	case to.Group != "" && to.Staff == nil:
		group := tx.groupNamed(to.Group)
		if group.Name == group.ID {
			return fail.New(fail.NotFound, "fail.not_found").On("group")
		}
		c.Group = to.Group
		tx.queue(c)
		data.Group = group
		return nil
	default:
		return fail.New(fail.Invalid, "conversations.destination")
	}
}

// mine loads a conversation that p may act on: their own, one that waits, or
// any they see with the permission to take over.
func (tx *Tx) mine(p *access.Person, id string) (*Conversation, error) {
	c, err := tx.seen(p, id)
	if err != nil {
		return nil, err
	}
	if c.Status == Closed {
		return nil, fail.New(fail.Closed, "fail.closed")
	}
	return c, tx.mayTouch(c, p)
}
