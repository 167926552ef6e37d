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

func (d *desk) send(s *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[sending](raw)
	if err != nil {
		return nil, err
	}
	if who.isVisitor() {
		return d.post(who, s.Exempt, f)
	}
	return conversations.PostAsStaff(d.app, who.person.Load(), f.draft())
}

// post sends as a visitor, within the visitor's limit. A repeat counts too: it
// costs as much.
func (d *desk) post(who *caller, exempt bool, f sending) (*conversations.Message, error) {
	if !exempt {
		if err := within(d.inForce().sends, who.contact.id, 1); err != nil {
			return nil, err
		}
	}
	return conversations.PostAsVisitor(d.app, who.contact, f.draft())
}

func (d *desk) recall(_ *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[struct {
		ID      string `json:"id"`
		Message string `json:"message"`
	}](raw)
	if err != nil {
		return nil, err
	}
	return conversations.Recall(d.app, who.author(), f.ID, f.Message)
}

// acting is a command of staff's about a conversation.
type acting struct {
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Staff        string `json:"staff"`
	Group        string `json:"group"`
	Note         string `json:"note"`
}

func (d *desk) take(_ *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[acting](raw)
	if err != nil {
		return nil, err
	}
	return conversations.Take(d.app, who.person.Load(), f.ID, f.Conversation)
}

func (d *desk) transfer(_ *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[acting](raw)
	if err != nil {
		return nil, err
	}
	to := conversations.Destination{Group: f.Group, Note: f.Note}
	if f.Staff != "" {
		if to.Staff, err = access.ByID(d.app, f.Staff); err != nil || to.Staff.Disabled {
			return nil, fail.New(fail.NotFound, "fail.not_found").On("staff").Because(err)
		}
		to.Available = func() bool { return routing.Presence(d.app, to.Staff) == routing.Online }
	}
	return conversations.Transfer(d.app, who.person.Load(), f.ID, f.Conversation, to)
}

func (d *desk) close(_ *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[acting](raw)
	if err != nil {
		return nil, err
	}
	return conversations.Close(d.app, who.person.Load(), f.ID, f.Conversation)
}

func (d *desk) presence(_ *live.Session, who *caller, raw []byte) (*conversations.Message, error) {
	f, err := decode[struct {
		Status routing.Status `json:"status"`
		Reason string         `json:"reason"`
	}](raw)
	if err != nil {
		return nil, err
	}
	switch f.Status {
	case routing.Online, routing.OnBreak, routing.Offline:
		return nil, routing.SetPresence(d.app, who.person.Load(), f.Status, brief(f.Reason))
	}
	return nil, fail.New(fail.Invalid, "fail.invalid").On("status")
}
