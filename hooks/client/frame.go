package client

import (
	"bytes"
	"encoding/json"
)

// Frame is what the server has said. It is read as far as somebody asks, and gone
// once it has been heard, see [Frame.Keep].
type Frame struct{ raw []byte }

// Message is a timeline entry, as far as players read it.
type Message struct {
	ID           string `json:"id"`
	Cursor       string `json:"cursor"`
	Conversation string `json:"conversation"`
	Kind         string `json:"kind"`
	Text         string `json:"text"`
	From         struct {
		Kind string `json:"kind"`
	} `json:"from"`
}

// Conversation is one as its peer sees it; staff see more of it.
type Conversation struct {
	ID           string `json:"id"`
	Status       string `json:"status"`
	WaitingSince string `json:"waiting_since"`
	Gone         bool   `json:"gone"`
	Contact      struct {
		ID string `json:"id"`
	} `json:"contact"`
	Assignee struct {
		ID string `json:"id"`
	} `json:"assignee"`
}

// begins is how frames begin, though the protocol does not promise it.
var begins = []byte(`{"type":"`)

// Type is the frame's.
func (f Frame) Type() string {
	if rest, ok := bytes.CutPrefix(f.raw, begins); ok {
		name, _, _ := bytes.Cut(rest, []byte{'"'})
		return string(name)
	}
	var e struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(f.raw, &e) // "" where it is no frame
	return e.Type
}

// Keep is the frame for who looks at it later.
func (f Frame) Keep() Frame { return Frame{raw: bytes.Clone(f.raw)} }

// From is the word that begins with prefix, wherever it stands in the frame, up to
// the next space or quotation mark; "" for none. It costs much less than reading a
// frame does.
func (f Frame) From(prefix string) string {
	at := bytes.Index(f.raw, []byte(prefix))
	if at < 0 {
		return ""
	}
	rest := f.raw[at:]
	if end := bytes.IndexAny(rest, ` "`); end >= 0 {
		rest = rest[:end]
	}
	return string(rest)
}

// Read reads the frame's fields into v.
func (f Frame) Read(v any) error { return json.Unmarshal(f.raw, v) }

// Message is the entry that a message frame brings.
func (f Frame) Message() (Message, bool) {
	if f.Type() != "message" {
		return Message{}, false
	}
	var in struct {
		Message Message `json:"message"`
	}
	err := f.Read(&in)
	return in.Message, err == nil
}

// Conversation is the one whose state the frame tells.
func (f Frame) Conversation() (Conversation, bool) {
	if f.Type() != "conversation" {
		return Conversation{}, false
	}
	var in struct {
		Conversation Conversation `json:"conversation"`
	}
	err := f.Read(&in)
	return in.Conversation, err == nil
}
