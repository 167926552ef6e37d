package conversations

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Hours are when c is answered: its group's own, or the channel's, in the shop's
// time zone where they name none.
func (tx *Tx) Hours(c *Conversation) hours.Week { return HoursOf(tx.App, c.Group, c.Channel) }

// HoursOf are when what comes to a group by a channel is answered: by the
// group's own week, else by the channel's with the group's own dates. What is not
// there any more has no limits.
func HoursOf(app core.App, group, channel string) hours.Week {
	own := hours.Week{}
	if group != "" {
		if g, err := access.GroupByID(app, group); err == nil {
			own = g.Hours()
		}
	}
	if len(own.Spans) > 0 {
		return own.In(settings.ShopOf(app).Zone)
	}
	if ch, err := channels.Known(app, channel); err == nil {
		return channels.OpenHours(app, ch).With(own)
	}
	return hours.Week{}
}

// unclosedStates are all but closed, as the index of the queue wants them.
var unclosedStates = []any{string(Waiting), string(Open), string(WithBot), string(Later)}

// InGroup counts the conversations of a group that are not closed.
func InGroup(app core.App, group string) (n int, err error) {
	err = app.DB().Select("COUNT(*)").From("conversations").Where(dbx.And(dbx.In("status", unclosedStates...), dbx.HashExp{"group": group})).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the conversations of group %s: %w", group, err)
	}
	return n, nil
}

// Regroup moves what is not closed from one group to another, or to nobody's in
// particular where that is "". Who waits keeps their place by the time that they
// have waited; who is served goes on with the same person.
func Regroup(app core.App, from, to string) error {
	list, err := query(app, dbx.And(dbx.In("status", unclosedStates...), dbx.HashExp{"group": from}), 0, "queued", "id")
	if err != nil {
		return err
	}
	for _, one := range list {
		if err := Write(app, func(tx *Tx) error { return tx.regroup(one.ID, from, to) }); err != nil {
			return fmt.Errorf("move conversation %s to group %s: %w", one.ID, to, err)
		}
	}
	return nil
}

func (tx *Tx) regroup(id, from, to string) error {
	c, err := tx.Conversation(id)
	if err != nil || c.Status == Closed || c.Group != from {
		return err // it has moved on by itself
	}
	c.Group = to
	if c.Status == Waiting {
		if _, err := tx.event(c, System(), "", "", EventData{Event: Queued, FromGroup: tx.groupNamed(from), Group: tx.groupNamed(to)}); err != nil {
			return err
		}
	}
	tx.Save(c)
	return nil
}

// keepGroup refuses to delete a group while a conversation is in it: nobody
// would be given that one any more.
func keepGroup(e *access.GroupLeavesEvent) error {
	n, err := InGroup(e.App, e.Group)
	if err != nil {
		return err
	}
	if n > 0 {
		return fail.New(fail.Conflict, "conversations.group_busy", "Count", n)
	}
	return e.Next()
}
