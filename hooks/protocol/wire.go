package protocol

import (
	"encoding/json"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
)

// author is who an entry is from.
type author struct {
	Kind   conversations.AuthorKind `json:"kind"`
	ID     string                   `json:"id,omitempty"`
	Name   string                   `json:"name,omitempty"`
	Avatar string                   `json:"avatar,omitempty"`
}

// file is an attachment with an address that one session may open for a while.
type file struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Name   string `json:"name"`
	MIME   string `json:"mime"`
	Size   int64  `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// message is a timeline entry on the wire.
type message struct {
	ID           string             `json:"id"`
	Cursor       string             `json:"cursor"`
	Conversation string             `json:"conversation"`
	Time         string             `json:"time"`
	Kind         conversations.Kind `json:"kind"`
	From         author             `json:"from"`
	Text         string             `json:"text,omitempty"`
	Data         json.RawMessage    `json:"data,omitempty"`
	File         *file              `json:"file,omitempty"`
	Quote        string             `json:"quote,omitempty"`
	ClientID     string             `json:"client_id,omitempty"`
	Recalled     bool               `json:"recalled,omitempty"`
}

// named is an id with its name.
type named struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
}

// tag is a tag with its colour.
type tag struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

// channel is a way in, as staff see it.
type channel struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// page is where a visitor is.
type page struct {
	URL      string `json:"url"`
	Title    string `json:"title"`
	Kind     string `json:"kind,omitempty"`
	Referrer string `json:"referrer,omitempty"` // said by the visitor, not told to staff
	Since    string `json:"since,omitempty"`    // when they came to it
}

// block is why, by whom and until when somebody may not write.
type block struct {
	Reason string `json:"reason"`
	Staff  *named `json:"staff,omitempty"`
	Since  string `json:"since,omitempty"`
	Until  string `json:"until,omitempty"` // left out where it does not end by itself
}

// contact is a person on a channel, as staff see them.
type contact struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Avatar   string `json:"avatar,omitempty"`
	Customer string `json:"customer"`
	Identity string `json:"identity,omitempty"` // the shop's own id of them, where its site has vouched for it
	Online   bool   `json:"online"`
	Level    string `json:"level,omitempty"`
	Page     *page  `json:"page,omitempty"`
	Blocked  *block `json:"blocked,omitempty"`
}

// staffConversation is a conversation as staff see it.
type staffConversation struct {
	ID           string               `json:"id"`
	Gone         bool                 `json:"gone,omitempty"` // no longer the reader's to see
	Contact      *contact             `json:"contact,omitempty"`
	Channel      *channel             `json:"channel,omitempty"`
	Status       conversations.Status `json:"status,omitempty"`
	Assignee     *named               `json:"assignee,omitempty"`
	Group        *named               `json:"group,omitempty"`
	Priority     string               `json:"priority,omitempty"`
	Tags         []tag                `json:"tags"`
	Unread       int                  `json:"unread"`
	WaitingSince string               `json:"waiting_since,omitempty"`
	Position     int                  `json:"position,omitempty"`
	Rank         string               `json:"rank,omitempty"` // what the queue is ordered by
	Last         *conversations.Last  `json:"last,omitempty"`
	Opened       string               `json:"opened,omitempty"`
	Closed       string               `json:"closed,omitempty"`
	Rating       int                  `json:"rating,omitempty"`
	ReadVisitor  string               `json:"read_visitor,omitempty"` // cursor of the visitor's read mark
	ReadStaff    string               `json:"read_staff,omitempty"`   // cursor of the assignee's

	Owner     *named                `json:"owner,omitempty"` // who served first
	Preferred *preferred            `json:"preferred,omitempty"`
	Night     bool                  `json:"night,omitempty"`
	Left      string                `json:"left,omitempty"`
	Emotion   conversations.Emotion `json:"emotion,omitempty"`
	Deadlines []deadline            `json:"deadlines,omitempty"`
	Promised  []reminders.View      `json:"promised,omitempty"` // to the customer, and still to be kept

	LaterUntil   string `json:"later_until,omitempty"`
	MarkedUnread bool   `json:"marked_unread,omitempty"` // by the assignee, who had read it
}

// preferred is for whom a conversation waits at first.
type preferred struct {
	Staff *named `json:"staff"`
	Why   string `json:"why"`
	Until string `json:"until"`
}

// deadline is a time by which something has to have happened. While it is
// paused it has no instants.
type deadline struct {
	Kind  string `json:"kind"`
	Began string `json:"began"`
	Amber string `json:"amber,omitempty"`
	Warn  string `json:"warn,omitempty"`
	Due   string `json:"due,omitempty"`
	Rest  int64  `json:"rest,omitempty"` // ms of working time that were left when it was paused
	Stage string `json:"stage"`
}

// server is who serves, as the visitor sees them.
type server struct {
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
}

// visitorConversation is all that a visitor sees of a conversation.
type visitorConversation struct {
	ID       string               `json:"id"`
	Status   conversations.Status `json:"status"`
	Assignee *server              `json:"assignee,omitempty"`
	Position int                  `json:"position,omitempty"`
	Read     string               `json:"read,omitempty"` // cursor up to which the assignee has read
}

// frame is anything that the server says.
type frame struct {
	Type         string   `json:"type"`
	ID           string   `json:"id,omitempty"`
	Message      *message `json:"message,omitempty"`
	Conversation any      `json:"conversation,omitempty"` // a conversation, or its id
	You          any      `json:"you,omitempty"`
	From         *author  `json:"from,omitempty"`
	On           *bool    `json:"on,omitempty"`
	Staff        string   `json:"staff,omitempty"`
	Status       string   `json:"status,omitempty"`
	Load         *int     `json:"load,omitempty"`
	Cap          int      `json:"cap,omitempty"`
	Gone         bool     `json:"gone,omitempty"` // a colleague who works here no longer
	Cursor       string   `json:"cursor,omitempty"`
	Heartbeat    int      `json:"heartbeat,omitempty"` // seconds
	Now          int64    `json:"now,omitempty"`       // Unix ms
	After        int64    `json:"after,omitempty"`     // ms
	Level        string   `json:"level,omitempty"`
	Code         string   `json:"code,omitempty"`
	Reason       string   `json:"reason,omitempty"`
	Text         string   `json:"text,omitempty"`
}

// The types of frames that the server sends.
const (
	typeReady        = "ready"
	typeAck          = "ack"
	typeRetry        = "retry"
	typeRefused      = "refused"
	typeMessage      = "message"
	typeConversation = "conversation"
	typeTyping       = "typing"
	typeRead         = "read"
	typeViewing      = "viewing"
	typePresence     = "presence"
	typeReset        = "reset"
	typeNotice       = "notice"
	typePong         = "pong"
)

// FrameTypes lists what the server sends, for the document's test.
var FrameTypes = []string{
	typeReady, typeAck, typeRetry, typeRefused, typeMessage, typeConversation, typeTyping, typeRead,
	typeViewing, typePresence, typeReset, typeNotice, typePong,
}

func (f frame) bytes() []byte {
	raw, err := json.Marshal(f)
	if err != nil {
		panic(err) // plain structs, and data that was checked when it was stored
	}
	return raw
}
