package conversations

import "github.com/dianxiaoer/xiaoer/hooks/audit"

// Acts are what the audit trail calls the events that staff bring about. What
// they say is no act of that kind: the timeline itself is the record of it.
var Acts = map[string]string{
	Assigned: "conversations.taken", Transferred: "conversations.transferred", Ended: "conversations.closed",
	Recalled: "conversations.recalled", Tagged: "conversations.tagged", Prioritized: "conversations.prioritized", Marked: "conversations.marked",
}

// account tells the audit trail of an event that by, of the staff, has brought
// about, in the event's own savepoint.
func (tx *Tx) account(c *Conversation, by Author, data EventData) error {
	act, ok := Acts[data.Event]
	if !ok || by.Kind != FromStaff {
		return nil
	}
	return audit.Add(tx.App, audit.Entry{
		Act: act, Object: audit.Object{Kind: "conversations", ID: c.ID}, Changes: tx.changed(c, data),
		Actor: &audit.Actor{Kind: audit.Staff, ID: by.ID, Name: by.Name, Address: by.address},
	})
}

// changed is what an event has changed of c, as the trail tells it.
func (tx *Tx) changed(c *Conversation, data EventData) (list []audit.Change) {
	change := func(field string, before, after any) {
		if before != nil || after != nil {
			list = append(list, audit.Change{Field: field, Before: before, After: after})
		}
	}
	switch data.Event {
	case Assigned, Transferred:
		change("staff", accounted(data.FromStaff), accounted(data.Staff))
		change("group", accounted(data.FromGroup), accounted(data.Group))
	case Prioritized:
		change("priority", data.Was, data.Priority)
	case Marked:
		change("emotion", nil, string(data.Emotion))
	case Recalled:
		change("message", data.Message, nil)
	case Tagged:
		var before []*Named
		after := make([]*Named, 0, len(data.Tags))
		if t := tx.touched[c.ID]; t != nil && t.before != nil {
			for _, id := range t.before.Tags {
				before = append(before, tx.named("SELECT name FROM tags WHERE id = {:id}", id))
			}
		}
		for i := range data.Tags {
			after = append(after, &data.Tags[i])
		}
		change("tags", accounted(before...), accounted(after...))
	}
	return list
}

// accounted are names as the trail keeps them, nil for none.
func accounted(names ...*Named) any {
	var list []audit.Named
	for _, n := range names {
		if n != nil {
			list = append(list, audit.Named{ID: n.ID, Name: n.Name})
		}
	}
	if list == nil {
		return nil
	}
	return list
}
