package conversations

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/views/export"
)

// told are the events that a customer is told of: what visitors see, and of the
// others what is about the person rather than about the shop's work.
var told = []string{Opened, Assigned, Transferred, Queued, Ended, Rated, Left, Tagged, Marked, Blocked, Unblocked}

// attached are the files and the quoted entries of some entries, by id.
type attached struct {
	files  map[string]*files.File
	quotes map[string]*Message
}

func (h *history) attachedTo(list []*Message) (*attached, error) {
	var carried []string
	var quoted []any
	for _, m := range list {
		if m.File != "" {
			carried = append(carried, m.File)
		}
		if m.Quote != "" {
			quoted = append(quoted, m.Quote)
		}
	}
	found, err := files.ByIDs(h.App, carried)
	if err != nil {
		return nil, err
	}
	with := &attached{found, map[string]*Message{}}
	if len(quoted) == 0 {
		return with, nil
	}
	quotes, err := entries(h.App, dbx.In("id", quoted...), int64(len(quoted)))
	for _, m := range quotes {
		with.quotes[m.ID] = m
	}
	return with, err
}

type messageData struct {
	ID           string          `json:"id"`
	Conversation string          `json:"conversation"`
	Time         string          `json:"time"`
	Kind         Kind            `json:"kind"`
	From         authorData      `json:"from"`
	Text         string          `json:"text,omitempty"`
	Data         json.RawMessage `json:"data,omitempty"`
	Event        *eventData      `json:"event,omitempty"`
	File         *fileData       `json:"file,omitempty"`
	Quote        string          `json:"quote,omitempty"` // the id of what it answers to
	Recalled     bool            `json:"recalled,omitempty"`
}

type authorData struct {
	Kind AuthorKind `json:"kind"`
	Name string     `json:"name,omitempty"`
}

