package conversations

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// story is what tells of a conversation again: what its customer has written, and
// what has happened in it. Of an entry it reads no more than that takes.
const (
	story        = "(kind = 'event' OR kind = 'text' AND sender LIKE 'visitor:%')"
	storyColumns = "conversation, seq, sender, kind, text, data, time"
)

// storyMost is how many entries of one conversation are read for its story.
const storyMost = 500

// StoryBefore is what the customer has written and what has happened in a
// conversation before the number before: the newest 500 entries, oldest first.
// Inside of a change ask it for what was there before the change.
func StoryBefore(app core.App, conversation string, before int64) ([]*Message, error) {
	list, err := stories(app, storyColumns+" FROM messages WHERE conversation = {:id} AND seq < {:before} AND "+story+" ORDER BY seq DESC LIMIT {:most}",
		dbx.Params{"id": conversation, "before": before, "most": storyMost})
	slices.Reverse(list)
	return list, err
}

// stories reads entries, as far as a story needs them.
func stories(app core.App, text string, params dbx.Params) ([]*Message, error) {
	rows, err := app.ConcurrentDB().NewQuery("SELECT " + text).Bind(params).Rows()
	if err != nil {
		return nil, fmt.Errorf("stories: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var list []*Message
	for rows.Next() {
		var m Message
		var data, at string
		if err := rows.Scan(&m.Conversation, &m.Seq, &m.Sender, &m.Kind, &m.Text, &data, &at); err != nil {
			return nil, fmt.Errorf("reading stories: %w", err)
		}
		if data != "null" && data != "" {
			m.Data = json.RawMessage(data)
		}
		kind, id, _ := strings.Cut(m.Sender, ":")
		m.From, m.Time = Author{Kind: AuthorKind(kind), ID: id}, moment(at)
		list = append(list, &m)
	}
	return list, rows.Err()
}

// replayStep is how many conversations are read at once.
const replayStep = 100

// Replay tells the stories of the conversations in which something has happened
// since then, the one with the newest entry first, until each wants no more, ctx
// ends or there are none. The stories begin with the conversations, also where
// that was earlier.
func Replay(ctx context.Context, app core.App, since time.Time, each func(c *Conversation, told []*Message) (more bool)) error {
	floor, err := firstSince(app, since)
	if err != nil {
		return err
	}
	for before := int64(math.MaxInt64); ctx.Err() == nil; {
		list, err := newest(app, dbx.NewExp("last_seq >= {:floor}", dbx.Params{"floor": floor}), before, replayStep)
		if err != nil || len(list) == 0 {
			return err
		}
		before = list[len(list)-1].LastSeq
		told, err := storiesOf(app, list)
		if err != nil {
			return err
		}
		for _, c := range list {
			if !each(c, told[c.ID]) {
				return nil
			}
		}
	}
	return nil
}

func storiesOf(app core.App, list []*Conversation) (map[string][]*Message, error) {
	ids, params := make([]string, len(list)), dbx.Params{}
	for i, c := range list {
		name := fmt.Sprintf("c%d", i)
		ids[i], params[name] = "{:"+name+"}", c.ID
	}
	all, err := stories(app, storyColumns+" FROM messages WHERE conversation IN ("+strings.Join(ids, ", ")+") AND "+story+" ORDER BY conversation, seq", params)
	if err != nil {
		return nil, err
	}
	told := make(map[string][]*Message, len(list))
	for _, m := range all {
		told[m.Conversation] = append(told[m.Conversation], m)
	}
	return told, nil
}

// firstSince is the number of the first entry since then, one past the last where
// there is none: times go up with the numbers, so that it is found by halving.
func firstSince(app core.App, since time.Time) (int64, error) {
	var low, high int64 // what is before low is too old, what is at high or after it is not
	if err := app.ConcurrentDB().NewQuery("SELECT COALESCE(MAX(seq), 0) + 1 FROM messages").Row(&high); err != nil {
		return 0, fmt.Errorf("numbers of the timeline: %w", err)
	}
	for low < high {
		middle := low + (high-low)/2
		var seq int64
		var at string
		err := app.ConcurrentDB().NewQuery("SELECT seq, time FROM messages WHERE seq >= {:middle} ORDER BY seq LIMIT 1").Bind(dbx.Params{"middle": middle}).Row(&seq, &at)
		switch {
		case errors.Is(err, sql.ErrNoRows): // an empty timeline
			return high, nil
		case err != nil:
			return 0, fmt.Errorf("time of an entry: %w", err)
		case moment(at).Before(since):
			low = seq + 1
		default:
			high = middle
		}
	}
	return low, nil
}

// escalations are the entries that say that a rule has fired, as their index has them.
const escalations = "kind = 'event' AND data ->> 'event' = 'escalated'"

// EscalatedBy reports whether the rule has fired in the conversation.
func EscalatedBy(app core.App, conversation, rule string) (bool, error) {
	var n int
	err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM messages WHERE conversation = {:id} AND " + escalations + " AND data ->> '$.rule.id' = {:rule}").
		Bind(dbx.Params{"id": conversation, "rule": rule}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("escalations of %s: %w", conversation, err)
	}
	return n > 0, nil
}

// Escalations is how often each rule, by its id, has fired since then.
func Escalations(app core.App, since time.Time) (map[string]int, error) {
	var rows []struct {
		Rule string `db:"rule"`
		N    int    `db:"n"`
	}
	err := app.ConcurrentDB().NewQuery("SELECT COALESCE(data ->> '$.rule.id', '') AS rule, COUNT(*) AS n FROM messages WHERE " + escalations + " AND time >= {:since} GROUP BY 1").
		Bind(dbx.Params{"since": clock.Stored(since)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("escalations: %w", err)
	}
	list := map[string]int{}
	for _, r := range rows {
		if r.Rule != "" { // else a deadline's
			list[r.Rule] = r.N
		}
	}
	return list, nil
}

// Begun counts the conversations that a customer began after the one time and
// until the other, beside the one that is left out.
func Begun(app core.App, customer string, after, until time.Time, but string) (n int, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM conversations WHERE customer = {:customer} AND opened > {:after} AND opened <= {:until} AND id != {:but}").
		Bind(dbx.Params{"customer": customer, "after": clock.Stored(after), "until": clock.Stored(until), "but": but}).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("conversations of customer %s: %w", customer, err)
	}
	return n, nil
}
