package conversations

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// recentMost is how far back, in entries of the timeline, it is looked for what
// happened lately: entries are found by their number, not by their time.
const recentMost = 20_000

// Recent lists what events of these happened since, oldest first, as far as the
// last 20,000 entries tell.
func Recent(app core.App, since time.Time, events ...string) ([]*Message, error) {
	list, err := messages(app, messageColumns+" FROM messages WHERE seq > (SELECT last FROM sequence) - {:most} AND kind = 'event' AND time >= {:since} ORDER BY seq",
		dbx.Params{"most": recentMost, "since": clock.Stored(since)})
	return slices.DeleteFunc(list, func(m *Message) bool { return !slices.Contains(events, m.Event().Event) }), err
}

// OpenOfAny lists what any of these staff members are serving, or only what of it
// waits for a reply: people leave a lot lying open. What they have put aside although
// somebody waits in it is among it either way.
func OpenOfAny(app core.App, staff []string, awaiting bool) ([]*Conversation, error) {
	owed := dbx.NewExp("waiting_since != ''")
	open := dbx.Expression(dbx.HashExp{"status": string(Open)})
	if awaiting {
		open = dbx.And(open, owed)
	}
	later := dbx.And(dbx.HashExp{"status": string(Later)}, owed)
	return query(app, dbx.And(dbx.HashExp{"assignee": values(staff)}, dbx.Or(open, later)), 0, "id")
}

// Givings are the entries that made each of these conversations whose it is, by
// conversation.
func Givings(app core.App, ids []string) (map[string]*Message, error) {
	list, err := entries(app, dbx.And(dbx.HashExp{"conversation": values(ids), "kind": string(Event)}, given), recentMost)
	if err != nil {
		return nil, fmt.Errorf("who was given conversations: %w", err)
	}
	last := make(map[string]*Message, len(ids))
	for _, m := range list { // the newest first
		if last[m.Conversation] == nil {
			last[m.Conversation] = m
		}
	}
	return last, nil
}

// firstGiven says when each of these conversations was somebody's first.
func firstGiven(app core.App, ids []string) (map[string]time.Time, error) {
	var rows []struct {
		Conversation string `db:"conversation"`
		Time         string `db:"time"`
	}
	err := app.ConcurrentDB().Select("conversation", "MIN(time) AS time").From("messages").
		Where(dbx.And(dbx.HashExp{"conversation": values(ids), "kind": string(Event)}, given)).GroupBy("conversation").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("when conversations were given: %w", err)
	}
	at := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		at[r.Conversation] = moment(r.Time)
	}
	return at, nil
}

// given are the events that make a conversation somebody's.
var given = dbx.NewExp("json_extract(data, '$.event') IN ('" + Assigned + "', '" + Transferred + "')")

// Handling is how long a conversation took whoever served it.
type Handling struct {
	Group string
	Took  time.Duration
}

// Handled tells of the conversations that were closed last, at most n of them
// and since, how long they took from the first to whom they were given.
func Handled(app core.App, since time.Time, n int64) ([]Handling, error) {
	closed, err := query(app, dbx.And(isDone, dbx.NewExp("assignee != ''")), n, newestFirst)
	if err != nil {
		return nil, err
	}
	closed = slices.DeleteFunc(closed, func(c *Conversation) bool { return c.Closed.Before(since) })
	if len(closed) == 0 {
		return nil, nil
	}
	ids := make([]string, len(closed))
	for i, c := range closed {
		ids[i] = c.ID
	}
	began, err := firstGiven(app, ids)
	if err != nil {
		return nil, err
	}
	var handled []Handling
	for _, c := range closed {
		if at, ok := began[c.ID]; ok && c.Closed.After(at) {
			handled = append(handled, Handling{Group: c.Group, Took: c.Closed.Sub(at)})
		}
	}
	return handled, nil
}

func values[T any](ids []T) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}
