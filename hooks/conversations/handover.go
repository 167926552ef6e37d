package conversations

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// Handover is what somebody should know who goes on with a conversation. Both
// are nil where there is nothing to know.
type Handover struct {
	Served *Message // the last word that anybody but the assignee and the asker has said to the customer
	Note   *Message // what whoever handed it on last has left word of
}

// HandoverOf is c's for p, out of what p may see of the customer's thread.
func HandoverOf(app core.App, p *access.Person, c *Conversation) (h Handover, err error) {
	seen, err := threadOf(app, p, c.Contact)
	if err != nil {
		return h, err
	}
	but := []any{Author{Kind: FromStaff, ID: c.Assignee}.sender(), Author{Kind: FromStaff, ID: p.ID}.sender()}
	served, err := seen.before(app, 1<<62, 1, dbx.And(dbx.Like("sender", string(FromStaff)+":").Match(false, true),
		dbx.NotIn("sender", but...), dbx.NotIn("kind", string(Event), string(Note))))
	if err != nil {
		return h, err
	}
	if len(served) > 0 {
		h.Served = served[0]
	}
	handed, err := lastOf(app, dbx.And(dbx.HashExp{"conversation": c.ID, "kind": string(Event)},
		dbx.NewExp("json_extract(data, '$.event') = {:event}", dbx.Params{"event": Transferred})))
	if err != nil || handed == nil || handed.From.ID == p.ID {
		return h, err
	}
	// A note of the same moment, by the same person, came with it.
	h.Note, err = lastOf(app, dbx.HashExp{"conversation": c.ID, "kind": string(Note), "sender": handed.Sender, "time": clock.Stored(handed.Time)})
	return h, err
}

// lastOf is the newest entry of those; nil where there is none.
func lastOf(app core.App, where dbx.Expression) (*Message, error) {
	list, err := entries(app, where, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// BreachesSince counts the deadlines that have passed since, by the group that
// the conversation is in now; "" for those in none.
func BreachesSince(app core.App, since time.Time) (map[string]int, error) {
	rows, err := app.ConcurrentDB().NewQuery("SELECT c.[[group]], COUNT(*) FROM messages m JOIN conversations c ON c.id = m.conversation " +
		"WHERE m.kind = 'event' AND m.staff_only = TRUE AND m.time >= {:since} AND json_extract(m.data, '$.event') = 'breached' GROUP BY 1").
		Bind(dbx.Params{"since": clock.Stored(since)}).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	counts := map[string]int{}
	for rows.Next() {
		var group string
		var n int
		if err := rows.Scan(&group, &n); err != nil {
			return nil, err
		}
		counts[group] = n
	}
	return counts, rows.Err()
}
