package conversations

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// conversationColumns are those of a row, in the order in which they are read.
const conversationColumns = "id, contact, customer, channel, status, assignee, [[group]], priority, tags, unread, waiting_since, queued, [[last]], " +
	"last_seq, read_staff, read_visitor, rev, opened, closed, rating, resolved, rating_comment, rated, owner, [[rank]], " +
	"preferred, night, [[left]], emotion, deadlines, sweep, later_until, unread_after, first_rating"

const insertConversation = "INSERT INTO conversations (" + conversationColumns + ") VALUES ({:id}, {:contact}, {:customer}, {:channel}, {:status}, " +
	"{:assignee}, {:group}, {:priority}, {:tags}, {:unread}, {:waiting_since}, {:queued}, {:last}, {:last_seq}, {:read_staff}, " +
	"{:read_visitor}, {:rev}, {:opened}, {:closed}, {:rating}, {:resolved}, {:rating_comment}, {:rated}, {:owner}, {:rank}, " +
	"{:preferred}, {:night}, {:left}, {:emotion}, {:deadlines}, {:sweep}, {:later_until}, {:unread_after}, {:first_rating})"

// columnsOfChange are those of a row that may change, in their order.
var columnsOfChange = strings.Split(strings.TrimPrefix(conversationColumns, "id, "), ", ")

// updateOf is the statement that makes the row before into after, by the values
// of both. A column that stays is left out, because SQLite writes each index anew
// that has a column which is named: most of a conversation's have none that a
// word in it changes.
func updateOf(before, after dbx.Params) string {
	set := make([]string, 0, len(columnsOfChange))
	for _, column := range columnsOfChange {
		name := strings.Trim(column, "[]")
		if before[name] != after[name] {
			set = append(set, column+"={:"+name+"}")
		}
	}
	return strings.Join([]string{"UPDATE conversations", "SET", strings.Join(set, ", "), "WHERE id={:id}"}, " ")
}

func (c *Conversation) params() (dbx.Params, error) {
	if c.Tags == nil {
		c.Tags = []string{}
	}
	if c.Status != Later {
		c.LaterUntil = noTime // whatever has ended it
	}
	params := dbx.Params{
		"id": c.ID, "contact": c.Contact, "customer": c.Customer, "channel": c.Channel, "status": string(c.Status),
		"assignee": c.Assignee, "group": c.Group, "priority": c.Priority, "unread": c.Unread,
		"waiting_since": clock.Stored(c.WaitingSince), "queued": clock.Stored(c.Queued), "last_seq": c.LastSeq,
		"read_staff": c.ReadStaff, "read_visitor": c.ReadVisitor, "rev": c.Rev, "opened": clock.Stored(c.Opened), "closed": clock.Stored(c.Closed),
		"rating": c.Rating, "first_rating": c.FirstRating, "resolved": c.Resolved, "rating_comment": c.RatingComment, "rated": clock.Stored(c.Rated),
		"owner": c.Owner, "rank": clock.Stored(c.Rank), "night": c.Night, "left": clock.Stored(c.Left), "emotion": string(c.Emotion), "sweep": clock.Stored(c.Sweep),
		"later_until": clock.Stored(c.LaterUntil), "unread_after": c.UnreadAfter,
	}
	for name, value := range map[string]any{"last": c.Last, "tags": c.Tags, "preferred": c.Preferred, "deadlines": c.Deadlines} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", name, c.ID, err)
		}
		params[name] = string(raw)
	}
	return params, nil
}

// rows is what both database/sql and dbx give.
type rows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
	Close() error
}

func scanConversations(r rows) ([]*Conversation, error) {
	defer r.Close() //nolint:errcheck // Err tells
	var list []*Conversation
	for r.Next() {
		c, err := scanConversation(r)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, r.Err()
}

func scanConversation(r rows) (*Conversation, error) {
	var c Conversation
	var tags, last, preferred, deadlines []byte // nil in rows from before there were such columns
	var waiting, queued, opened, closed, rated, rank, left, sweep, until string
	err := r.Scan(&c.ID, &c.Contact, &c.Customer, &c.Channel, &c.Status, &c.Assignee, &c.Group, &c.Priority, &tags, &c.Unread,
		&waiting, &queued, &last, &c.LastSeq, &c.ReadStaff, &c.ReadVisitor, &c.Rev, &opened, &closed,
		&c.Rating, &c.Resolved, &c.RatingComment, &rated,
		&c.Owner, &rank, &preferred, &c.Night, &left, &c.Emotion, &deadlines, &sweep, &until, &c.UnreadAfter, &c.FirstRating)
	if err != nil {
		return nil, fmt.Errorf("reading conversations: %w", err)
	}
	c.WaitingSince, c.Queued, c.Opened, c.Closed, c.Rated = moment(waiting), moment(queued), moment(opened), moment(closed), moment(rated)
	c.Rank, c.Left, c.Sweep, c.LaterUntil = moment(rank), moment(left), moment(sweep), moment(until)
	for _, field := range []struct {
		name string
		raw  []byte
		into any
	}{{"tags", tags, &c.Tags}, {"last", last, &c.Last}, {"preferred", preferred, &c.Preferred}, {"deadlines", deadlines, &c.Deadlines}} {
		if field.raw == nil {
			continue
		}
		if err := json.Unmarshal(field.raw, field.into); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", field.name, c.ID, err)
		}
	}
	return &c, nil
}

func moment(s string) time.Time {
	t, err := time.Parse(types.DefaultDateLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func newID() string { return core.GenerateDefaultRandomId() }