type eventData struct {
	Event    string   `json:"event"`
	Staff    string   `json:"staff,omitempty"` // a nickname
	Group    string   `json:"group,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Emotion  Emotion  `json:"emotion,omitempty"`
	Reason   string   `json:"reason,omitempty"` // of blocked
	Until    string   `json:"until,omitempty"`
	Score    int      `json:"score,omitempty"`
	WasScore int      `json:"was_score,omitempty"`
	Resolved *bool    `json:"resolved,omitempty"`
	Comment  string   `json:"comment,omitempty"`
}

type fileData struct {
	Path   string `json:"path,omitempty"` // beside the data; none where the file is gone
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"`
	Size   int64  `json:"size,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// row is an entry, for programs and for people; not shown is what is the shop's
// own work.
func (h *history) row(m *Message, with *attached) (row customers.Row, shown bool) {
	d := messageData{
		ID: m.ID, Conversation: m.Conversation, Time: clock.Wire(m.Time), Kind: m.Kind, From: authorData{m.From.Kind, m.From.Name},
		Text: m.Text, Quote: m.Quote, Recalled: m.Recalled,
	}
	if m.Kind == Event {
		e := m.Event()
		if !slices.Contains(told, e.Event) {
			return row, false
		}
		d.Event = &eventData{
			Event: e.Event, Staff: nameIn(e.Staff), Group: nameIn(e.Group), Emotion: e.Emotion, Reason: e.Why, Until: e.Until,
			Score: e.Score, WasScore: e.WasScore, Resolved: e.Resolved, Comment: e.Comment,
		}
		for _, t := range e.Tags {
			d.Event.Tags = append(d.Event.Tags, t.Name)
		}
		return customers.Row{Data: d, View: export.Happened(h.happened(m, e), h.clock(m), d.Time)}, true
	}
	if m.Kind != Note { // who is mentioned in it is theirs
		d.Data = m.Data
	}
	f := with.files[m.File]
	switch {
	case f != nil:
		d.File = &fileData{f.FiledAs(), f.Name(), f.MIME(), f.Size(), f.Width(), f.Height(), f.SHA256()}
	case m.File != "":
		d.File = &fileData{}
	}
	return customers.Row{Data: d, View: export.Said(h.shown(m, f, with))}, true
}

func nameIn(n *Named) string {
	if n == nil {
		return ""
	}
	return n.Name
}

func (h *history) clock(m *Message) string { return m.Time.In(h.Zone).Format("15:04:05") }

// shown is an entry as it is shown.
func (h *history) shown(m *Message, f *files.File, with *attached) export.Message {
	out := export.Message{From: h.author(m), Time: h.clock(m), Instant: clock.Wire(m.Time), Text: m.Text, Side: side(m)}
	if m.Recalled {
		out.Gone = h.Say.T("console.recalled_short")
		return out
	}
	if m.Quote != "" {
		out.Quote = h.quoted(with.quotes[m.Quote])
	}
	if m.Kind == Product || m.Kind == Order {
		var card struct{ ID, Title, Spec, Price, Status string }
		_ = json.Unmarshal(m.Data, &card) // written by this package
		out.Card = &export.Goods{Kind: h.Say.T("console.card_" + string(m.Kind)), ID: card.ID, Title: card.Title, Spec: card.Spec, Price: card.Price, Status: card.Status}
	}
	if m.File == "" {
		return out
	}
	if f == nil {
		out.Gone = h.Say.T("export.file_gone")
		return out
	}
	shown := &export.File{Path: f.FiledAs(), Name: f.Name(), Size: disk.Text(f.Size()), Width: f.Width(), Height: f.Height()}
	if f.Shown() {
		shown.Href = (&url.URL{Path: shown.Path}).String()
	}
	if m.Kind == Image && shown.Href != "" {
		out.Picture = shown
	} else {
		out.File = shown
	}
	return out
}

func side(m *Message) string {
	switch {
	case m.Kind == Note:
		return "note"
	case m.From.Kind == FromVisitor:
		return "customer"
	case m.From.Kind == FromStaff:
		return "staff"
	default:
		return "bot"
	}
}

func (h *history) author(m *Message) string {
	switch {
	case m.Kind == Note:
		return h.Say.T("export.note_by", "Name", m.From.Name)
	case m.From.Name != "":
		return m.From.Name
	default:
		return h.Say.T("console.bot_name")
	}
}

func (h *history) quoted(m *Message) string {
	if m == nil {
		return h.Say.T("console.quote_earlier")
	}
	text := short(m.Said(h.App), 80)
	if m.Recalled {
		text = h.Say.T("console.recalled_short")
	}
	return h.Say.T("console.they_said", "Name", m.From.Name) + text
}

// happened is an event in words.
func (h *history) happened(m *Message, e EventData) string {
	say, by := h.Say, m.From.Name
	switch e.Event {
	case Assigned:
		return say.T("console.event_assigned", "Name", nameIn(e.Staff))
	case Transferred:
		return say.T("console.event_transferred", "By", by, "To", nameIn(e.Staff)+nameIn(e.Group))
	case Ended:
		if m.From.Kind == FromStaff {
			return say.T("console.event_closed_by", "Name", by)
		}
	case Rated:
		text := say.T("console.event_rated") + " " + h.score(e.Score, e.Resolved)
		if e.Comment != "" {
			text += " · “" + e.Comment + "”"
		}
		return text
	case Tagged:
		return h.tagged(by, e)
	case Marked:
		return h.marked(m, e)
	case Blocked:
		if at, err := time.Parse(time.RFC3339, e.Until); err == nil {
			return say.T("console.event_blocked_until", "Name", by, "Why", e.Why, "Time", h.At(at))
		}
		return say.T("console.event_blocked", "Name", by, "Why", e.Why)
	case Unblocked:
		return say.T("console.event_unblocked", "Name", by)
	}
	return say.T("console.event_" + e.Event) // opened, queued, left, closed
}

func (h *history) tagged(by string, e EventData) string {
	if len(e.Tags) == 0 {
		return h.Say.T("console.event_untagged", "Name", by)
	}
	names := make([]string, len(e.Tags))
	for i, t := range e.Tags {
		names[i] = t.Name
	}
	return h.Say.T("console.event_tagged", "Name", by, "Tags", strings.Join(names, h.Say.T("console.comma")))
}

func (h *history) marked(m *Message, e EventData) string {
	key := "console.event_marked"
	if e.Emotion == Calm {
		key = "console.event_unmarked"
	}
	if m.From.Kind == FromStaff {
		key += "_by"
	}
	return h.Say.T(key, "Name", m.From.Name, "Emotion", h.Say.T("console.emotion_"+string(e.Emotion)))
}
