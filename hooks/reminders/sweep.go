package reminders

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// Sweep reminds of every promise that has come due, once: that it was told is
// committed before it is. What has come due together for one person, as after
// the program stood still, is one notice. Whose each is, is seen before the
// commit, which holds up everybody's.
func Sweep(app core.App) error {
	now := clock.Now(app)
	some, err := anyDue(app, now)
	if err != nil || !some {
		return err
	}
	list, err := dueBy(app, now)
	if err != nil {
		return err
	}
	told, err := tellings(app, list)
	if err != nil {
		return err
	}
	return app.RunInTransaction(func(app core.App) error {
		if err := markTold(app, list, now); err != nil {
			return err
		}
		for _, n := range told {
			if err := notices.Tell(app, n); err != nil {
				return fmt.Errorf("remind: %w", err)
			}
		}
		return nil
	})
}

// tellings are what each keeper is told of theirs.
func tellings(app core.App, list []*Reminder) ([]notices.Notice, error) {
	of := map[string][]*Reminder{}
	var order []string
	for _, r := range list {
		id, err := keeper(app, r)
		if err != nil {
			return nil, err
		}
		if of[id] == nil {
			order = append(order, id)
		}
		of[id] = append(of[id], r)
	}
	var told []notices.Notice
	for _, id := range order {
		each := [][]*Reminder{of[id]}
		if id == "" { // supervisors differ in what they see: each promise by itself
			each = slices.Collect(slices.Chunk(of[id], 1))
		}
		for _, some := range each {
			n, err := telling(app, id, some)
			if err != nil {
				return nil, err
			}
			told = append(told, n)
		}
	}
	return told, nil
}

// telling reminds somebody, or the supervisors where that is nobody.
func telling(app core.App, who string, list []*Reminder) (notices.Notice, error) {
	n := notices.Notice{Level: notices.Warn, Code: notices.Reminder, Key: "reminders.due_many", Args: []any{"Count", len(list)}, Supervisors: who == ""}
	if who != "" {
		n.To = []string{who}
	}
	if len(list) > 1 {
		return n, nil
	}
	r := list[0]
	n.Key, n.Args = "reminders.due", []any{"Name", nameOf(app, r), "Text", mask.Within(r.Text())}
	var err error
	n.Conversation, err = newest(app, r)
	return n, err
}

// newest is the conversation with whom it was promised to, as it goes on.
func newest(app core.App, r *Reminder) (string, error) {
	c, err := conversations.Latest(app, r.Contact())
	if err != nil || c == nil {
		return r.Conversation(), err
	}
	return c.ID, nil
}
