package conversations

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// column is one of a conversation's row.
type column struct {
	name  string
	same  func(was, is *Conversation) bool
	value func(*Conversation) any // as it is stored
}

// columns are those of a row, in the order in which they are read; the id alone
// never changes.
var columns = []column{
	plain("id", func(c *Conversation) string { return c.ID }),
	plain("contact", func(c *Conversation) string { return c.Contact }),
	plain("customer", func(c *Conversation) string { return c.Customer }),
	plain("channel", func(c *Conversation) string { return c.Channel }),
	plain("status", func(c *Conversation) string { return string(c.Status) }),
	plain("assignee", func(c *Conversation) string { return c.Assignee }),
	plain("group", func(c *Conversation) string { return c.Group }),
	plain("priority", func(c *Conversation) string { return c.Priority }),
	asJSON("tags", func(c *Conversation) any { return c.Tags }, func(was, is *Conversation) bool { return slices.Equal(was.Tags, is.Tags) }),
	plain("unread", func(c *Conversation) int { return c.Unread }),
	instant("waiting_since", func(c *Conversation) time.Time { return c.WaitingSince }),
	instant("queued", func(c *Conversation) time.Time { return c.Queued }),
	asJSON("last", func(c *Conversation) any { return c.Last }, func(was, is *Conversation) bool { return equal(was.Last, is.Last) }),
	plain("last_seq", func(c *Conversation) int64 { return c.LastSeq }),
	plain("read_staff", func(c *Conversation) int64 { return c.ReadStaff }),
	plain("read_visitor", func(c *Conversation) int64 { return c.ReadVisitor }),
	plain("rev", func(c *Conversation) int64 { return c.Rev }),
	instant("opened", func(c *Conversation) time.Time { return c.Opened }),
	instant("closed", func(c *Conversation) time.Time { return c.Closed }),
	plain("rating", func(c *Conversation) int { return c.Rating }),
	plain("resolved", func(c *Conversation) string { return c.Resolved }),
	plain("rating_comment", func(c *Conversation) string { return c.RatingComment }),
	instant("rated", func(c *Conversation) time.Time { return c.Rated }),
	plain("owner", func(c *Conversation) string { return c.Owner }),
	instant("rank", func(c *Conversation) time.Time { return c.Rank }),
	asJSON("preferred", func(c *Conversation) any { return c.Preferred }, func(was, is *Conversation) bool { return equal(was.Preferred, is.Preferred) }),
	plain("night", func(c *Conversation) bool { return c.Night }),
	instant("left", func(c *Conversation) time.Time { return c.Left }),
	plain("emotion", func(c *Conversation) string { return string(c.Emotion) }),
	asJSON("deadlines", func(c *Conversation) any { return c.Deadlines }, func(was, is *Conversation) bool { return slices.Equal(was.Deadlines, is.Deadlines) }),
	instant("sweep", func(c *Conversation) time.Time { return c.Sweep }),
	instant("later_until", func(c *Conversation) time.Time { return c.LaterUntil }),
	plain("unread_after", func(c *Conversation) int64 { return c.UnreadAfter }),
	plain("first_rating", func(c *Conversation) int { return c.FirstRating }),
}

func plain[T comparable](name string, of func(*Conversation) T) column {
	return column{name, func(was, is *Conversation) bool { return of(was) == of(is) }, func(c *Conversation) any { return of(c) }}
}

func instant(name string, of func(*Conversation) time.Time) column {
	return column{name, func(was, is *Conversation) bool { return of(was).Equal(of(is)) }, func(c *Conversation) any { return clock.Stored(of(c)) }}
}

// asJSON is stored as such.
func asJSON(name string, of func(*Conversation) any, same func(was, is *Conversation) bool) column {
	return column{name, same, func(c *Conversation) any { return string(mustJSON(of(c))) }}
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// conversationColumns names them, and insertConversation writes a row.
var conversationColumns, insertConversation = func() (string, string) {
	names, values := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], values[i] = "[["+c.name+"]]", "{:"+c.name+"}"
	}
	list := strings.Join(names, ", ")
	return list, fmt.Sprintf("%s conversations (%s) VALUES (%s)", "INSERT INTO", list, strings.Join(values, ", "))
}()

// updateOf is the statement that makes the row was into is, and its values. A
// column that stays is left out, because SQLite writes each index anew that has a
// column which is named: most of a conversation's have none that a word in it
// changes.
func updateOf(was, is *Conversation) (string, dbx.Params) {
	is.settle()
	var set []string
	params := dbx.Params{"id": is.ID}
	for _, c := range columns {
		if !c.same(was, is) {
			set = append(set, "[["+c.name+"]]={:"+c.name+"}")
			params[c.name] = c.value(is)
		}
	}
	return strings.Join([]string{"UPDATE conversations", "SET", strings.Join(set, ", "), "WHERE id={:id}"}, " "), params
}

// params are the values of a new row.
func (c *Conversation) params() dbx.Params {
	c.settle()
	params := dbx.Params{}
	for _, one := range columns {
		params[one.name] = one.value(c)
	}
	return params
}

// settle makes good what changes leave open.
func (c *Conversation) settle() {
	if c.Tags == nil {
		c.Tags = []string{}
	}
	if c.Status != Later {
		c.LaterUntil = noTime // whatever has ended it
	}
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
