package reminders

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// Sweep reminds of every promise that has come due, once: that it was told is
// committed before it is. What has come due together for one person, as after
// the program stood still, is one notice.
func Sweep(app core.App) error {
	now := clock.Now(app)
	some, err := anyDue(app, now)
	if err != nil || !some {
		return err
	}
	return app.RunInTransaction(func(app core.App) error {
		list, err := dueBy(app, now)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := markTold(app, list, now); err != nil {
			return err
		}
		return tellAll(app, list)
	})
}

// tellAll tells each keeper of theirs.
func tellAll(app core.App, list []*Reminder) error {
	of := map[string][]*Reminder{}
	var order []string
	for _, r := range list {
		id, err := keeper(app, r)
		if err != nil {
			return err
		}
		if of[id] == nil {
			order = append(order, id)
		}
		of[id] = append(of[id], r)
	}
	for _, id := range order {
		if id == "" { // supervisors differ in what they see: each promise by itself
			for _, r := range of[id] {
				if err := tell(app, "", r); err != nil {
					return err
				}
			}
			continue
		}
		if err := tell(app, id, of[id]...); err != nil {
			return err
		}
	}
	return nil
}

// tell reminds somebody, or the supervisors where that is nobody.
func tell(app core.App, who string, list ...*Reminder) error {
	n := notices.Notice{Level: notices.Warn, Code: notices.Reminder, Key: "reminders.due_many", Args: []any{"Count", len(list)}, Supervisors: who == ""}
	if who != "" {
		n.To = []string{who}
	}
	if len(list) == 1 {
		r := list[0]
		n.Key, n.Args = "reminders.due", []any{"Name", nameOf(app, r), "Text", mask.Within(r.Text())}
		c, err := newest(app, r)
		if err != nil {
			return err
		}
		n.Conversation = c
	}
	if err := notices.Tell(app, n); err != nil {
		return fmt.Errorf("remind: %w", err)
	}
	return nil
}

// newest is the conversation with whom it was promised to, as it goes on.
func newest(app core.App, r *Reminder) (string, error) {
	c, err := conversations.Latest(app, r.Contact())
	if err != nil || c == nil {
		return r.Conversation(), err
	}
	return c.ID, nil
}
