package protocol

import (
	"encoding/json"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

// sending is the send command, on the socket as over HTTP.
type sending struct {
	ID           string             `json:"id"`
	Conversation string             `json:"conversation"`
	Kind         conversations.Kind `json:"kind"`
	Text         string             `json:"text"`
	Data         json.RawMessage    `json:"data"`
	File         string             `json:"file"`
	Quote        string             `json:"quote"`
}

func (f sending) draft() conversations.Draft {
	return conversations.Draft{ID: f.ID, Conversation: f.Conversation, Kind: f.Kind, Text: f.Text, Data: f.Data, File: f.File, Quote: f.Quote}
}

func (d *desk) send(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[sending](f.Text)
	if err != nil {
		return nil, err
	}
	draft := in.draft()
	draft.Queued = f.Next
	if who.isVisitor() {
		return d.post(who, f.From.Exempt, draft)
	}
	return conversations.PostAsStaff(d.app, who.person.Load(), draft)
}

// post sends as a visitor, within the visitor's limit. A repeat counts too: it
// costs as much.
func (d *desk) post(who *caller, exempt bool, draft conversations.Draft) (*conversations.Message, error) {
	if !exempt {
		if err := within(d.inForce().sends, who.contact.id, 1); err != nil {
			return nil, err
		}
	}
	return conversations.PostAsVisitor(d.app, who.contact, draft)
}

func (d *desk) recall(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}](f.Text)
	if err != nil {
		return nil, err
	}
	return conversations.Recall(d.app, who.author(), in.ID, in.Message)
}

// acting is a command of staff's about a conversation.
type acting struct {
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Staff        string `json:"staff"`
	Group        string `json:"group"`
	Note         string `json:"note"`
}

func (d *desk) take(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[acting](f.Text)
	if err != nil {
		return nil, err
	}
	return conversations.Take(d.app, who.person.Load(), in.ID, in.Conversation)
}

func (d *desk) transfer(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[acting](f.Text)
	if err != nil {
		return nil, err
	}
	to := conversations.Destination{Group: in.Group, Note: in.Note}
	if in.Staff != "" {
		if to.Staff, err = access.ByID(d.app, in.Staff); err != nil || to.Staff.Disabled {
			return nil, fail.New(fail.NotFound, "fail.not_found").On("staff").Because(err)
		}
		to.Available = func() bool { return routing.Presence(d.app, to.Staff) == routing.Online }
	}
	return conversations.Transfer(d.app, who.person.Load(), in.ID, in.Conversation, to)
}

func (d *desk) close(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[acting](f.Text)
	if err != nil {
		return nil, err
	}
	return conversations.Close(d.app, who.person.Load(), in.ID, in.Conversation)
}

func (d *desk) presence(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[struct {
		Status routing.Status `json:"status"`
		Reason string         `json:"reason"`
	}](f.Text)
	if err != nil {
		return nil, err
	}
	switch in.Status {
	case routing.Online, routing.OnBreak, routing.Offline:
		return nil, routing.SetPresence(d.app, who.person.Load(), in.Status, brief(in.Reason))
	}
	return nil, fail.New(fail.Invalid, "fail.invalid").On("status")
}
