package conversations

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// Kind says what a timeline entry is.
type Kind string

// The kinds of entries.
const (
	Text    Kind = "text"
	Image   Kind = "image"
	File    Kind = "file"
	Product Kind = "product"
	Order   Kind = "order"
	Note    Kind = "note"  // for staff only
	Event   Kind = "event" // data.event says what happened
)

// The values of data.event.
const (
	Opened      = "opened"
	Assigned    = "assigned"    // staff
	Transferred = "transferred" // to staff or group, from staff or group
	Queued      = "queued"      // group: nobody is free, or the one who served has left
	Ended       = "closed"
	Recalled    = "recalled" // message
	Rated       = "rated"    // score, resolved?, comment?; was_score where it replaces another
	Left        = "left"     // the visitor has left a message and does not wait

	// For staff only.
	Tagged      = "tagged"      // tags
	Prioritized = "prioritized" // priority, was
	Marked      = "marked"      // emotion
	Blocked     = "blocked"     // reason, until?: the contact may not write
	Unblocked   = "unblocked"
	Breach      = "breached"  // kind: a deadline passed
	Escalation  = "escalated" // rule, or kind: somebody was called in
	Snoozed     = "snoozed"   // until?: it was put aside
	Woken       = "woken"     // reason: it came back
)

// EventNames lists every value of data.event.
var EventNames = []string{Opened, Assigned, Transferred, Queued, Ended, Recalled, Rated, Left, Tagged, Prioritized, Marked, Blocked, Unblocked, Breach, Escalation, Snoozed, Woken}

// staffOnly are the events that visitors do not hear of.
var staffOnly = []string{Tagged, Prioritized, Marked, Blocked, Unblocked, Breach, Escalation, Snoozed, Woken}

// AuthorKind says who speaks.
type AuthorKind string

// The kinds of authors.
const (
	FromVisitor AuthorKind = "visitor"
	FromStaff   AuthorKind = "staff"
	FromBot     AuthorKind = "bot"
	FromSystem  AuthorKind = "system"
)

// Author is who an entry is from, by the name that they had then: for staff the
// nickname that customers see.
type Author struct {
	Kind AuthorKind `json:"kind"`
	ID   string     `json:"id,omitempty"`
	Name string     `json:"name,omitempty"`

	address string // where staff act from, for the audit trail alone
}

// Speaker is a contact who speaks: a [customers.Contact], or as much of it as
// somebody keeps with each socket.
type Speaker interface {
	ContactID() string
	Name() string
}

// Visitor is the author for what contact says.
func Visitor(contact Speaker) Author {
	return Author{Kind: FromVisitor, ID: contact.ContactID(), Name: contact.Name()}
}

// Staff is the author for what p does.
func Staff(p *access.Person) Author {
	return Author{Kind: FromStaff, ID: p.ID, Name: p.Nickname, address: p.Address}
}

// bot is the author for what the channel says by itself.
func bot(ch *channels.Channel) Author { return Author{Kind: FromBot, Name: ch.Name()} }

// System is the author for what happens by itself.
func System() Author { return Author{Kind: FromSystem} }

// sender names an author among those whose ids of messages are unique.
func (a Author) sender() string { return string(a.Kind) + ":" + a.ID }

// Message is one entry of the timeline.
type Message struct {
	ID                     string
	Seq                    int64
	Conversation, Contact  string
	Sender, ClientID, Hash string
	Kind                   Kind
	StaffOnly              bool
	Text                   string
	Data                   json.RawMessage // an object, or nil
	File                   string
	Quote                  string // id of the quoted message
	Recalled               bool
	From                   Author
	Time                   time.Time

	terms string // of what is said, where they are known already
}

// EventData is the data of an event, as far as the program reads it again.
type EventData struct {
	Event     string  `json:"event"`
	Staff     *Named  `json:"staff,omitempty"` // to whom
	Group     *Named  `json:"group,omitempty"`
	FromStaff *Named  `json:"from_staff,omitempty"`
	FromGroup *Named  `json:"from_group,omitempty"`
	Reason    string  `json:"reason,omitempty"` // of assigned, queued and woken, see Reasons; for staff only
	Why       string  `json:"why,omitempty"`    // of blocked: what staff have written
	Until     string  `json:"until,omitempty"`  // of blocked and snoozed; "" where it does not end by itself
	Priority  string  `json:"priority,omitempty"`
	Was       string  `json:"was,omitempty"` // the priority before
	Emotion   Emotion `json:"emotion,omitempty"`
	Kind      string  `json:"kind,omitempty"` // of the deadline
	Rule      *Named  `json:"rule,omitempty"`
	Message   string  `json:"message,omitempty"`
	Score     int     `json:"score,omitempty"`
	WasScore  int     `json:"was_score,omitempty"`
	Resolved  *bool   `json:"resolved,omitempty"`
	Comment   string  `json:"comment,omitempty"`
	Tags      []Named `json:"tags,omitempty"`
	Phone     string  `json:"phone,omitempty"` // by which the visitor can be reached, masked; for staff only
	Email     string  `json:"email,omitempty"`
}

