package conversations

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

const (
	dueQuery = "SELECT id FROM conversations WHERE sweep != '' AND sweep <= {:now} ORDER BY sweep LIMIT {:most}"
	runQuery = "SELECT id, [[group]], channel, deadlines FROM conversations WHERE sweep != '' AND sweep > '' ORDER BY sweep"
)

// Due lists what has a deadline to be looked at by now, the earliest first. It
// reads an index alone.
func Due(app core.App, now time.Time, most int) (ids []string, err error) {
	if err = app.ConcurrentDB().NewQuery(dueQuery).Bind(dbx.Params{"now": clock.Stored(now), "most": most}).Column(&ids); err != nil {
		return nil, fmt.Errorf("what is due: %w", err)
	}
	return ids, nil
}

// WithDeadlines lists what has a deadline that is still to be looked at, of that
// what is wanted. The conversations that it asks about know no more than where
// they are and their deadlines.
func WithDeadlines(app core.App, wanted func(*Conversation) bool) (ids []string, err error) {
	rows, err := app.ConcurrentDB().NewQuery(runQuery).Rows()
	if err != nil {
		return nil, fmt.Errorf("what has deadlines: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var c Conversation
		var raw []byte
		if err := rows.Scan(&c.ID, &c.Group, &c.Channel, &raw); err != nil {
			return nil, fmt.Errorf("what has deadlines: %w", err)
		}
		if err := json.Unmarshal(raw, &c.Deadlines); err != nil {
			return nil, fmt.Errorf("deadlines of %s: %w", c.ID, err)
		}
		if wanted(&c) {
			ids = append(ids, c.ID)
		}
	}
	return ids, rows.Err()
}

// WithoutDeadlines lists what customers wait for and what has no deadline.
func WithoutDeadlines(app core.App) (ids []string, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT id FROM conversations WHERE status IN ('waiting', 'open', 'later') AND waiting_since != '' " +
		"AND (deadlines IS NULL OR deadlines IN ('null', '[]'))").Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("what has no deadlines: %w", err)
	}
	return ids, nil
}

// Answered reports whether a person has ever spoken in c.
func (tx *Tx) Answered(c *Conversation) (yes bool, err error) {
	err = tx.query("SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = {:id} AND sender LIKE 'staff:%' AND kind NOT IN ('event', 'note'))",
		dbx.Params{"id": c.ID}).Row(&yes)
	return yes, err
}
