package conversations

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Status is where a conversation stands.
type Status string

// A conversation begins with the bot or in the queue and moves freely among
// these until it is closed, which is for good: the customer's next word opens
// another one.
const (
	WithBot Status = "bot"
	Waiting Status = "waiting"
	Open    Status = "open"
	Later   Status = "later"
	Closed  Status = "closed"
)

// Conversation is one stretch of service, from the first word to the closing.
// Zero times mean "not".
type Conversation struct {
	ID, Contact, Customer, Channel string
	Status                         Status
	Assignee, Group                string // staff and group ids, or ""
	Priority                       string // "low", "normal", "high", "urgent"
	Tags                           []string
	Unread                         int       // the visitor's messages after the assignee's read mark
	WaitingSince                   time.Time // the visitor's first message that no person has answered
	Queued                         time.Time // since when it has its place in the queue
	Last                           *Last
	LastSeq, ReadStaff, ReadVisitor,
	Rev int64
	Opened, Closed time.Time
	Rating         int // 1–5; 0: not rated
	Resolved       string
	RatingComment  string
	Rated          time.Time
}

// Last is a conversation's last message in short. Text is at most 80
// characters.
type Last struct {
	Kind     Kind       `json:"kind"`
	Text     string     `json:"text,omitempty"`
	From     AuthorKind `json:"from"`
	Time     time.Time  `json:"time"`
	Recalled bool       `json:"recalled,omitempty"`
}

const conversationColumns = "id, contact, customer, channel, status, assignee, [[group]], priority, tags, unread, waiting_since, queued, " +
	"[[last]], last_seq, read_staff, read_visitor, rev, opened, closed, rating, resolved, rating_comment, rated"

const (
	insertConversation = "INSERT INTO conversations (" + conversationColumns + ") VALUES ({:id}, {:contact}, {:customer}, {:channel}, {:status}, " +
		"{:assignee}, {:group}, {:priority}, {:tags}, {:unread}, {:waiting_since}, {:queued}, {:last}, {:last_seq}, {:read_staff}, {:read_visitor}, " +
		"{:rev}, {:opened}, {:closed}, {:rating}, {:resolved}, {:rating_comment}, {:rated})"
	updateConversation = "UPDATE conversations SET contact={:contact}, customer={:customer}, channel={:channel}, status={:status}, assignee={:assignee}, " +
		"[[group]]={:group}, priority={:priority}, tags={:tags}, unread={:unread}, waiting_since={:waiting_since}, queued={:queued}, [[last]]={:last}, " +
		"last_seq={:last_seq}, read_staff={:read_staff}, read_visitor={:read_visitor}, rev={:rev}, opened={:opened}, closed={:closed}, " +
		"rating={:rating}, resolved={:resolved}, rating_comment={:rating_comment}, rated={:rated} WHERE id={:id}"
)

func (c *Conversation) params() (dbx.Params, error) {
	last, err := json.Marshal(c.Last)
	if err != nil {
		return nil, fmt.Errorf("last message of %s: %w", c.ID, err)
	}
	if c.Tags == nil {
		c.Tags = []string{}
	}
	tags, err := json.Marshal(c.Tags)
	if err != nil {
		return nil, fmt.Errorf("tags of %s: %w", c.ID, err)
	}
	return dbx.Params{
		"id": c.ID, "contact": c.Contact, "customer": c.Customer, "channel": c.Channel, "status": string(c.Status),
		"assignee": c.Assignee, "group": c.Group, "priority": c.Priority, "tags": string(tags), "unread": c.Unread,
		"waiting_since": stamp(c.WaitingSince), "queued": stamp(c.Queued), "last": string(last), "last_seq": c.LastSeq,
		"read_staff": c.ReadStaff, "read_visitor": c.ReadVisitor, "rev": c.Rev, "opened": stamp(c.Opened), "closed": stamp(c.Closed),
		"rating": c.Rating, "resolved": c.Resolved, "rating_comment": c.RatingComment, "rated": stamp(c.Rated),
	}, nil
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
		var c Conversation
		var tags, last string
		var waiting, queued, opened, closed, rated string
		err := r.Scan(&c.ID, &c.Contact, &c.Customer, &c.Channel, &c.Status, &c.Assignee, &c.Group, &c.Priority, &tags, &c.Unread,
			&waiting, &queued, &last, &c.LastSeq, &c.ReadStaff, &c.ReadVisitor, &c.Rev, &opened, &closed,
			&c.Rating, &c.Resolved, &c.RatingComment, &rated)
		if err != nil {
			return nil, fmt.Errorf("reading conversations: %w", err)
		}
		c.WaitingSince, c.Queued, c.Opened, c.Closed, c.Rated = moment(waiting), moment(queued), moment(opened), moment(closed), moment(rated)
		if err := json.Unmarshal([]byte(tags), &c.Tags); err != nil {
			return nil, fmt.Errorf("tags of %s: %w", c.ID, err)
		}
		if err := json.Unmarshal([]byte(last), &c.Last); err != nil {
			return nil, fmt.Errorf("last message of %s: %w", c.ID, err)
		}
		list = append(list, &c)
	}
	return list, r.Err()
}

// stamp writes t as PocketBase does; a zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(types.DefaultDateLayout)
}

func moment(s string) time.Time {
	t, err := time.Parse(types.DefaultDateLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func newID() string { return core.GenerateDefaultRandomId() }