// Named is an id with the name it had then.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Event reads an event's data; zero for other kinds.
func (m *Message) Event() EventData {
	var d EventData
	if m.Kind == Event {
		_ = json.Unmarshal(m.Data, &d) // written by this package
	}
	return d
}

const messageColumns = "id, seq, conversation, contact, sender, client_id, hash, kind, staff_only, text, data, file, quote, recalled, [[from]], time"

const insertMessage = "INSERT INTO messages (" + messageColumns + ") VALUES ({:id}, {:seq}, {:conversation}, {:contact}, {:sender}, {:client_id}, " +
	"{:hash}, {:kind}, {:staff_only}, {:text}, {:data}, {:file}, {:quote}, {:recalled}, {:from}, {:time})"

// add appends m to the timeline and to c's present state. c is saved by the
// caller, once, after its last entry.
func (tx *Tx) add(c *Conversation, m *Message) error {
	m.ID, m.Seq, m.Time = entryID(tx.Now), tx.next(), tx.Now
	m.Conversation, m.Contact, m.Sender = c.ID, c.Contact, m.From.sender()
	params, err := m.params()
	if err == nil {
		err = tx.exec(insertMessage, params)
	}
	if err != nil {
		return fmt.Errorf("adding to the timeline: %w", err)
	}
	tx.index(m)
	tx.entries = append(tx.entries, m)
	c.LastSeq = m.Seq
	if m.Kind != Event && m.Kind != Note {
		c.Last = &Last{Kind: m.Kind, Text: short(m.Text, 80), From: m.From.Kind, Time: m.Time}
	}
	return nil
}

// entryID begins with the time, so that new ones stand together at the end of
// their index: each page of it that is touched is written by the commit.
func entryID(now time.Time) string {
	began := strconv.FormatInt(now.UnixMilli(), 36)
	return began + security.PseudorandomStringWithAlphabet(core.DefaultIdLength-len(began), core.DefaultIdAlphabet)
}

func (m *Message) params() (dbx.Params, error) {
	from, err := json.Marshal(m.From)
	if err != nil {
		return nil, fmt.Errorf("author: %w", err)
	}
	data, at := "null", clock.Stored(m.Time)
	if len(m.Data) > 0 {
		data = string(m.Data)
	}
	hash := proof(m.Hash, m.ID, strconv.FormatInt(m.Seq, 10), m.Conversation, m.Contact, m.Sender, m.ClientID, string(m.Kind), strconv.FormatBool(m.StaffOnly),
		m.Text, data, m.File, m.Quote, strconv.FormatBool(m.Recalled), string(from), at)
	return dbx.Params{
		"id": m.ID, "seq": m.Seq, "conversation": m.Conversation, "contact": m.Contact, "sender": m.Sender, "client_id": m.ClientID,
		"hash": hash, "kind": string(m.Kind), "staff_only": m.StaffOnly, "text": m.Text, "data": data, "file": m.File, "quote": m.Quote,
		"recalled": m.Recalled, "from": string(from), "time": at,
	}, nil
}

// event appends what happened.
func (tx *Tx) event(c *Conversation, by Author, clientID, hash string, data EventData) (*Message, error) {
	m := &Message{Kind: Event, From: by, ClientID: clientID, Hash: hash, Data: mustJSON(data), StaffOnly: slices.Contains(staffOnly, data.Event)}
	if err := tx.add(c, m); err != nil {
		return nil, err
	}
	return m, tx.account(c, by, data)
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of ours
	}
	return raw
}

// scanMessages reads rows of messageColumns.
func scanMessages(r rows) ([]*Message, error) {
	defer r.Close() //nolint:errcheck // Err tells
	var list []*Message
	for r.Next() {
		var m Message
		var data, from, at string
		err := r.Scan(&m.ID, &m.Seq, &m.Conversation, &m.Contact, &m.Sender, &m.ClientID, &m.Hash, &m.Kind, &m.StaffOnly, &m.Text,
			&data, &m.File, &m.Quote, &m.Recalled, &from, &at)
		if err != nil {
			return nil, fmt.Errorf("reading messages: %w", err)
		}
		if data != "null" && data != "" {
			m.Data = json.RawMessage(data)
		}
		if err := json.Unmarshal([]byte(from), &m.From); err != nil {
			return nil, fmt.Errorf("author of %s: %w", m.ID, err)
		}
		m.Time = moment(at)
		list = append(list, &m)
	}
	return list, r.Err()
}

// short is text on one line, cut to at most n characters.
func short(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// contentHash tells two messages of one id apart.
func contentHash(parts ...string) string {
	var all []byte
	for _, p := range parts {
		all = append(strconv.AppendInt(all, int64(len(p)), 10), ':')
		all = append(all, p...)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:])
}

// canonical is raw with its keys sorted and its white space gone, so that a
// repeat by another encoder is still the same content; nil for none.
func canonical(raw json.RawMessage) (json.RawMessage, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
