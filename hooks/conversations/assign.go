package conversations

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Load counts the open conversations of each staff member who has any.
func Load(app core.App) (map[string]int, error) {
	rows, err := app.DB().NewQuery("SELECT assignee, COUNT(*) FROM conversations WHERE status = 'open' AND assignee > '' GROUP BY assignee").Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	loads := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		loads[id] = n
	}
	return loads, rows.Err()
}

// Assign gives each of the waiting conversations ids, in this order, to the one
// whom choose names, and for the reason that it names, in one commit with the
// counting, so that two conversations never race into one slot. loads is the
// count as of then, with what was given before. It tells who got which. What no
// longer waits, is chosen nobody for, or somebody who has just lost the right to
// serve, is left as it is.
func Assign(app core.App, ids []string, choose func(c *Conversation, loads map[string]int) (p *access.Person, why string)) (map[string]string, error) {
	var given map[string]string
	err := Write(app, func(tx *Tx) error {
		given = map[string]string{}
		loads, err := Load(tx.App)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := tx.Conversation(id)
			if err != nil {
				return err
			}
			if c.Status != Waiting {
				continue
			}
			p, why := choose(c, loads)
			if p == nil {
				continue
			}
			_, err = access.Still(tx.App, p, access.ConversationsReply)
			if kind := fail.Of(err).Kind; err != nil && (kind == fail.Unauthorized || kind == fail.Forbidden) {
				continue
			}
			if err != nil {
				return err
			}
			if err := tx.Give(c, p, System(), why); err != nil {
				return err
			}
			loads[p.ID]++
			given[id] = p.ID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return given, nil
}

// Give makes c the open conversation of p, whether they have room or not: that
// is the caller's to know.
func (tx *Tx) Give(c *Conversation, p *access.Person, by Author, why string) error {
	_, err := tx.give(c, p, why, &Message{From: by})
	tx.Save(c)
	return err
}

// give makes c the open conversation of p. Of asked it takes who wants that, and
// by which id.
func (tx *Tx) give(c *Conversation, p *access.Person, why string, asked *Message) (*Message, error) {
	data := EventData{Event: Assigned, Staff: &Named{ID: p.ID, Name: p.Nickname}, FromStaff: tx.staffNamed(c.Assignee), Reason: why}
	c.serve(p.ID)
	return tx.event(c, asked.From, asked.ClientID, asked.Hash, data)
}

// serve makes c the open conversation of staff.
func (c *Conversation) serve(staff string) {
	c.Assignee, c.Status = staff, Open
	c.leaveQueue()
}

func (c *Conversation) leaveQueue() {
	c.Queued, c.Rank, c.Preferred, c.Night = noTime, noTime, nil, false
}

// queue lets c wait for somebody of its group, at the place of who has waited
// since its customer's first unanswered word.
func (tx *Tx) queue(c *Conversation) {
	c.leaveQueue()
	c.Assignee, c.Status, c.Queued = "", Waiting, tx.Now
	if !c.WaitingSince.IsZero() {
		c.Queued = c.WaitingSince
	}
	c.Rank = c.Queued
}

// room refuses one more conversation for p where p is at the cap.
func (tx *Tx) room(p *access.Person) error {
	var n int
	err := tx.query("SELECT COUNT(*) FROM conversations WHERE assignee = {:id} AND status = 'open'", dbx.Params{"id": p.ID}).Row(&n)
	if err != nil {
		return err
	}
	if n >= p.Cap {
		return fail.New(fail.AtCapacity, "fail.at_capacity")
	}
	return nil
}

func (tx *Tx) staffNamed(id string) *Named {
	return tx.named("SELECT nickname FROM staff WHERE id = {:id}", id)
}

func (tx *Tx) groupNamed(id string) *Named {
	return tx.named("SELECT name FROM groups WHERE id = {:id}", id)
}

// named is id with its name now; nil for no id. One that was deleted keeps its
// id as its name.
func (tx *Tx) named(query, id string) *Named {
	if id == "" {
		return nil
	}
	n := &Named{ID: id, Name: id}
	if err := tx.query(query, dbx.Params{"id": id}).Row(&n.Name); err != nil {
		n.Name = id
	}
	return n
}
