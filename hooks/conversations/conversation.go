package conversations

import (
	"slices"
	"time"
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
	FirstRating    int // what it was before the customer thought better of it
	Resolved       string
	RatingComment  string
	Rated          time.Time // for the first time

	Owner     string      // 首问负责人: who answered first, through all transfers
	Rank      time.Time   // the place in the queue: Queued, less the head start that it has
	Preferred *Preference // for whom it waits at first; nil for anybody
	Night     bool        // it began to wait while nobody answers
	Left      time.Time   // since when the visitor has left a message, and does not wait in the chat
	Emotion   Emotion
	Deadlines []Deadline // by which something has to have happened
	Sweep     time.Time  // when the next of them is to be looked at

	LaterUntil  time.Time // when it comes back by itself; of [Later] alone
	UnreadAfter int64     // what came after it counts as unread, whatever the assignee has read; 0: the read mark counts
}

// clone shares nothing with c that is changed in place.
func (c *Conversation) clone() *Conversation {
	same := *c
	same.Tags, same.Deadlines = slices.Clone(c.Tags), slices.Clone(c.Deadlines)
	if c.Last != nil {
		last := *c.Last
		same.Last = &last
	}
	if c.Preferred != nil {
		preferred := *c.Preferred
		same.Preferred = &preferred
	}
	return &same
}

// Preference is somebody for whom a conversation waits before others get it.
type Preference struct {
	Staff string    `json:"staff"`
	Why   string    `json:"why"` // [OfDedicated] or [OfReturning]
	Until time.Time `json:"until"`
}

// Emotion is what the customer's words sound like.
type Emotion string

// The marks of emotion, from none to the strongest.
const (
	Calm  Emotion = ""
	Upset Emotion = "upset"
	Angry Emotion = "angry"
)

// Emotions lists them, the weakest first.
var Emotions = []Emotion{Calm, Upset, Angry}

// Priorities lists the priorities, the lowest first.
var Priorities = []string{"low", "normal", "high", "urgent"}

// Deadline is a time by which something has to have happened. Its instants are
// computed in working time already.
type Deadline struct {
	Kind     string        `json:"kind"` // see DeadlineKinds
	Began    time.Time     `json:"began"`
	Amber    time.Time     `json:"amber,omitzero"` // half of it is used up; zero while it is paused, as the next three
	Warn     time.Time     `json:"warn,omitzero"`
	Due      time.Time     `json:"due,omitzero"`
	Escalate time.Time     `json:"escalate,omitzero"`
	Total    time.Duration `json:"total"`          // working time in all, in ns
	Week     string        `json:"week,omitempty"` // name of the hours that they were worked out by; "" is around the clock
	Rest     time.Duration `json:"rest,omitempty"` // working time that was left when it was paused, in ns
	Stage    string        `json:"stage"`          // see DeadlineStages
}

// What a deadline is for.
const (
	FirstResponse = "first"      // a person's first word
	NextResponse  = "next"       // an answer to what the customer says later
	UrgentToStaff = "urgent"     // an urgent conversation is somebody's
	Resolution    = "resolution" // it is closed
	LeftMessage   = "left"       // an answer to a message that was left
)

// DeadlineKinds lists what a deadline can be for.
var DeadlineKinds = []string{FirstResponse, NextResponse, UrgentToStaff, Resolution, LeftMessage}

// How far a deadline has come.
const (
	Running   = "running"
	Paused    = "paused" // it is the customer's turn
	Warned    = "warned"
	Breached  = "breached"
	Escalated = "escalated"
)

// DeadlineStages lists how far a deadline can have come.
var DeadlineStages = []string{Running, Paused, Warned, Breached, Escalated}

// Last is a conversation's last message in short. Text is at most 80
// characters.
type Last struct {
	Kind     Kind       `json:"kind"`
	Text     string     `json:"text,omitempty"`
	From     AuthorKind `json:"from"`
	Time     time.Time  `json:"time"`
	Recalled bool       `json:"recalled,omitempty"`
}
